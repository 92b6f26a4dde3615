import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Clock } from '../../clock/clock';
import type { Script } from './appspec';
import { type ErrorName, ScriptError } from './script-error';
import type { ScriptLog } from './script-log';

/** Seconds that all scripts of one lifecycle event may take together. */
const EVENT_LIMIT = 3600;

export interface HookOptions {
  readonly event: string;
  readonly scripts: readonly Script[];
  /** The unpacked revision that the scripts come from. */
  readonly archive: string;
  readonly log: ScriptLog;
  readonly environment: Readonly<Record<string, string>>;
  /** Working directory of the agent: scripts cannot rely on their own. */
  readonly cwd: string;
  readonly clock: Pick<Clock, 'wall' | 'deadline'>;
  readonly note: (message: string) => void;
}

/**
 * Runs the scripts of one lifecycle event in the order of the AppSpec file.
 * @throws ScriptError for the first one that fails; the rest is not run
 */
export async function runHookScripts(options: HookOptions): Promise<void> {
  const { event, scripts, archive, log, clock } = options;
  log.append(`LifecycleEvent - ${event}`);
  const end = clock.wall() + EVENT_LIMIT * 1000;
  for (const script of scripts) {
    const file = path.join(archive, script.location);
    const fail = (name: ErrorName, what: string) => {
      throw new ScriptError(
        name,
        script.location,
        `Script at specified location: ${script.location} ${what}`,
        log.tail,
      );
    };
    if (!fs.existsSync(file)) fail('ScriptMissing', 'does not exist in the revision');
    try {
      fs.accessSync(file, fs.constants.X_OK);
    } catch {
      makeExecutable(file, () => fail('ScriptNotExecutable', 'cannot be made executable'));
    }
    log.append(`Script - ${script.location}`);
    const seconds = Math.min(script.timeout, Math.ceil((end - clock.wall()) / 1000));
    const result = await runScript(script, file, seconds, options);
    const who = script.runas ? ` run as user ${script.runas}` : '';
    if (result === 'timed out') fail('ScriptTimedOut', `failed to complete in ${seconds} seconds`);
    else if (result === 'outputs left open') {
      fail('OutputsLeftOpen', `ended, but a process it started kept its output open for ${seconds} seconds`);
    } else if (result !== 0) fail('ScriptFailed', `${who.trim()} failed with exit code ${result}`.trim());
  }
}

function makeExecutable(file: string, orElse: () => void): void {
  try {
    fs.chmodSync(file, fs.statSync(file).mode | 0o111);
  } catch {
    orElse();
  }
}

type Result = number | '' | 'timed out' | 'outputs left open';

/** Resolves with the exit code (empty when a signal ended it) once both outputs are closed too. */
function runScript(script: Script, file: string, seconds: number, options: HookOptions): Promise<Result> {
  const { environment, cwd, log, clock } = options;
  const [command, ...args] = commandOf(script, file, options.note);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: environment,
      cwd,
      // A process group of its own, to be signalled as a whole.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let ended = false;
    const limit = clock.deadline(seconds * 1000, () => {
      if (!ended) signalGroup(child, 'SIGTERM');
      child.stdout.destroy();
      child.stderr.destroy();
      child.unref();
      resolve(ended ? 'outputs left open' : 'timed out');
    });
    createInterface(child.stdout).on('line', (line) => log.append(`[stdout]${line}`));
    createInterface(child.stderr).on('line', (line) => log.append(`[stderr]${line}`));
    child.on('error', (error) => {
      limit.cancel();
      // The file is there, so what is missing is the interpreter: often a first line that ends in a carriage return.
      const [line] = fs.readFileSync(file, 'latin1').split('\n', 1);
      reject(
        new Error(
          `${script.location} cannot be executed: ${error.message}; its first line is ${JSON.stringify(line)}`,
        ),
      );
    });
    child.on('exit', () => {
      ended = true;
    });
    child.on('close', (code) => {
      limit.cancel();
      resolve(code ?? '');
    });
  });
}

function commandOf(script: Script, file: string, note: (message: string) => void): string[] {
  if (!script.runas) return [file];
  if (process.getuid?.() === 0) return ['su', script.runas, '-c', file];
  note(`${script.location}: runas ${script.runas} is recorded, not played: the region does not run as root`);
  return [file];
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    process.kill(-child.pid!, signal);
  } catch (error: any) {
    if (error.code !== 'ESRCH') throw error;
  }
}
