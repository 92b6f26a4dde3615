import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** Mounts an empty folder over each argument up to `--`, then becomes what follows. */
const HIDE =
  'while [ "$1" != -- ]; do mount -t tmpfs -o ro tmpfs "$1" || exit 126; shift; done; shift; exec "$@"';

const UNSHARE = ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];

/**
 * What a build image gives for free and a folder on this machine does not: processes that cannot stay behind, and no
 * packages but the build's own. Node.js looks for packages in every folder above a source, so a build that forgets to
 * install one would pass here and fail on AWS. Needs Linux and root; elsewhere builds run without it, and say so.
 */
export class Isolation {
  private works?: boolean;

  /** Whether this machine allows Linux namespaces; found out once. */
  get available(): boolean {
    this.works ??= spawnSync(UNSHARE[0], [...UNSHARE.slice(1), 'true'], { stdio: 'ignore' }).status === 0;
    return this.works;
  }

  /** Arguments to put in front of a build's shell. */
  wrapper(folder: string): readonly string[] {
    return this.available ? [...UNSHARE, '/bin/sh', '-c', HIDE, 'hide', ...packagesAbove(folder), '--'] : [];
  }
}

/** The `node_modules` folders that Node.js would find above a folder. */
export function packagesAbove(folder: string): string[] {
  const above: string[] = [];
  for (let at = folder; at !== path.dirname(at); at = path.dirname(at)) {
    above.push(path.join(path.dirname(at), 'node_modules'));
  }
  return above.filter((packages) => fs.existsSync(packages));
}
