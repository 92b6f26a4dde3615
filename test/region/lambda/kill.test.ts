import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { temporaryFolder } from '../../support/folder';

/** A program that starts one environment on a handler that blocks for ever, as a region would. */
const PROGRAM = `
  const fs = require('node:fs');
  const { ScaledClock } = require('./region/clock/clock');
  const { ExecutionEnvironment } = require('./region/lambda/execution-environment');
  const [folder, port] = process.argv.slice(1);
  fs.writeFileSync(folder + '/index.js', \`exports.handler = (event) => new Promise(() => {
    require('node:child_process').spawn(process.execPath, ['-e', "require('node:net').connect(\${port}, '127.0.0.1')"]);
    require('node:net').connect(\${port}, '127.0.0.1', () => { for (;;); });
  });\`);
  const nothing = new Proxy({}, { get: () => () => ({ logGroups: [] }) });
  const scope = { clock: new ScaledClock(), service: () => ({ operations: nothing }) };
  const environment = new ExecutionEnvironment(scope, { functionName: 'react', version: '$LATEST', handler: 'index.handler',
    memorySize: 128, timeout: 900, taskRoot: folder, temporary: folder, logGroup: '/aws/lambda/react', variables: { PATH: process.env.PATH } });
  environment.start().then(() => environment.invoke('1', '{}', 'arn'));
`;

it("does not outlive its region's kill -9, nor does what it has started", async () => {
  const connected: Promise<unknown>[] = [];
  const server = net.createServer((socket) => {
    socket.on('error', () => {}).resume();
    connected.push(once(socket, 'close'));
    server.emit('count');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const region = spawn(
    process.execPath,
    ['-r', 'ts-node/register', '-e', PROGRAM, temporaryFolder('kill'), String(port)],
    { cwd: path.join(__dirname, '../../..'), stdio: ['ignore', 'ignore', 'inherit'] },
  );
  try {
    while (connected.length < 2) await once(server, 'count');
    region.kill('SIGKILL');
    // Their connections close when both processes, the blocked handler and its child, have ended.
    await Promise.all(connected);
  } finally {
    region.kill('SIGKILL');
    server.close();
  }
});
