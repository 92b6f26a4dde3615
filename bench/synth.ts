import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { pairs, type Ratio } from './ratio';

const ROOT = path.join(__dirname, '..');
const CLI = require.resolve('aws-cdk/bin/cdk');

/** `cdk synth` of this app against an empty CDK app, both by the real CLI. */
export async function synth(): Promise<Ratio> {
  const app = () => seconds(ROOT, 'app');
  const empty = () => seconds(path.join(__dirname, 'empty-app'), 'empty');
  await app();
  await empty();
  const { value, range } = await pairs(5, app, empty);
  return { name: 'synth', of: 'cdk synth of this app / of an empty CDK app', value, range, aim: '≤ 2.0' };
}

async function seconds(folder: string, name: string): Promise<number> {
  const output = path.join(ROOT, '.tidegate/bench', name);
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [CLI, 'synth', '--quiet', '--output', output], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: output, CDK_DISABLE_CLI_TELEMETRY: 'true' },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`cdk synth in ${path.relative(ROOT, folder) || '.'} failed:\n${stderr}`);
  return (performance.now() - started) / 1000;
}
