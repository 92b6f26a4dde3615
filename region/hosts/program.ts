import fs from 'node:fs';
import path from 'node:path';
import { buildSync } from 'esbuild';

/** What every host runs, each bundled into one file, so that a host needs nothing of this project's folders. */
export interface Program {
  readonly folder: string;
  readonly supervisor: 'supervisor.js';
  readonly systemctl: 'systemctl';
}

export function bundleProgram(folder: string): Program {
  fs.mkdirSync(folder, { recursive: true });
  const program: Program = { folder, supervisor: 'supervisor.js', systemctl: 'systemctl' };
  bundle('main.ts', path.join(folder, program.supervisor));
  bundle('systemctl.ts', path.join(folder, program.systemctl), `#!${process.execPath}`);
  fs.chmodSync(path.join(folder, program.systemctl), 0o755);
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
