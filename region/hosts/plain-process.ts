import fs from 'node:fs';
import path from 'node:path';
import type { HostPlace } from './program';
import { HOST_MARKER, type SupervisorConfig } from './supervisor/protocol';

/** What a host without namespaces is started with; its root folder lies in the host's folder. */
export function plainCommand({ instanceId, host, program, time }: HostPlace, address: string): string[] {
  const root = path.join(host, 'root');
  const config: SupervisorConfig = {
    instanceId,
    mode: 'process',
    folder: host,
    deploymentRoot: path.join(host, 'deployment-root'),
    root,
    environment: {
      PATH: [path.join(root, 'usr/bin'), path.dirname(process.execPath), process.env.PATH].join(':'),
      HOME: path.join(root, 'root'),
      TMPDIR: path.join(root, 'tmp'),
      LANG: 'C.UTF-8',
      // Where the host's own /etc, /opt and so on begin, and the address that is its own.
      DESTDIR: root,
      HOST: address,
      [HOST_MARKER]: host,
    },
    time,
  };
  return [process.execPath, path.join(program.folder, program.supervisor), JSON.stringify(config)];
}

/** The host's folder holds what a namespace has mounted; here links lead there from its root, which has a /root and a /tmp. */
export function linkIntoRoot(host: string): void {
  for (const folder of ['root', 'tmp']) fs.mkdirSync(path.join(host, 'root', folder), { recursive: true });
  const links = { log: 'var/log', 'deployment-root': 'opt/codedeploy-agent/deployment-root' };
  for (const [folder, link] of Object.entries(links)) {
    const file = path.join(host, 'root', link);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.symlinkSync(path.join(host, folder), file);
  }
}

let next = 0;

/** A loopback address for a host: ten bits of the process's id keep regions apart, twelve bits count its hosts. */
export function loopbackAddress(): string {
  const number = ((process.pid & 0x3ff) << 12) | (++next & 0xfff);
  return `127.${64 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`;
}
