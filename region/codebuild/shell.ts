import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { CommandResult } from './phases';
import { ProcessGroup } from './process-group';

export interface ShellOptions {
  /** `bash` or `/bin/sh`. */
  readonly program: string;
  /** Arguments in front of the program, for what it is run in. @default none */
  readonly wrapper?: readonly string[];
  /** Where the first command runs. */
  readonly workingDirectory: string;
  readonly environment: Record<string, string>;
  /** Folder for the shell's own notes. */
  readonly folder: string;
  /** Called for every line of output as it comes, without its line break. */
  readonly onLine: (line: string) => void;
}

/**
 * One shell that runs all commands of a build, so that variables and the working directory last from command to
 * command. A command that ends the shell (`exit 1`) fails with that status, and the next command finds a new shell
 * with the same exported variables and working directory.
 */
export class Shell {
  private readonly marker = `end-of-command-${randomUUID()}`;
  private readonly state: string;
  private group?: ProcessGroup;
  private killed = false;
  private received = 0;
  private unfinished = '';
  private output = '';
  private completed: (status: number) => void = () => {};

  constructor(private readonly options: ShellOptions) {
    this.state = path.join(options.folder, 'exported-variables');
  }

  /** Runs a command in the shell; with `isolated`, in a subshell, whose changes are lost (buildspec 0.1). */
  async run(command: string, { isolated = false } = {}): Promise<CommandResult> {
    const quoted = quote(isolated ? `(${command}\n)` : command);
    return this.execute(`eval ${quoted} </dev/null`);
  }

  /** Sets and exports a variable. */
  async export(name: string, value: string): Promise<void> {
    await this.execute(`export ${name}=${quote(value)}`);
  }

  /** What a word expands to in the shell: variables and command substitutions. */
  async expand(word: string): Promise<string> {
    const file = path.join(this.options.folder, 'expanded');
    const escaped = word.replace(/["\\]/g, '\\$&');
    await this.execute(`printf '%s' "${escaped}" >${quote(file)}`);
    return fs.readFileSync(file, 'utf8');
  }

  /** Ends the shell and everything started in it. A command under way ends with status 137. */
  async end(): Promise<void> {
    this.killed = true;
    this.group?.kill();
    await this.group?.ended;
  }

  private execute(line: string): Promise<CommandResult> {
    if (this.killed) return Promise.resolve({ status: 137, output: '' });
    this.group ??= this.start();
    this.output = '';
    return new Promise((resolve) => {
      this.completed = (status) => resolve({ status, output: this.output });
      this.group!.child.stdin.write(
        `${line}\nset -- "$?"; export -p >${quote(this.state)}; printf '%s:%s\\n' ${this.marker} "$1"\n`,
      );
    });
  }

  private start(): ProcessGroup {
    const { program, wrapper = [], workingDirectory, environment } = this.options;
    const [command, ...args] = [
      ...wrapper,
      program,
      ...(program === 'bash' ? ['--noprofile', '--norc'] : []),
      '-s',
    ];
    const group = new ProcessGroup(command, args, { cwd: workingDirectory, env: environment });
    const state = quote(this.state);
    group.child.stdin.on('error', () => {});
    group.child.stdin.write(
      `exec 2>&1\n[ ! -f ${state} ] || { . ${state}; cd "$PWD"; }\ntrap 'export -p >${state.replaceAll("'", `'\\''`)}' EXIT\n`,
    );
    group.child.stdout.setEncoding('utf8').on('data', (chunk) => this.read(chunk));
    group.ended.then(
      (status) => this.left(status ?? 137),
      (error) => {
        this.options.onLine(String(error.message));
        this.left(127);
      },
    );
    return group;
  }

  /** The shell itself has ended: what it printed last is read before the command counts as ended. */
  private async left(status: number): Promise<void> {
    // What a dead process wrote stands in the pipe already, so a turn without data means that all is read. The pipe's
    // own end may never come: a process that left the group can hold it open.
    for (let seen = -1; seen !== this.received; ) {
      seen = this.received;
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
    this.group?.child.stdout.destroy();
    if (this.unfinished) this.line(this.unfinished);
    this.unfinished = '';
    this.group = undefined;
    this.completed(status);
  }

  private read(chunk: string): void {
    this.received += chunk.length;
    const lines = (this.unfinished + chunk).split('\n');
    this.unfinished = lines.pop()!;
    for (const line of lines) {
      const end = line.indexOf(`${this.marker}:`);
      if (end < 0) {
        this.line(line);
      } else {
        if (end > 0) this.line(line.slice(0, end));
        this.completed(Number(line.slice(end + this.marker.length + 1)));
      }
    }
  }

  private line(line: string): void {
    this.output += line + '\n';
    this.options.onLine(line);
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
