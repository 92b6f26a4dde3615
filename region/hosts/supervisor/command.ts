import net from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { CommandAnswer } from './protocol';

/**
 * What stands in for a host's `systemctl`, `dnf` and so on: it hands the name it was called by and its arguments to the
 * host's supervisor.
 */
async function main(): Promise<void> {
  const [, called, ...args] = process.argv;
  // By a short name, because the path of a socket may have 107 characters at most.
  process.chdir(path.dirname(__dirname));
  const socket = net.connect('commands.socket');
  socket.write(`${JSON.stringify([path.basename(called), ...args])}\n`);
  const answer: CommandAnswer = JSON.parse(await text(socket));
  process.stdout.write(answer.stdout);
  process.stderr.write(answer.stderr);
  process.exitCode = answer.exitStatus;
}

main().catch((error) => {
  process.stderr.write(`Failed to connect to the host's supervisor: ${error.message}\n`);
  process.exitCode = 1;
});
