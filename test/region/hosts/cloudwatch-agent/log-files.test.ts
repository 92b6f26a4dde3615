import fs from 'node:fs';
import path from 'node:path';
import { SteppedClock } from '../../../../region/clock/clock';
import type { AgentHost } from '../../../../region/hosts/cloudwatch-agent/collector';
import { LogFiles } from '../../../../region/hosts/cloudwatch-agent/log-files';
import { temporaryFolder } from '../../../support/folder';

const NOW = Date.UTC(2026, 10, 20);
const folder = temporaryFolder('log-files');

/** A collector on a root of its own, whose looks at the files are made by hand, and what it has sent. */
function agent() {
  const root = fs.mkdtempSync(path.join(folder, 'root-'));
  const calls: { operation: string; input: any }[] = [];
  const failures: string[] = [];
  let fail = (_operation: string): string | undefined => undefined;
  let look = () => {};
  const clock = Object.assign(new SteppedClock(NOW), {
    deadline: (_: number, callback: () => void) => {
      look = callback;
      return { cancel() {} };
    },
  });
  const host: AgentHost = {
    instanceId: 'i-1',
    root,
    awsTime: () => NOW,
    note() {},
    failed: (message) => failures.push(message),
  };
  const collector = new LogFiles(host, clock);
  return {
    calls,
    failures,
    collector,
    file: (name: string) => path.join(root, name),
    write(name: string, text: string) {
      fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
      fs.appendFileSync(path.join(root, name), text);
    },
    failing: (with_: typeof fail) => {
      fail = with_;
    },
    start: (...entries: object[]) =>
      collector.start(
        { logs: { logs_collected: { files: { collect_list: entries } } } },
        async (_, operation, input) => {
          const name = fail(operation);
          if (name) throw Object.assign(new Error('no'), { name });
          calls.push({ operation, input });
        },
      ),
    async look() {
      look();
      await new Promise(setImmediate);
    },
    lines: () => calls.flatMap(({ input }) => (input.logEvents ?? []).map(({ message }: any) => message)),
  };
}

test('whole lines are sent once, as they are completed', async () => {
  const { start, write, look, lines, calls } = agent();
  write('var/log/a.log', 'one\n\ntw');
  await start({ file_path: '/var/log/a.log', log_group_name: 'group' });
  await look();
  expect(calls).toEqual([
    {
      operation: 'PutLogEvents',
      input: { logGroupName: 'group', logStreamName: 'i-1', logEvents: [{ timestamp: NOW, message: 'one' }] },
    },
  ]);
  write('var/log/a.log', 'o ☂\n');
  await look();
  await look();
  expect(lines()).toEqual(['one', 'two ☂']);
});

test('a file that is cut off or replaced is read from its beginning', async () => {
  const { start, write, look, lines, file } = agent();
  write('a.log', 'long before\n');
  await start({ file_path: '/a.log' });
  await look();
  fs.truncateSync(file('a.log'));
  write('a.log', 'cut\n');
  await look();
  fs.renameSync(file('a.log'), file('a.log.1'));
  write('a.log', 'replaced by a longer one\n');
  await look();
  expect(lines()).toEqual(['long before', 'cut', 'replaced by a longer one']);
});

test('of a pattern, the file that was written to last is collected', async () => {
  const { start, write, look, lines, file } = agent();
  for (const name of ['app-1.log', 'app-2.log', 'other.txt']) write(`logs/${name}`, `${name}\n`);
  fs.utimesSync(file('logs/app-1.log'), 2000, 2000);
  fs.utimesSync(file('logs/app-2.log'), 1000, 1000);
  await start({ file_path: '/logs/app-*.log' });
  await look();
  expect(lines()).toEqual(['app-1.log']);
});

test('a stop sends what is left, and a new start sends nothing twice', async () => {
  const { start, write, look, lines, collector } = agent();
  await start({ file_path: '/a.log' });
  write('a.log', 'last words\n');
  await collector.stop();
  expect(lines()).toEqual(['last words']);
  await start({ file_path: '/a.log' });
  await look();
  expect(lines()).toEqual(['last words']);
});

test('stream and group are made when they are missing, and the group keeps for as long as is said', async () => {
  const { start, write, look, calls, failing } = agent();
  const missing = new Set(['PutLogEvents', 'CreateLogStream']);
  failing((operation) => (missing.delete(operation) ? 'ResourceNotFoundException' : undefined));
  write('a.log', 'line\n');
  await start({ file_path: '/a.log', log_stream_name: 'app/{instance_id}', retention_in_days: 7 });
  await look();
  expect(calls.map(({ operation }) => operation)).toEqual([
    'CreateLogGroup',
    'CreateLogStream',
    'PutLogEvents',
    'PutRetentionPolicy',
  ]);
  expect(calls[2]!.input).toMatchObject({ logGroupName: '/a.log', logStreamName: 'app/i-1' });
  expect(calls[3]!.input.retentionInDays).toBe(7);
});

test('what cannot be sent is told', async () => {
  const { start, write, look, failing, failures } = agent();
  failing(() => 'AccessDeniedException');
  write('a.log', 'line\n');
  await start({ file_path: '/a.log' });
  await look();
  expect(failures).toEqual([expect.stringMatching(/could not send .*a\.log: AccessDeniedException: no/)]);
});

test.each([
  [{ file_path: 'a.log' }, 'file_path is a.log; allowed is an absolute path'],
  [
    { file_path: '/a.log', log_stream_name: '{ip_address}' },
    '{ip_address} is not played; played are {instance_id}',
  ],
])('refuses %j', async (entry, message) => {
  await expect(agent().start(entry)).rejects.toThrow(message);
});
