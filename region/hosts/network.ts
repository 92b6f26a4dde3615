import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { UNSHARE } from './namespace';

/** Kept for tests inside one machine or laboratory, so nobody's own network uses it. @see RFC 2544 */
const RANGE = '198.18.0.0/15';
/** Point-to-point networks of four addresses each. */
const NETWORKS = 2 ** 15;

let next = (process.pid * 64) % NETWORKS;

export interface Link {
  /** Interface on this machine; it vanishes with the namespace. */
  readonly name: string;
  /** The namespace's address. */
  readonly address: string;
  /** This machine's address on the same link. */
  readonly gateway: string;
}

/** Links a network namespace to this machine. The interface's name reserves the network, among all regions here. */
export async function linkToNamespace(pid: number): Promise<Link> {
  for (;;) {
    const index = next++ % NETWORKS;
    const name = `tide${index}`;
    const [gateway, address] = [1, 2].map((offset) => addressAt(index * 4 + offset));
    try {
      await ip(
        `link add ${name} type veth peer name eth0 netns ${pid}`,
        `address add ${gateway}/30 dev ${name}`,
        `link set ${name} up`,
      );
      return { name, address, gateway };
    } catch (error: any) {
      if (!/File exists/.test(error.stderr)) throw error;
    }
  }
}

function addressAt(offset: number): string {
  return `198.${18 + (offset >> 16)}.${(offset >> 8) & 255}.${offset & 255}`;
}

async function ip(...commands: string[]): Promise<void> {
  const running = promisify(execFile)('ip', ['-batch', '-']);
  running.child.stdin!.end(commands.join('\n'));
  await running;
}

/**
 * A network namespace that refuses connections to every address of the range that no host has. Without it, a request
 * to a host that has ended would leave this machine by its default route.
 */
export class Backstop {
  private process?: ChildProcess;

  async start(): Promise<void> {
    const script = `ip link set lo up && ip route add local ${RANGE} dev lo && echo && read -r &&
      ip link set eth0 up && ip route add default dev eth0 && echo && read -r`;
    const [command, ...args] = [...UNSHARE, '--net', 'bash', '-c', script];
    // Ends with its input, that is with the region.
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'], detached: true });
    this.process = child;
    const answer = () =>
      Promise.race([
        once(child.stdout, 'data'),
        once(child, 'exit').then(() => Promise.reject(new Error("the hosts' network ended"))),
      ]);
    await answer();
    const { name, gateway } = await linkToNamespace(child.pid!);
    child.stdin.write('\n');
    await answer();
    // Hosts' own links are more specific; the interface's number keeps the routes of several regions apart.
    await ip(`route add ${RANGE} dev ${name} src ${gateway} metric ${1000 + Number(name.slice(4))}`);
  }

  async stop(): Promise<void> {
    if (!this.process || this.process.exitCode !== null) return;
    const ended = once(this.process, 'exit');
    this.process.stdin!.end();
    await ended;
  }
}
