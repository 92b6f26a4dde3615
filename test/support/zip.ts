import fs from 'node:fs';
import { pipeline } from 'node:stream/promises';
import yazl from 'yazl';

export interface ZipEntry {
  readonly content: string | Buffer;
  /** @default 0o644 */
  readonly mode?: number;
}

/** Writes a zip archive of those files. */
export async function writeZip(file: string, entries: Readonly<Record<string, ZipEntry>>): Promise<void> {
  const zip = new yazl.ZipFile();
  for (const [name, { content, mode = 0o644 }] of Object.entries(entries)) {
    zip.addBuffer(Buffer.from(content), name, { mode: 0o100000 | mode });
  }
  zip.end();
  await pipeline(zip.outputStream, fs.createWriteStream(file));
}
