import fs from 'node:fs';
import path from 'node:path';
import { ScaledClock } from '../../../region/clock/clock';
import type { Host, Hosts } from '../../../region/hosts/host';
import { createHosts } from '../../../region/hosts/hosts';
import { namespacesWork } from '../../../region/hosts/namespace';
import { Journal } from '../../../region/journal/journal';
import { temporaryFolder } from '../../support/folder';
import { writeZip } from '../../support/zip';
import { runEvent } from './deployer';

const files = temporaryFolder('user-data');
const modes: Host['mode'][] = namespacesWork(files).works ? ['namespace', 'process'] : ['process'];
const RESOURCE_KIT = 'https://aws-codedeploy-us-east-1.s3.us-east-1.amazonaws.com/releases';
const CODEDEPLOY_AGENT = `dnf install -y nodejs24 ${RESOURCE_KIT}/codedeploy-agent-1.8.1-26.noarch.rpm
systemctl enable --now codedeploy-agent`;
const CONFIG = JSON.stringify({
  agent: { run_as_user: 'root' },
  logs: {
    logs_collected: {
      files: {
        collect_list: [
          { file_path: '/var/log/app.log', log_group_name: 'app', log_stream_name: 'app/{instance_id}' },
        ],
      },
    },
  },
});
const CLOUDWATCH_AGENT = `dnf install -y amazon-cloudwatch-agent
mkdir -p "\${DESTDIR:-}/etc"
cat > "\${DESTDIR:-}/etc/agent.json" <<'END'
${CONFIG}
END
amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:/etc/agent.json`;

const script = (...lines: string[]) => ['#!/bin/bash', 'set -euo pipefail', ...lines, ''].join('\n');

describe.each(modes)('user data on hosts as %s', (mode) => {
  const folder = path.join(files, mode);
  const clock = new ScaledClock(240);
  const journal = new Journal(clock);
  const calls: { operation: string; input: any; host: string }[] = [];
  let hosts: Hosts;
  let bundle: string;

  beforeAll(async () => {
    hosts = createHosts(path.join(folder, 'hosts'), clock, journal, { mode });
    bundle = path.join(folder, 'bundle.zip');
    await writeZip(bundle, {
      'appspec.yml': {
        content: 'version: 0.0\nos: linux\nhooks:\n  AfterInstall: [{ location: hook.sh }]\n',
      },
      'hook.sh': { content: '#!/bin/bash\necho deployed >> "$DESTDIR/var/log/app.log"\n' },
    });
  });
  afterAll(() => hosts.stop());

  const launch = (instanceId: string, userData: string) =>
    hosts.launch({
      instanceId,
      userData,
      call: async (_service, operation, input) => void calls.push({ operation, input, host: instanceId }),
    });
  const told = (type: string, subject: string) =>
    journal.waitFor((entry) => entry.type === type && entry.subject === subject);
  const deploy = async (host: Host) => {
    await runEvent(host, 'd-1', bundle, 'DownloadBundle');
    return runEvent(host, 'd-1', bundle, 'AfterInstall');
  };
  test('it runs once at first boot, and the agent that it installs answers', async () => {
    const host = await launch('i-good', script('! env | grep ^HOME= && echo no home', CODEDEPLOY_AGENT));
    expect(await deploy(host)).toEqual({ status: 'Succeeded' });
    await told('UserDataFinished', 'i-good');
    const root = path.join(folder, 'hosts/i-good/deployment-root');
    const deployments = path.join(root, 'deployment-logs/codedeploy-agent-deployments.log');
    expect(fs.readFileSync(deployments, 'utf8')).toMatch(
      /^\[.{23}\] \[d-1\]LifecycleEvent - AfterInstall\n.*Script - hook\.sh/,
    );
    const output = fs.readFileSync(path.join(folder, 'hosts/i-good/log/cloud-init-output.log'), 'utf8');
    expect(output).toMatch(/^no home\n/);
    expect(output).toContain('codedeploy-agent is installed: played');
    expect(output).toMatch(/nodejs24 is installed: this machine's own .*node/);
  });

  test('when it fails, that is told with its last lines, and the host stays without an agent', async () => {
    const host = await launch('i-bad', script('dnf install -y nodejs99000-nightly', CODEDEPLOY_AGENT));
    expect((await told('UserDataFailed', 'i-bad')).message).toMatch(
      /failed with status 1: Error: Unable to find a match: nodejs99000-nightly\. A rehearsal plays codedeploy-agent, amazon-cloudwatch-agent/,
    );
    const since = clock.now();
    expect(await runEvent(host, 'd-1', bundle, 'DownloadBundle')).toMatchObject({
      status: 'Failed',
      diagnostics: {
        message: expect.stringMatching(/^the CodeDeploy agent has not taken the lifecycle event/),
      },
    });
    expect(clock.now() - since).toBeGreaterThanOrEqual(5 * 60_000);
  });

  test('what is written to a file arrives in CloudWatch Logs where the CloudWatch agent runs, and nowhere else', async () => {
    const silent = await launch('i-silent', script(CODEDEPLOY_AGENT));
    expect(await deploy(silent)).toEqual({ status: 'Succeeded' });
    expect(fs.readFileSync(path.join(folder, 'hosts/i-silent/log/app.log'), 'utf8')).toBe('deployed\n');

    const host = await launch('i-logs', script(CLOUDWATCH_AGENT, CODEDEPLOY_AGENT));
    await deploy(host);
    while (!calls.length) await new Promise(setImmediate);
    expect(calls).toMatchObject([
      {
        host: 'i-logs',
        operation: 'PutLogEvents',
        input: {
          logGroupName: 'app',
          logStreamName: 'app/i-logs',
          logEvents: [{ message: 'deployed', timestamp: expect.any(Number) }],
        },
      },
    ]);
    // AWS time, of which four minutes pass in a second here.
    expect(Math.abs(calls[0]!.input.logEvents[0].timestamp - clock.now())).toBeLessThan(60_000);
    expect((await told('NotPlayed', 'i-logs')).message).toBe(
      'file:/etc/agent.json: recorded, not played: agent',
    );
  });
});
