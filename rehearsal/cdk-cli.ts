import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';

/** The real CDK CLI of this project, run as a user runs it, against the region. */
export class CdkCli {
  /**
   * @param project folder with `cdk.json`
   * @param folder where the cloud assembly and the logs go
   * @param environment variables that point AWS clients at the region
   */
  constructor(
    private readonly project: string,
    private readonly folder: string,
    private readonly environment: Readonly<Record<string, string>>,
    private readonly signal: AbortSignal,
  ) {
    fs.mkdirSync(this.#temporary, { recursive: true });
  }

  /** The CLI leaves zip files behind. */
  get #temporary(): string {
    return path.join(this.folder, 'tmp');
  }

  /**
   * Runs one command to its end and returns its standard output.
   * @throws with the end of what it printed when it does not exit with 0; the whole log stands in the folder
   */
  async run(command: string, ...args: string[]): Promise<string> {
    const log = path.join(this.folder, `cdk-${command}.log`);
    const output = fs.openSync(log, 'w');
    const cli = require.resolve('aws-cdk/bin/cdk');
    const child = spawn(
      process.execPath,
      [cli, command, ...args, '--output', path.join(this.folder, 'cdk.out'), '--no-color', '--ci'],
      {
        cwd: this.project,
        env: {
          PATH: process.env['PATH'],
          HOME: this.folder,
          TMPDIR: this.#temporary,
          ...this.environment,
        },
        stdio: ['ignore', 'pipe', output],
        signal: this.signal,
      },
    );
    let printed = '';
    child.stdout!.on('data', (chunk: Buffer) => {
      printed += chunk;
      fs.writeSync(output, chunk);
    });
    const [code] = await once(child, 'close');
    fs.closeSync(output);
    if (code !== 0) {
      const tail = fs.readFileSync(log, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
      throw new Error(
        `cdk ${command} ended with exit code ${code}. The last lines of ${path.relative(this.project, log)}:\n${tail}`,
      );
    }
    return printed;
  }
}
