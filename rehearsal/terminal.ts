import colors from 'picocolors';
import type { Check } from './checks';

/**
 * What a person sees while the story plays: one line for each thing that happened, and on a terminal a last line that
 * says what is under way. Without a terminal there are plain lines alone.
 */
export class Terminal {
  private readonly live = Boolean(process.stderr.isTTY);
  private readonly started = Date.now();
  private status = '';
  private readonly refresh?: NodeJS.Timeout;

  constructor() {
    if (this.live) this.refresh = setInterval(() => this.draw(), 200);
  }

  title(text: string): void {
    this.line(`\n${colors.bold(text)}`);
  }

  event(source: string, text: string): void {
    this.line(`${colors.dim(this.elapsed())}  ${colors.cyan(source.padEnd(14))} ${this.fit(text, 22)}`);
  }

  check({ passed, name, seen }: Check): void {
    const mark = passed ? colors.green('✓') : colors.red('✗');
    this.line(`  ${mark} ${name}${seen ? colors.dim(`: ${seen}`) : ''}`);
  }

  line(text: string): void {
    this.clear();
    process.stderr.write(`${text}\n`);
    this.draw();
  }

  /** The last line's text, replaced as often as wanted; shown on a terminal only. */
  underWay(text: string): void {
    this.status = text;
  }

  close(): void {
    clearInterval(this.refresh);
    this.status = '';
    this.clear();
  }

  /** Keeps a line on a terminal to its width, `taken` of which is used already; the journal has the whole text. */
  private fit(text: string, taken: number): string {
    const width = (process.stderr.columns ?? 80) - taken;
    return this.live && text.length > width ? `${text.slice(0, width - 1)}…` : text;
  }

  private elapsed(): string {
    const seconds = Math.floor((Date.now() - this.started) / 1000);
    return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
  }

  private clear(): void {
    if (this.live) process.stderr.write('\r\x1b[2K');
  }

  private draw(): void {
    if (!this.live || !this.status) return;
    process.stderr.write(`\r\x1b[2K${colors.inverse(`${this.elapsed()}  ${this.fit(this.status, 8)}`)}`);
  }
}
