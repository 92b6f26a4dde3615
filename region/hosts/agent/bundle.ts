import fs from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import yauzl from 'yauzl';

const TYPE = 0o170000;
const SYMLINK = 0o120000;

/** Unpacks a zip archive into a folder, with the modes and symbolic links that it carries. */
export async function unpack(archive: string, folder: string): Promise<void> {
  fs.mkdirSync(folder, { recursive: true });
  const zip = await yauzl.openPromise(archive, { autoClose: true }).catch((error) => {
    throw new Error(`the bundle is not a zip archive: ${error.message}`);
  });
  for await (const entry of zip.eachEntry()) {
    const target = path.join(folder, entry.fileName);
    // The upper half holds Unix modes where the archive was made on Unix, else nothing.
    const mode = entry.externalFileAttributes >>> 16;
    if (entry.fileName.endsWith('/')) {
      fs.mkdirSync(target, { recursive: true });
      continue;
    }
    fs.mkdirSync(path.dirname(target), { recursive: true });
    const content = await zip.openReadStreamPromise(entry);
    if ((mode & TYPE) === SYMLINK) {
      fs.symlinkSync(Buffer.concat(await content.toArray()).toString(), target);
    } else {
      await pipeline(content, fs.createWriteStream(target, { mode: mode & 0o777 || 0o644 }));
    }
  }
}
