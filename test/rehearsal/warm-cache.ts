import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Rehearsal } from '../../rehearsal/rehearsal';

const ROOT = path.join(__dirname, '../..');

/**
 * Puts the app's dependencies into the cache of the build that synthesizes, as a release before would have: `npm start`
 * plays `npm ci`, and test/lib/pipeline/synth-step.test.ts when it is run.
 */
export async function warmCache({ region, options }: Rehearsal): Promise<void> {
  const { home } = region;
  const { projects } = (await home.service('codebuild').operations.ListProjects!({})) as {
    projects: string[];
  };
  const synth = projects.find((name) => name.includes('Synth'))!;
  const kept = path.join(home.folder('codebuild'), 'local-cache', synth, '.dependencies');
  fs.mkdirSync(kept, { recursive: true });
  fs.copyFileSync(path.join(options.project, 'package-lock.json'), path.join(kept, 'installed.json'));
  // Hard links: a build does not see the packages of the folders above it.
  execFileSync('cp', ['-al', path.join(ROOT, 'node_modules'), kept]);
}
