import fs from 'node:fs';
import { type ZipContent, type ZipEntry, zipOf } from '../../region/zip/zip';

/** Writes a zip archive of those files. */
export async function writeZip(
  file: string,
  entries: Readonly<Record<string, ZipContent | ZipEntry>>,
): Promise<void> {
  fs.writeFileSync(file, await zipOf(entries));
}
