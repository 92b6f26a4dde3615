import { EventEmitter } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import type { Clock } from '../clock/clock';

/** One thing that happened. Entries are never changed or removed. */
export interface JournalEntry {
  /** Position in the journal, from 1. */
  readonly seq: number;
  /** AWS time, ISO 8601. */
  readonly time: string;
  /** Wall time, milliseconds since the epoch. */
  readonly wall: number;
  /** The service that says so, by its folder's name: `codedeploy`, `cloudwatch`, `hosts`. */
  readonly source: string;
  /** What kind of thing happened, in PascalCase: `DeploymentStateChange`. */
  readonly type: string;
  /** What it happened to: a physical name or ARN. */
  readonly subject: string;
  /** One line for a person. */
  readonly message: string;
  /** The facts, for programs. */
  readonly detail: Readonly<Record<string, unknown>>;
}

export type NewEntry = Pick<JournalEntry, 'source' | 'type' | 'subject' | 'message'> & {
  readonly detail?: Readonly<Record<string, unknown>>;
};

/** The append-only record that the terminal, the report, the page and the tests all read. */
export class Journal {
  private readonly kept: JournalEntry[] = [];
  private readonly emitter = new EventEmitter().setMaxListeners(0);
  private file?: number;

  /** @param folder where `journal.jsonl` is written; kept in memory alone when left out. */
  constructor(
    private readonly clock: Clock,
    folder?: string,
  ) {
    if (folder) {
      fs.mkdirSync(folder, { recursive: true });
      this.file = fs.openSync(path.join(folder, 'journal.jsonl'), 'a');
    }
  }

  append(entry: NewEntry): JournalEntry {
    const full: JournalEntry = {
      seq: this.kept.length + 1,
      time: new Date(this.clock.now()).toISOString(),
      wall: this.clock.wall(),
      source: entry.source,
      type: entry.type,
      subject: entry.subject,
      message: entry.message,
      detail: entry.detail ?? {},
    };
    this.kept.push(full);
    if (this.file !== undefined) fs.writeSync(this.file, JSON.stringify(full) + '\n');
    this.emitter.emit('entry', full);
    return full;
  }

  entries(matches: (entry: JournalEntry) => boolean = () => true): JournalEntry[] {
    return this.kept.filter(matches);
  }

  /** Calls back for every later entry; returns the way to stop. */
  follow(listener: (entry: JournalEntry) => void): () => void {
    this.emitter.on('entry', listener);
    return () => this.emitter.off('entry', listener);
  }

  /** Resolves with the first entry after `since` (default: from the start) that matches. */
  waitFor(
    matches: (entry: JournalEntry) => boolean,
    { since = 0, signal }: { since?: number; signal?: AbortSignal } = {},
  ): Promise<JournalEntry> {
    const past = this.kept.find((entry) => entry.seq > since && matches(entry));
    if (past) return Promise.resolve(past);
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const abort = () => {
        stop();
        reject(signal?.reason);
      };
      const stop = this.follow((entry) => {
        if (!matches(entry)) return;
        stop();
        signal?.removeEventListener('abort', abort);
        resolve(entry);
      });
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  /** The position of the newest entry: give it to {@link waitFor} as `since`. */
  get position(): number {
    return this.kept.length;
  }

  /** Ends the file; what is appended later is kept in memory alone. */
  close(): void {
    if (this.file !== undefined) fs.closeSync(this.file);
    this.file = undefined;
  }
}
