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

/** First boot of an instance. The agent comes last: once it runs, CodeDeploy may deploy. */
export function userData(): UserData {
  const resourceKit = `https://aws-codedeploy-${Aws.REGION}.s3.${Aws.REGION}.${Aws.URL_SUFFIX}`;
  const commands = UserData.forLinux();
  commands.addCommands(
    'set -euo pipefail',
    `dnf install -y ${RUNTIME}`,
    `dnf install -y ${resourceKit}/releases/${CODEDEPLOY_AGENT}`,
    'systemctl enable --now codedeploy-agent',
  );
  return commands;
}
