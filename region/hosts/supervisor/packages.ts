import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { UNIT as CLOUDWATCH_AGENT } from '../cloudwatch-agent/agent';
import type { CommandAnswer, SupervisorConfig } from './protocol';

/** The unit whose state is the CodeDeploy agent's. */
export const CODEDEPLOY_AGENT = 'codedeploy-agent.service';

/** A package that the region plays: its unit, and the commands it brings. */
interface Package {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  readonly commands: readonly string[];
  /** What it is installed by. */
  readonly specification: RegExp;
}

const PLAYED: readonly Package[] = [
  {
    name: 'codedeploy-agent',
    unit: CODEDEPLOY_AGENT,
    description: 'AWS CodeDeploy Host Agent',
    commands: [],
    // Amazon Linux does not carry it: it comes from a bucket of CodeDeploy's.
    specification: /^https:\/\/.*\/codedeploy-agent[^/]*\.rpm$/,
  },
  {
    name: 'amazon-cloudwatch-agent',
    unit: CLOUDWATCH_AGENT,
    description: 'Amazon CloudWatch Agent',
    commands: [
      '/usr/bin/amazon-cloudwatch-agent-ctl',
      '/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl',
    ],
    specification: /^amazon-cloudwatch-agent$|^https:\/\/.*\/amazon-cloudwatch-agent\.rpm$/,
  },
];

/** Packages of Amazon Linux whose command has another name than they have; elsewhere the two are the same. */
const COMMANDS: readonly (readonly [RegExp, string])[] = [
  [/^nodejs\d*$/, 'node'],
  [/^nodejs\d*-npm$/, 'npm'],
  [/^java-.+-amazon-corretto/, 'java'],
  [/^golang$/, 'go'],
  [/^dotnet-/, 'dotnet'],
  [/^ruby[\d.]+$/, 'ruby'],
  [/^php[\d.]+$/, 'php'],
];

/** The packages of one host. */
export class Packages {
  constructor(private readonly config: Pick<SupervisorConfig, 'folder' | 'root' | 'environment'>) {}

  /** Puts a command that the supervisor answers at that path of the host. */
  standIn(command: string): void {
    const file = path.join(this.config.root, command);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.rmSync(file, { force: true });
    fs.symlinkSync(path.join(this.config.folder, 'bin/command'), file);
  }

  /**
   * Installs what the region plays. Any other package counts as installed when this machine has its command.
   * @returns a line that says what was done
   * @throws Error when there is no such package here
   */
  install(specification: string): string {
    const known = PLAYED.find((one) => one.specification.test(specification));
    if (known) {
      this.play(known);
      return `${known.name} is installed: played`;
    }
    const command = COMMANDS.find(([pattern]) => pattern.test(specification))?.[1] ?? specification;
    const found = /^[\w.+-]+$/.test(command) && this.which(command);
    if (found) return `${specification} is installed: this machine's own ${found}`;
    throw new Error(
      `Unable to find a match: ${specification}. A rehearsal plays ${PLAYED.map(({ name }) => name).join(', ')} and what this machine has a command of; it has no ${command}`,
    );
  }

  /** Puts a played package onto a host whose image comes with it. */
  bake(name: string): void {
    this.play(PLAYED.find((one) => one.name === name)!);
  }

  private play({ unit, description, commands }: Package): void {
    const file = path.join(this.config.root, '/usr/lib/systemd/system', unit);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, unitFile(description));
    for (const command of commands) this.standIn(command);
  }

  private which(command: string): string | undefined {
    try {
      const { environment: env } = this.config;
      return execFileSync('/bin/sh', ['-c', 'command -v -- "$1"', 'sh', command], {
        env,
        encoding: 'utf8',
      }).trim();
    } catch {
      return undefined;
    }
  }
}

/** The process only stands for the agent, whose work the supervisor does while the unit is active. */
function unitFile(description: string): string {
  return `[Unit]
Description=${description}
[Service]
ExecStart=/usr/bin/tail -f /dev/null
Restart=always
[Install]
WantedBy=multi-user.target
`;
}

/**
 * Carries out one call of `dnf` or `yum`.
 * @see dnf(8)
 */
export function dnf(packages: Packages, args: readonly string[]): CommandAnswer {
  const [verb, ...wanted] = args.filter((arg) => !arg.startsWith('-'));
  if (['update', 'upgrade', 'makecache', 'clean'].includes(verb)) return answer('Nothing to do.');
  if (verb !== 'install') return refusal(`${verb} is not played; played are install, update, upgrade`);
  try {
    return answer(wanted.map((one) => packages.install(one)).join('\n'));
  } catch (error) {
    return refusal((error as Error).message);
  }
}

function answer(stdout: string): CommandAnswer {
  return { exitStatus: 0, stdout: `${stdout}\n`, stderr: '' };
}

function refusal(message: string): CommandAnswer {
  return { exitStatus: 1, stdout: '', stderr: `Error: ${message}\n` };
}
