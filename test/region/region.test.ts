import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { Region } from '../../region/region';
import { temporaryFolder } from '../support/folder';

const ROOT = path.join(__dirname, '../..');

const running: Region[] = [];
afterEach(() => Promise.all(running.splice(0).map((region) => region.stop())));

async function start(options: Parameters<typeof Region.start>[0]): Promise<Region> {
  const region = await Region.start(options);
  running.push(region);
  return region;
}

/** A region in a process of its own; resolves when it has printed what to do with it. */
async function launch(...flags: string[]) {
  const args = ['-r', 'ts-node/register', 'region/main.ts', ...flags];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const ended = once(child, 'close').then(([code]) => ({ code, stdout, stderr }));
  const ready = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      if (stdout.includes('Ctrl-C')) resolve();
    });
  });
  await Promise.race([ready, ended]);
  return { child, ended, output: () => stdout };
}

test('answers a signed request with who signed it', async () => {
  const region = await start({
    folder: temporaryFolder('region'),
    accountId: '222222222222',
    region: 'eu-west-1',
  });
  const sts = new STSClient({
    endpoint: region.endpoint,
    region: 'eu-west-1',
    credentials: region.home.credentials(),
  });
  await expect(sts.send(new GetCallerIdentityCommand({}))).resolves.toMatchObject({
    Account: '222222222222',
  });
});

test('a second region on the folder is refused, and the first goes on', async () => {
  const folder = temporaryFolder('region');
  const first = await start({ folder });
  const refused = `region: the folder ${folder} is in use by another region, process ${process.pid}.`;
  await expect(Region.start({ folder })).rejects.toThrow(refused);
  const response = await fetch(first.endpoint);
  expect(response.status).toBe(403);
});

test('a folder may be given from where one stands', async () => {
  const folder = temporaryFolder('region');
  const region = await start({ folder: path.relative(process.cwd(), folder) });
  expect(region.home.folder('s3')).toBe(path.join(folder, '111111111111/us-east-1/s3'));
});

test('a folder that no region wrote is left alone', async () => {
  const folder = temporaryFolder('region');
  fs.writeFileSync(path.join(folder, 'thesis.txt'), 'irreplaceable');
  await expect(Region.start({ folder })).rejects.toThrow(/holds files that no region wrote \(thesis\.txt\)/);
  expect(fs.readdirSync(folder)).toEqual(['thesis.txt']);
});

test('a port in use is named, and the folder is free again', async () => {
  const taken = net.createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as net.AddressInfo;
  const folder = temporaryFolder('region');
  await expect(Region.start({ folder, port })).rejects.toThrow(
    `gateway: port ${port} of 127.0.0.1 is in use. Stop what listens there, or give another with --port`,
  );
  taken.close();
  await start({ folder, port });
});

test.each([
  [{ accountId: '12' }, 'region: account is 12; allowed are 12 digits'],
  [{ region: 'moon' }, "region: region is moon; allowed is an AWS region's name such as us-east-1"],
])('%j is refused', async (options, message) => {
  await expect(Region.start({ folder: temporaryFolder('region'), ...options })).rejects.toThrow(message);
});

test('a new region begins empty where a former one has stopped', async () => {
  const folder = temporaryFolder('region');
  const first = await start({ folder });
  await first.home.service('s3').operations.CreateBucket({ Bucket: 'bucket' });
  await first.home.service('s3').write('bucket', 'key', 'body');
  await first.stop();
  const second = await start({ folder });
  expect(second.home.service('s3').operations.ListBuckets({})).toMatchObject({ Buckets: [] });
  expect(fs.existsSync(path.join(folder, '111111111111'))).toBe(false);
});

test('IAM is one for an account, whatever the region', async () => {
  const region = await start({ folder: temporaryFolder('region') });
  const elsewhere = region.at('111111111111', 'eu-west-1');
  expect(elsewhere.service('iam')).toBe(region.home.service('iam'));
  expect(region.at('222222222222', 'us-east-1').service('iam')).not.toBe(region.home.service('iam'));
});

describe('npm run region', () => {
  test('prints the variables, and ends at once and well on SIGINT', async () => {
    const folder = temporaryFolder('region');
    const { child, ended, output } = await launch('--port', '0', '--folder', folder);
    const variables = Object.fromEntries(
      [...output().matchAll(/^export (\w+)='(.*)'$/gm)].map(([, k, v]) => [k, v]),
    );
    const sts = new STSClient({
      endpoint: variables.AWS_ENDPOINT_URL,
      region: variables.AWS_REGION,
      credentials: {
        accessKeyId: variables.AWS_ACCESS_KEY_ID,
        secretAccessKey: variables.AWS_SECRET_ACCESS_KEY,
        sessionToken: variables.AWS_SESSION_TOKEN,
      },
    });
    await expect(sts.send(new GetCallerIdentityCommand({}))).resolves.toMatchObject({
      Account: '111111111111',
    });
    expect(output()).toMatch(
      /git clone http:\/\/git-at-111111111111:[\w-]+@127\.0\.0\.1:\d+\/v1\/repos\/REPOSITORY/,
    );
    child.kill('SIGINT');
    child.kill('SIGINT');
    await expect(ended).resolves.toMatchObject({ code: 0 });
  });

  test('after kill -9 the folder is taken over', async () => {
    const folder = temporaryFolder('region');
    const { child, ended } = await launch('--port', '0', '--folder', folder);
    child.kill('SIGKILL');
    await ended;
    expect(fs.readFileSync(path.join(folder, 'region.pid'), 'utf8')).toMatch(`${child.pid} `);
    await start({ folder });
  });

  test('a process that has got a killed region’s id does not hold its folder', async () => {
    const folder = temporaryFolder('region');
    fs.writeFileSync(path.join(folder, 'region.pid'), `${process.ppid} 1\n`);
    await start({ folder });
  });

  test.each([
    [['--scale', 'fast'], 'scale is NaN; allowed is a number from 1 (real time) to 3600'],
    [['--port', '70000'], 'port is 70000; allowed is a whole number from 0 to 65535'],
    [['--account', '12'], 'account is 12; allowed are 12 digits'],
    [['--speed', '3'], "Unknown option '--speed'"],
  ])('%j: exit 2', async (flags, message) => {
    const { code, stderr } = await (await launch(...flags)).ended;
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain('--folder PATH');
  });
});
