import fs from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import yauzl from 'yauzl';
import yazl from 'yazl';

/**
 * Unpacks an archive, given as its content or as a file, into a folder, with the modes and symbolic links that it
 * carries. An entry whose name leads out of the folder is refused.
 */
export async function unzip(archive: Buffer | string, folder: string): Promise<void> {
  const opened = await (typeof archive === 'string'
    ? yauzl.openPromise(archive, { autoClose: true })
    : yauzl.fromBufferPromise(archive));
  await fs.promises.mkdir(folder, { recursive: true });
  for await (const entry of opened.eachEntry()) {
    const target = path.join(folder, entry.fileName);
    if (entry.fileName.endsWith('/')) {
      await fs.promises.mkdir(target, { recursive: true });
      continue;
    }
    await fs.promises.mkdir(path.dirname(target), { recursive: true });
    const content = await opened.openReadStreamPromise(entry);
    // The upper half holds Unix modes where the archive was made on Unix, else nothing.
    const mode = entry.externalFileAttributes >>> 16;
    if ((mode & fs.constants.S_IFMT) === fs.constants.S_IFLNK) {
      await fs.promises.symlink(Buffer.concat(await content.toArray()).toString(), target);
    } else {
      await pipeline(content, fs.createWriteStream(target, { mode: mode & 0o777 || 0o644 }));
    }
  }
}

/** One file of an archive; `undefined` when it has none of that name. */
export async function fileInZip(archive: Buffer, name: string): Promise<Buffer | undefined> {
  const opened = await yauzl.fromBufferPromise(archive);
  for await (const entry of opened.eachEntry()) {
    if (entry.fileName === name) {
      return Buffer.concat(await (await opened.openReadStreamPromise(entry)).toArray());
    }
  }
  return undefined;
}

/** Packs files, name in the archive to path on disk, with their modes. Symbolic links are followed. */
export async function zip(files: ReadonlyMap<string, string>): Promise<Buffer> {
  const archive = new yazl.ZipFile();
  const failed = new Promise<never>((_, reject) => archive.once('error', reject));
  for (const [name, file] of files) archive.addFile(file, name);
  return Promise.race([packed(archive), failed]);
}

/** Packs texts and bytes by their name in the archive; a file's mode is 0644 unless it is given. */
export function zipOf(files: Readonly<Record<string, ZipContent | ZipEntry>>): Promise<Buffer> {
  const archive = new yazl.ZipFile();
  for (const [name, file] of Object.entries(files)) {
    const { content, mode = 0o644 } =
      typeof file === 'string' || Buffer.isBuffer(file) ? { content: file } : file;
    archive.addBuffer(Buffer.from(content), name, { mode: fs.constants.S_IFREG | mode });
  }
  return packed(archive);
}

export type ZipContent = string | Buffer;

export interface ZipEntry {
  readonly content: ZipContent;
  /** @default 0o644 */
  readonly mode?: number;
}

async function packed(archive: yazl.ZipFile): Promise<Buffer> {
  archive.end();
  const chunks: Buffer[] = [];
  for await (const chunk of archive.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
