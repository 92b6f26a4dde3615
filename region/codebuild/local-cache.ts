import fs from 'node:fs';
import path from 'node:path';
import type { ProjectCache } from '@aws-sdk/client-codebuild';

/**
 * The folders that `cache.paths` of a buildspec keeps between the builds of one project (LOCAL_CUSTOM_CACHE). They are
 * moved in and out, never copied: a build that runs while another has them finds none, as on another build host.
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/caching-local.html
 */
export class LocalCache {
  private readonly entries: readonly { kept: string; used: string }[];

  /**
   * @param folder the project's cache
   * @param paths of the buildspec, relative to the source folder, or below `~` or `/root` (the home of a build image)
   */
  constructor(folder: string, paths: readonly string[], build: { sourceDirectory: string; home: string }) {
    this.entries = paths.flatMap((pattern) => {
      // Only folders can be cached: the part in front of the first glob.
      const directory = pattern.replace(/\/?[^/]*[*?[{].*$/, '').replace(/\/$/, '');
      const used = path.resolve(
        build.sourceDirectory,
        directory.replace(/^(?:~|\/root)(?=\/|$)/, build.home),
      );
      const own = [build.sourceDirectory, build.home].some((root) => used.startsWith(root + path.sep));
      return directory && own ? [{ kept: path.join(folder, encodeURIComponent(directory)), used }] : [];
    });
  }

  /** Puts the cached folders in their places, except where the source has one of its own. */
  restore(): void {
    for (const { kept, used } of this.entries) {
      if (!fs.existsSync(kept) || fs.existsSync(used)) continue;
      fs.mkdirSync(path.dirname(used), { recursive: true });
      fs.renameSync(kept, used);
    }
  }

  /** Keeps the folders as the build leaves them. */
  async keep(): Promise<void> {
    for (const { kept, used } of this.entries) {
      if (!fs.existsSync(used)) continue;
      fs.mkdirSync(path.dirname(kept), { recursive: true });
      await fs.promises.rm(kept, { recursive: true, force: true });
      fs.renameSync(used, kept);
    }
  }
}

export function usesCustomCache(cache: ProjectCache | undefined): boolean {
  return cache?.type === 'LOCAL' && (cache.modes ?? []).includes('LOCAL_CUSTOM_CACHE');
}
