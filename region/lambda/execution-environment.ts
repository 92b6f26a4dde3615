import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Scope } from '../service';
import { FunctionLog } from './function-log';

/** What an environment runs, and how. */
export interface EnvironmentOptions {
  readonly functionName: string;
  readonly version: string;
  readonly arn: string;
  readonly handler: string;
  readonly memorySize: number;
  /** Seconds of wall time: a handler is executed work. */
  readonly timeout: number;
  /** The unpacked code. */
  readonly taskRoot: string;
  /** Where each environment gets a folder of its own for temporary files, removed when it ends. */
  readonly temporary: string;
  readonly logGroup: string;
  /** All environment variables of the process. */
  readonly variables: Readonly<Record<string, string>>;
}

export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

export interface Outcome {
  readonly requestId: string;
  /** JSON: the handler's result, or the error. */
  readonly payload: string;
  readonly error?: FunctionError;
  /** Wall milliseconds of the handler. */
  readonly duration: number;
  /** Wall milliseconds that starting took, when this was a cold start. */
  readonly initDuration?: number;
  /** The last 4 KB of the log, base64. */
  readonly logTail: string;
}

type Message =
  | { type: 'ready' }
  | { type: 'output'; text: string }
  | { type: 'crash'; error: FunctionError }
  | { type: 'result'; requestId: string; payload?: string; error?: FunctionError; memory: number };

/** Lambda gives initialization 10 s of its own hardware; this machine may be busier. */
const INIT_LIMIT = 60_000;
const RUNTIME = path.join(__dirname, 'runtime.js');

/**
 * A process that runs one function's code, one invocation at a time, and is kept for the next.
 * It ends with the region's process, even by `kill -9`: it watches its standard input, which then closes.
 */
export class ExecutionEnvironment {
  private readonly child: ChildProcess;
  private readonly log: FunctionLog;
  private readonly exited: Promise<void>;
  private receive: (message: Message) => void = () => {};
  private crashed?: FunctionError;
  private initDuration?: number;
  /** False once the process has ended or must not be used again. */
  usable = true;

  constructor(
    private readonly scope: Scope,
    private readonly options: EnvironmentOptions,
  ) {
    this.log = new FunctionLog(scope, options.logGroup, options.version);
    const home = fs.mkdtempSync(path.join(options.temporary, 'environment-'));
    this.child = spawn(process.execPath, [RUNTIME], {
      cwd: options.taskRoot,
      env: { TMPDIR: home, HOME: home, ...options.variables, AWS_LAMBDA_LOG_STREAM_NAME: this.log.stream },
      stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
      // A process group of its own, so that what a handler starts ends with it.
      detached: true,
    });
    // Output of the handler's own child processes; the handler's comes as messages, in order with its result.
    this.child.stdout!.on('data', (chunk) => this.log.write(String(chunk)));
    this.child.stderr!.on('data', (chunk) => this.log.write(String(chunk)));
    this.child.stdin!.on('error', () => {});
    this.child.on('message', (message: Message) => this.receive(message));
    this.exited = new Promise((resolve) => {
      const ended = (status: string) => {
        this.usable = false;
        fs.rmSync(home, { recursive: true, force: true });
        this.receive({
          type: 'crash',
          error: {
            errorType: 'Runtime.ExitError',
            errorMessage: `Error: Runtime exited with error: ${status}`,
          },
        });
        resolve();
      };
      this.child.on('exit', (code, signal) => ended(signal ? `signal: ${signal}` : `exit status ${code}`));
      this.child.on('error', (error) => ended(error.message));
    });
  }

  /** Loads the handler. A failure is told by the invocation that follows. */
  async start(): Promise<void> {
    const begin = performance.now();
    const message = await this.ask(
      { type: 'init', taskRoot: this.options.taskRoot, handler: this.options.handler },
      INIT_LIMIT,
    );
    this.initDuration = performance.now() - begin;
    if (!message) this.crashed = { errorType: 'Sandbox.Timedout', errorMessage: 'Error: Init timed out' };
    else if (message.type === 'crash') this.crashed = message.error;
  }

  async invoke(requestId: string, payload: string, invokedArn: string): Promise<Outcome> {
    const { functionName, version, memorySize, timeout } = this.options;
    this.log.tail();
    this.log.write(`START RequestId: ${requestId} Version: ${version}\n`);
    const begin = performance.now();
    const message = this.crashed
      ? ({ type: 'crash', error: this.crashed } as const)
      : await this.ask(
          {
            type: 'invoke',
            requestId,
            payload,
            remaining: timeout * 1000,
            context: {
              functionName,
              functionVersion: version,
              invokedFunctionArn: invokedArn,
              memoryLimitInMB: String(memorySize),
              logGroupName: this.log.group,
              logStreamName: this.log.stream,
            },
          },
          timeout * 1000,
        );
    const duration = performance.now() - begin;
    const error = this.errorOf(message, requestId);
    this.log.flush();
    if (message?.type !== 'result') {
      if (error) this.log.write(`${requestId} ${error.errorType} ${error.errorMessage}\n`);
      this.end();
    }
    const init = this.initDuration;
    this.initDuration = undefined;
    this.log.write(`END RequestId: ${requestId}\n`);
    this.log.write(
      `REPORT RequestId: ${requestId}\tDuration: ${duration.toFixed(2)} ms\tBilled Duration: ${Math.ceil(duration)} ms\t` +
        `Memory Size: ${memorySize} MB\tMax Memory Used: ${message?.type === 'result' ? Math.ceil(message.memory / 2 ** 20) : memorySize} MB` +
        (init === undefined ? '\n' : `\tInit Duration: ${init.toFixed(2)} ms\n`),
    );
    return {
      requestId,
      payload: error ? JSON.stringify(error) : ((message as { payload?: string }).payload ?? 'null'),
      error,
      duration,
      initDuration: init,
      logTail: this.log.tail(),
    };
  }

  /** Ends the process and all it has started. */
  end(): void {
    this.usable = false;
    if (this.child.exitCode !== null || this.child.signalCode !== null || !this.child.pid) return;
    try {
      process.kill(-this.child.pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  /** Ends it with its region: what it still says is not written down. */
  async stop(): Promise<void> {
    this.child.removeAllListeners('message');
    for (const output of [this.child.stdout!, this.child.stderr!]) output.removeAllListeners('data');
    this.end();
    await this.exited;
  }

  private errorOf(message: Message | undefined, requestId: string): FunctionError | undefined {
    if (!message) {
      const seconds = this.options.timeout.toFixed(2);
      return {
        errorType: 'Sandbox.Timedout',
        errorMessage: `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`,
      };
    }
    if (message.type === 'result') return message.error;
    if (message.type !== 'crash') return undefined;
    const { error } = message;
    const prefix = error.errorType === 'Runtime.ExitError' ? `RequestId: ${requestId} ` : '';
    return { ...error, errorMessage: prefix + error.errorMessage };
  }

  /** Sends a message and waits for its answer; undefined when none comes within `limit` ms of wall time. */
  private ask(message: Record<string, unknown>, limit: number): Promise<Message | undefined> {
    const { clock } = this.scope;
    return new Promise((resolve) => {
      const timer = clock.deadline(limit, () => finish(undefined));
      const finish = (answer: Message | undefined) => {
        timer.cancel();
        this.receive = (late) => this.note(late);
        resolve(answer);
      };
      this.receive = (answer) => {
        if (answer.type === 'output') this.log.write(answer.text);
        else finish(answer);
      };
      if (!this.usable) return;
      const time = { now: clock.now(), wall: clock.wall(), scale: clock.scale };
      this.child.send({ ...message, clock: time }, () => {});
    });
  }

  /** What comes while nothing is asked: output after the answer, or the end of the process. */
  private note(message: Message): void {
    if (message.type === 'output') this.log.write(message.text);
    if (message.type === 'crash') this.usable = false;
  }
}
