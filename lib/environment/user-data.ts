import path from 'node:path';
import { Aws } from 'aws-cdk-lib';
import { UserData } from 'aws-cdk-lib/aws-ec2';

/**
 * Release of the CodeDeploy agent. Pinned, because the agent runs the hooks: a new one is a change like any other.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/codedeploy-agent.html#codedeploy-agent-version-history
 */
const CODEDEPLOY_AGENT = 'codedeploy-agent-1.8.1-26.noarch.rpm';

/** The service's runtime. @see https://docs.aws.amazon.com/linux/al2023/ug/nodejs.html */
const RUNTIME = 'nodejs24';

const AGENT_CONFIGURATION = '/opt/aws/amazon-cloudwatch-agent/etc/tidegate.json';

export interface UserDataProps {
  /** Name of the service. */
  readonly service: string;
  /** What the service finds in its environment, by its unit's `EnvironmentFile`. */
  readonly variables: Readonly<Record<string, string>>;
  /** Configuration of the CloudWatch agent. */
  readonly agent: object;
}

/** First boot of an instance. The CodeDeploy agent comes last: once it runs, CodeDeploy may deploy. */
export function userData({ service, variables, agent }: UserDataProps): UserData {
  const resourceKit = `https://aws-codedeploy-${Aws.REGION}.s3.${Aws.REGION}.${Aws.URL_SUFFIX}`;
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  const commands = UserData.forLinux();
  commands.addCommands(
    // Where installation scripts write, by their convention; unset on an instance, and so looked at before `set -u`.
    'root=$DESTDIR',
    'set -euo pipefail',
    `dnf install -y ${RUNTIME} amazon-cloudwatch-agent`,
    ...file(`/etc/sysconfig/${service}`, assignments),
    ...file(`/etc/logrotate.d/${service}`, rotation(service)),
    ...file(AGENT_CONFIGURATION, [JSON.stringify(agent)]),
    `amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:${AGENT_CONFIGURATION}`,
    `dnf install -y ${resourceKit}/releases/${CODEDEPLOY_AGENT}`,
    'systemctl enable --now codedeploy-agent',
  );
  return commands;
}

function file(file: string, lines: string[]): string[] {
  return [`mkdir -p "$root${path.dirname(file)}"`, `cat > "$root${file}" <<'END'`, ...lines, 'END'];
}

/** systemd keeps the file of a unit's output open, so it is copied and cut off; the CloudWatch agent follows that. */
function rotation(service: string): string[] {
  const settings = ['daily', 'rotate 3', 'compress', 'missingok', 'notifempty', 'copytruncate'];
  return [`/var/log/${service}.log {`, ...settings.map((setting) => `  ${setting}`), '}'];
}
