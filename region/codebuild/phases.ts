import type { BuildPhaseType, PhaseContext, StatusType } from '@aws-sdk/client-codebuild';
import type { Buildspec, PhaseSpec } from './buildspec';

/** The phases that a buildspec has commands for, in order. */
export const COMMAND_PHASES = ['INSTALL', 'PRE_BUILD', 'BUILD', 'POST_BUILD'] as const;
export type CommandPhase = (typeof COMMAND_PHASES)[number];

const KEYS = {
  INSTALL: 'install',
  PRE_BUILD: 'pre_build',
  BUILD: 'build',
  POST_BUILD: 'post_build',
} as const;

export interface CommandResult {
  /** Exit status. */
  readonly status: number;
  readonly output: string;
}

export type RunCommand = (command: string) => Promise<CommandResult>;

export interface PhaseResult {
  readonly status: StatusType;
  readonly contexts: PhaseContext[];
}

/** Makes a phase visible (log, record, events) around the work it consists of. */
export type InPhase = (phase: BuildPhaseType, work: () => Promise<PhaseResult>) => Promise<PhaseResult>;

export interface CommandPhasesResult {
  /** Whether no phase failed without leave to continue. */
  readonly succeeded: boolean;
  /** Whether UPLOAD_ARTIFACTS comes next. */
  readonly upload: boolean;
}

/**
 * Runs the phases of a buildspec by CodeBuild's transitions: a failed INSTALL or PRE_BUILD ends the build, POST_BUILD
 * and UPLOAD_ARTIFACTS come after BUILD whether it failed or not, and `on-failure` changes that phase by phase.
 *
 * What the user guide leaves open and is decided here: a phase that fails with CONTINUE does not fail the build, an
 * explicit ABORT in BUILD skips POST_BUILD too, and RETRY runs the phase's commands again in the same shell.
 * @param runner gives the way to run commands, told whether the build is succeeding so far
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details.html#view-build-details-phases
 */
export async function runCommandPhases(
  buildspec: Buildspec,
  inPhase: InPhase,
  runner: (succeeding: boolean) => RunCommand,
): Promise<CommandPhasesResult> {
  let succeeded = true;
  for (const phase of COMMAND_PHASES) {
    const spec = buildspec.phases[KEYS[phase]];
    const { status } = await inPhase(phase, () => runWithRetries(spec, runner(succeeded)));
    if (status === 'SUCCEEDED') continue;
    // Stopped or timed out: nothing follows.
    if (status !== 'FAILED') return { succeeded: false, upload: false };
    const onFailure = spec?.['on-failure'];
    if (onFailure?.action === 'CONTINUE') continue;
    succeeded = false;
    if (phase === 'INSTALL' || phase === 'PRE_BUILD' || onFailure?.action === 'ABORT') {
      return { succeeded, upload: false };
    }
  }
  return { succeeded, upload: true };
}

async function runWithRetries(spec: PhaseSpec | undefined, run: RunCommand): Promise<PhaseResult> {
  if (!spec) return { status: 'SUCCEEDED', contexts: [] };
  const onFailure = spec['on-failure'];
  const retries = onFailure?.action === 'RETRY' ? onFailure.maxRetries : 0;
  const regex = onFailure?.action === 'RETRY' && onFailure.regex ? new RegExp(onFailure.regex) : /(?:)/;
  for (let attempt = 0; ; attempt++) {
    const { result, output } = await runPhase(spec, run);
    if (result.status === 'SUCCEEDED' || attempt >= retries || !regex.test(output)) return result;
  }
}

/** The first failing command ends `commands`; then `finally` runs by the same rule. Either's failure is the phase's. */
export async function runPhase(
  spec: Pick<PhaseSpec, 'commands' | 'finally'>,
  run: RunCommand,
): Promise<{ result: PhaseResult; output: string }> {
  const contexts: PhaseContext[] = [];
  let output = '';
  for (const commands of [spec.commands, spec.finally]) {
    for (const command of commands) {
      const outcome = await run(command);
      output += outcome.output;
      if (outcome.status === 0) continue;
      contexts.push({
        statusCode: 'COMMAND_EXECUTION_ERROR',
        message: `Error while executing command: ${command}. Reason: exit status ${outcome.status}`,
      });
      break;
    }
  }
  return { result: { status: contexts.length === 0 ? 'SUCCEEDED' : 'FAILED', contexts }, output };
}
