import fs from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

/** Most bytes that are read in one go. */
const CHUNK = 1024 * 1024;

/** Reads what is appended to a file, line by line, from its beginning; also after it was replaced or cut off. */
export class Tail {
  private inode = 0;
  private offset = 0;
  private partial = '';
  private decoder = new StringDecoder('utf8');

  constructor(private readonly file: string) {}

  /** The lines that were completed since the last look; empty ones are left out. */
  read(): string[] {
    let descriptor: number;
    try {
      descriptor = fs.openSync(this.file, 'r');
    } catch {
      return []; // It was moved away meanwhile.
    }
    try {
      const { ino, size } = fs.fstatSync(descriptor);
      if (ino !== this.inode || size < this.offset) this.restart(ino);
      const buffer = Buffer.alloc(Math.min(CHUNK, size - this.offset));
      const length = fs.readSync(descriptor, buffer, 0, buffer.length, this.offset);
      this.offset += length;
      const lines = (this.partial + this.decoder.write(buffer.subarray(0, length))).split('\n');
      this.partial = lines.pop()!;
      return lines.map((line) => line.replace(/\r$/, '')).filter((line) => line !== '');
    } finally {
      fs.closeSync(descriptor);
    }
  }

  private restart(inode: number): void {
    this.inode = inode;
    this.offset = 0;
    this.partial = '';
    this.decoder = new StringDecoder('utf8');
  }
}
