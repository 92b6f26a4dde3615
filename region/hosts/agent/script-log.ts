import fs from 'node:fs';
import path from 'node:path';

/** Characters of the log that are reported with a failure. */
const TAIL = 2048;

/** Where a deployment's scripts are logged. */
export interface ScriptLogFiles {
  /** The deployment's own, `logs/scripts.log`. */
  readonly deployment: string;
  /** That of all deployments on the instance, in which each line names its own. */
  readonly instance: string;
}

/** The log of one deployment's scripts on an instance, and the newest part of it for diagnostics. */
export class ScriptLog {
  private readonly newest: string[] = [];

  constructor(
    private readonly files: ScriptLogFiles,
    private readonly deploymentId: string,
    private readonly time: () => number,
  ) {
    for (const file of [files.deployment, files.instance])
      fs.mkdirSync(path.dirname(file), { recursive: true });
  }

  append(line: string): void {
    const stamp = new Date(this.time()).toISOString().slice(0, 23).replace('T', ' ');
    fs.appendFileSync(this.files.deployment, `${stamp.slice(0, 19)} ${line}\n`);
    fs.appendFileSync(this.files.instance, `[${stamp}] [${this.deploymentId}]${line}\n`);
    this.newest.push(`${line}\n`);
    let length = this.newest.reduce((sum, entry) => sum + entry.length, 0);
    while (length >= TAIL) length -= this.newest.shift()!.length;
  }

  get tail(): string {
    return this.newest.join('');
  }
}
