import fs from 'node:fs';
import path from 'node:path';
import { buildSync } from 'esbuild';
import type { SupervisorConfig } from './supervisor/protocol';

/** What every host runs, each bundled into one file, so that a host needs nothing of this project's folders. */
export interface Program {
  readonly folder: string;
  readonly supervisor: 'supervisor.js';
  readonly command: 'command';
}

/** Where a host is made, and what of. */
export interface HostPlace {
  readonly instanceId: string;
  /** The host's folder on this machine. */
  readonly host: string;
  readonly program: Program;
  readonly time: SupervisorConfig['time'];
}

export function bundleProgram(folder: string): Program {
  fs.mkdirSync(folder, { recursive: true });
  const program: Program = { folder, supervisor: 'supervisor.js', command: 'command' };
  bundle('main.ts', path.join(folder, program.supervisor));
  bundle('command.ts', path.join(folder, program.command), `#!${process.execPath}`);
  fs.chmodSync(path.join(folder, program.command), 0o755);
  return program;
}

function bundle(source: string, outfile: string, firstLine = ''): void {
  buildSync({
    entryPoints: [path.join(__dirname, 'supervisor', source)],
    bundle: true,
    platform: 'node',
    target: 'node20',
    banner: { js: firstLine },
    outfile,
    logLevel: 'silent',
  });
}
