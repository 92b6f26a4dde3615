import fs from 'node:fs';
import path from 'node:path';
import { dnf, Packages } from '../../../../region/hosts/supervisor/packages';
import { temporaryFolder } from '../../../support/folder';

const root = temporaryFolder('packages');
const packages = new Packages({ root, folder: '/run/host', environment: { PATH: process.env.PATH! } });
const install = (...names: string[]) => dnf(packages, ['install', '-y', ...names]);

test('the agents are played: a unit, and the commands that come with it', () => {
  const rpm =
    'https://aws-codedeploy-eu-west-1.s3.eu-west-1.amazonaws.com/releases/codedeploy-agent-1.8.1-26.noarch.rpm';
  expect(install(rpm, 'amazon-cloudwatch-agent')).toMatchObject({ exitStatus: 0 });
  for (const unit of ['codedeploy-agent.service', 'amazon-cloudwatch-agent.service'])
    expect(fs.existsSync(path.join(root, 'usr/lib/systemd/system', unit))).toBe(true);
  expect(fs.readlinkSync(path.join(root, 'usr/bin/amazon-cloudwatch-agent-ctl'))).toBe(
    '/run/host/bin/command',
  );
});

test('a package whose command this machine has counts as installed', () => {
  expect(install('nodejs24', 'bash').stdout).toMatch(
    /nodejs24 is installed: this machine's own \S+\nbash is installed/,
  );
});

test.each(['no-such-package', 'codedeploy-agent', '$(touch x)', 'https://example.com/other.rpm'])(
  '%s is refused, with what is played',
  (name) => {
    const { exitStatus, stderr } = install('bash', name);
    expect(exitStatus).toBe(1);
    expect(stderr).toMatch(
      /^Error: Unable to find a match: .* plays codedeploy-agent, amazon-cloudwatch-agent and/,
    );
  },
);

test('an update finds nothing to do; other verbs are refused', () => {
  expect(dnf(packages, ['-y', 'update'])).toMatchObject({ exitStatus: 0, stdout: 'Nothing to do.\n' });
  expect(dnf(packages, ['remove', 'x']).stderr).toBe(
    'Error: remove is not played; played are install, update, upgrade\n',
  );
});
