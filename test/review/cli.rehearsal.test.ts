import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { reviewedRepository } from './reviewed-repository';

const DOCUMENT = fs.readFileSync(path.join(__dirname, '../../docs/review.md'), 'utf8');
const [, block] = /```sh\n(.*?)```/s.exec(DOCUMENT)!;
/** Up to the pull request, and what is done once its review has ended. */
const [before, after] = block!.split('# what the review says');

const installed = spawnSync('aws', ['--version']).status === 0;

(installed ? test : test.skip)(
  'the documented commands of git and the AWS CLI create a pull request, show its review and merge it',
  async () => {
    const { region, work, run, git, commented } = await reviewedRepository();
    const bash = (script: string) => run('bash', ['-euc', script], region.home.environment());
    const since = region.journal.position;
    fs.writeFileSync(path.join(work, 'tests'), 'true # changed');
    const id = await bash(`${before}\necho "$ID"`);
    expect(id).toMatch(/^1$/m);

    await commented(since);
    const shown = await bash(`ID=1\n${after}`);
    expect(shown).toMatch(/^## Review of \w{8}: passed$/m);
    expect(shown).toMatch(/"approved": true/);
    await git('fetch', '-q');
    expect(await git('rev-parse', 'origin/main')).toBe(await git('rev-parse', 'topic'));
  },
  60_000,
);
