import fs from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import yazl from 'yazl';
import { unzip, zip } from '../../../region/zip/zip';
import { temporaryFolder } from '../../support/folder';

const folder = temporaryFolder('zip');

test('content and modes come back', async () => {
  const source = path.join(folder, 'run.sh');
  fs.writeFileSync(source, '#!/bin/sh\n', { mode: 0o755 });
  const target = path.join(folder, 'round');
  await unzip(await zip(new Map([['bin/run', source]])), target);
  expect(fs.readFileSync(path.join(target, 'bin/run'), 'utf8')).toBe('#!/bin/sh\n');
  expect(fs.statSync(path.join(target, 'bin/run')).mode & 0o777).toBe(0o755);
});

test('an archive is read from a file too, with its symbolic links and empty folders', async () => {
  const archive = new yazl.ZipFile();
  archive.addBuffer(Buffer.from('target'), 'link', { mode: 0o120777 });
  archive.addEmptyDirectory('empty');
  archive.end();
  const file = path.join(folder, 'links.zip');
  await pipeline(archive.outputStream, fs.createWriteStream(file));
  const target = path.join(folder, 'links');
  await unzip(file, target);
  expect(fs.readlinkSync(path.join(target, 'link'))).toBe('target');
  expect(fs.readdirSync(target).sort()).toEqual(['empty', 'link']);
});

test('what is no archive, and a file that is missing, are errors', async () => {
  await expect(unzip(Buffer.from('text'), path.join(folder, 'none'))).rejects.toThrow();
  await expect(zip(new Map([['a', path.join(folder, 'missing')]]))).rejects.toThrow('ENOENT');
});
