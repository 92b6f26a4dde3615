import fs from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import yauzl from 'yauzl';
import yazl from 'yazl';

const open: (zip: Buffer, options: yauzl.Options) => Promise<yauzl.ZipFile> = promisify(yauzl.fromBuffer);

/** Unpacks an archive into an existing folder, with its modes and symbolic links. */
export async function unzip(zip: Buffer, folder: string): Promise<void> {
  // yauzl refuses names that lead out of the folder.
  const archive = await open(zip, { lazyEntries: true });
  await new Promise<void>((resolve, reject) => {
    archive.on('error', reject).on('end', resolve);
    archive.on('entry', (entry: yauzl.Entry) => {
      extract(archive, entry, folder).then(() => archive.readEntry(), reject);
    });
    archive.readEntry();
  });
}

async function extract(archive: yauzl.ZipFile, entry: yauzl.Entry, folder: string): Promise<void> {
  const target = path.join(folder, entry.fileName);
  if (entry.fileName.endsWith('/')) {
    await fs.promises.mkdir(target, { recursive: true });
    return;
  }
  await fs.promises.mkdir(path.dirname(target), { recursive: true });
  const content = await promisify(archive.openReadStream.bind(archive) as any)(entry);
  const mode = entry.externalFileAttributes >>> 16;
  if ((mode & fs.constants.S_IFMT) === fs.constants.S_IFLNK) {
    await fs.promises.symlink(await text(content as NodeJS.ReadableStream), target);
  } else {
    const file = fs.createWriteStream(target, { mode: mode & 0o777 || 0o644 });
    await pipeline(content as NodeJS.ReadableStream, file);
  }
}

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** Packs files: name in the archive to path on disk. Symbolic links are followed. */
export async function zip(files: ReadonlyMap<string, string>): Promise<Buffer> {
  const archive = new yazl.ZipFile();
  const chunks: Buffer[] = [];
  const read = (async () => {
    for await (const chunk of archive.outputStream) chunks.push(chunk as Buffer);
  })();
  const failed = new Promise<never>((_, reject) => archive.on('error', reject));
  for (const [name, file] of files) archive.addFile(file, name);
  archive.end();
  await Promise.race([read, failed]);
  return Buffer.concat(chunks);
}
