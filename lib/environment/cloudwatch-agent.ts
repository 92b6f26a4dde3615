import type { Delivery } from '../config/delivery';
import { TRACES_SECTION } from '../insight/tracing';

/** A log file of the instances, and the prefix of the log streams that it goes to. */
interface LogFile {
  readonly path: string;
  readonly stream: string;
}

/** What is collected from every instance: what the service writes, the hook scripts, and the first boot. */
function logFiles(service: string): LogFile[] {
  return [
    { path: `/var/log/${service}.log`, stream: 'service' },
    {
      path: '/opt/codedeploy-agent/deployment-root/deployment-logs/codedeploy-agent-deployments.log',
      stream: 'deployments',
    },
    { path: '/var/log/cloud-init-output.log', stream: 'first-boot' },
  ];
}

/**
 * Configuration of the CloudWatch agent.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Agent-Configuration-File-Details.html
 */
export function agentConfiguration({ service, tracing }: Delivery, logGroupName: string): object {
  return {
    logs: {
      logs_collected: {
        files: {
          collect_list: logFiles(service).map(({ path, stream }) => ({
            file_path: path,
            log_group_name: logGroupName,
            log_stream_name: `${stream}/{instance_id}`,
          })),
        },
      },
    },
    ...(tracing ? { traces: TRACES_SECTION } : {}),
  };
}
