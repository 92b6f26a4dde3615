import fs from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fromBufferPromise } from 'yauzl';
import { ZipFile } from 'yazl';
import { AwsError } from '../service';

/** Unpacks a deployment package into a new folder. @throws AwsError InvalidParameterValueException when it is no zip */
export async function unzip(bytes: Buffer, folder: string): Promise<void> {
  const archive = await fromBufferPromise(bytes, { lazyEntries: true }).catch((error: Error) => {
    throw new AwsError('InvalidParameterValueException', `Could not unzip uploaded file: ${error.message}`);
  });
  fs.mkdirSync(folder, { recursive: true });
  for await (const entry of archive.eachEntry()) {
    const target = path.join(folder, entry.fileName);
    if (entry.fileName.endsWith('/')) {
      fs.mkdirSync(target, { recursive: true });
      continue;
    }
    fs.mkdirSync(path.dirname(target), { recursive: true });
    const mode = (entry.externalFileAttributes >>> 16) & 0o777 || 0o644;
    await pipeline(await archive.openReadStreamPromise(entry), fs.createWriteStream(target, { mode }));
  }
}

/** An archive of files given by name. */
export async function zip(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const archive = new ZipFile();
  for (const [name, text] of Object.entries(files)) archive.addBuffer(Buffer.from(text), name);
  archive.end();
  const chunks: Buffer[] = [];
  for await (const chunk of archive.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
