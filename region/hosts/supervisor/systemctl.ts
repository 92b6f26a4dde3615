import net from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { SystemctlAnswer } from './systemctl-command';

/** The `systemctl` that a host's processes find: it hands its arguments to the host's supervisor. */
async function main(): Promise<void> {
  // By a short name, because the path of a socket may have 107 characters at most.
  process.chdir(path.dirname(__dirname));
  const socket = net.connect('systemctl.socket');
  socket.write(`${JSON.stringify(process.argv.slice(2))}\n`);
  const answer: SystemctlAnswer = JSON.parse(await text(socket));
  process.stdout.write(answer.stdout);
  process.stderr.write(answer.stderr);
  process.exitCode = answer.exitStatus;
}

main().catch((error) => {
  process.stderr.write(`Failed to connect to the host's supervisor: ${error.message}\n`);
  process.exitCode = 1;
});
