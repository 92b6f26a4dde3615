import fs from 'node:fs';
import path from 'node:path';

/** Characters of the log that are reported with a failure. */
const TAIL = 2048;

/** The log of one deployment's scripts on an instance, `logs/scripts.log`, and the newest part of it for diagnostics. */
export class ScriptLog {
  private readonly newest: string[] = [];

  constructor(
    private readonly file: string,
    private readonly time: () => number,
  ) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
  }

  append(line: string): void {
    const stamp = new Date(this.time()).toISOString().slice(0, 19).replace('T', ' ');
    fs.appendFileSync(this.file, `${stamp} ${line}\n`);
    this.newest.push(`${line}\n`);
    let length = this.newest.reduce((sum, entry) => sum + entry.length, 0);
    while (length >= TAIL) length -= this.newest.shift()!.length;
  }

  get tail(): string {
    return this.newest.join('');
  }
}
