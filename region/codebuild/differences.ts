import type { BuildLog } from './build-log';
import { type Buildspec, unknownKeys } from './buildspec';

/**
 * Says in a build's log what this machine does otherwise than the build image would.
 * @param packages folders with packages that are not the build's and that it can find all the same
 */
export function noteDifferences(buildspec: Buildspec, log: BuildLog, packages: readonly string[]): void {
  for (const key of unknownKeys(buildspec)) {
    log.note(`The buildspec's key ${key} is unknown and has no effect`);
  }
  for (const phase of Object.values(buildspec.phases)) {
    for (const [runtime, version] of Object.entries(phase?.['runtime-versions'] ?? {})) {
      const here = runtime === 'nodejs' ? `Node.js ${process.version}` : 'what this machine has';
      log.note(`Runtime ${runtime} ${version} is modelled: the commands run with ${here}`);
    }
    const user = phase?.['run-as'] ?? buildspec['run-as'];
    if (user && user !== 'root') {
      log.note(`run-as ${user} is recorded: the commands run as the user who started the region`);
    }
  }
  for (const folder of packages) {
    log.note(`This machine allows no namespaces: Node.js also finds the packages of ${folder}`);
  }
}
