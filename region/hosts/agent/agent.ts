import fs from 'node:fs';
import path from 'node:path';
import type { Clock } from '../../clock/clock';
import { unzip } from '../../zip/zip';
import type { LifecycleCommand } from '../host';
import { type AppSpec, parseAppSpec } from './appspec';
import { DeploymentRoot } from './deployment-root';
import { runHookScripts } from './hook-scripts';
import { install } from './installer';
import { type ErrorName, ScriptError } from './script-error';
import { ScriptLog } from './script-log';

/** What the agent finds on its instance. */
export interface Instance {
  /** `/opt/codedeploy-agent/deployment-root`, as it lies on this machine. */
  readonly deploymentRoot: string;
  /** Prefix of absolute destinations; empty where the host has a file system view of its own. */
  readonly root: string;
  /** What hook scripts find in their environment beside the agent's own variables. */
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: Pick<Clock, 'wall' | 'deadline'>;
  /** Told what is recorded and not played. */
  readonly note: (message: string) => void;
}

export interface AgentOutcome {
  readonly status: 'Succeeded' | 'Failed';
  /** Set when there was no script to run. */
  readonly noop?: boolean;
  readonly diagnostics?: { errorCode: ErrorName; scriptName: string; message: string; logTail: string };
}

/** Whose scripts an event runs. Blue/green rollbacks differ: see {@link Agent.revisionOf}. */
const HOOKS: Readonly<Record<string, 'last successful' | 'current'>> = {
  BeforeBlockTraffic: 'last successful',
  AfterBlockTraffic: 'last successful',
  ApplicationStop: 'last successful',
  BeforeInstall: 'current',
  AfterInstall: 'current',
  ApplicationStart: 'current',
  ValidateService: 'current',
  BeforeAllowTraffic: 'current',
  AfterAllowTraffic: 'current',
};

/** The CodeDeploy agent on one instance, by the behaviour of agent 1.8.1. */
export class Agent {
  private readonly root: DeploymentRoot;

  constructor(private readonly instance: Instance) {
    this.root = new DeploymentRoot(instance.deploymentRoot);
  }

  /** Carries out one lifecycle event; what fails is in the outcome, never thrown. */
  async run(command: LifecycleCommand): Promise<AgentOutcome> {
    try {
      fs.mkdirSync(this.folder(command), { recursive: true });
      if (command.event === 'DownloadBundle') await this.downloadBundle(command);
      else if (command.event === 'Install') this.install(command);
      else return { status: 'Succeeded', noop: !(await this.runHook(command)) };
      return { status: 'Succeeded' };
    } catch (error) {
      const { message } = error as Error;
      const diagnostics =
        error instanceof ScriptError
          ? { errorCode: error.errorName, scriptName: error.script, message, logTail: error.logTail }
          : { errorCode: 'UnknownError' as const, scriptName: '', message, logTail: '' };
      return { status: 'Failed', diagnostics };
    }
  }

  private folder({ deploymentGroupId, deploymentId }: LifecycleCommand): string {
    return this.root.deployment(deploymentGroupId, deploymentId);
  }

  /** Unpacks the bundle that the region has put where an instance's agent downloads it to. */
  private async downloadBundle(command: LifecycleCommand): Promise<void> {
    const { deploymentGroupId, deploymentId } = command;
    this.root.removeOldRevisions(deploymentGroupId);
    const archive = archiveOf(this.folder(command));
    fs.rmSync(archive, { recursive: true, force: true });
    await unzip(this.root.bundle(deploymentGroupId, deploymentId), archive).catch((error: Error) => {
      throw new Error(`the bundle is not a zip archive that can be unpacked: ${error.message}`);
    });
    this.root.record('most_recent_install', deploymentGroupId, deploymentId);
  }

  private install(command: LifecycleCommand): void {
    const { deploymentGroupId, deploymentId, allPossibleLifecycleEvents: possible } = command;
    const spec = readAppSpec(this.folder(command));
    const unknown = Object.keys(spec.hooks).filter((event) => possible && !possible.includes(event));
    if (unknown.length > 0) {
      throw new Error(
        `appspec.yml: hooks names ${unknown.join(', ')}; allowed lifecycle events are ${possible!.join(', ')}`,
      );
    }
    install({
      spec,
      fileExistsBehavior: command.fileExistsBehavior,
      archive: archiveOf(this.folder(command)),
      instructions: this.root.instructions,
      deploymentGroupId,
      root: this.instance.root,
      note: this.instance.note,
    });
    // Written here and not at the end of the deployment: a revision that fails later supplies the next ApplicationStop.
    this.root.record('last_successful_install', deploymentGroupId, deploymentId);
  }

  /** @returns whether there were scripts to run */
  private async runHook(command: LifecycleCommand): Promise<boolean> {
    const { event } = command;
    if (!HOOKS[event]) throw new Error(`the agent does not carry out ${event}`);
    const folder = this.revisionOf(command);
    if (!folder) return false;
    const scripts = readAppSpec(folder).hooks[event] ?? [];
    if (scripts.length === 0) return false;
    const { deploymentRoot, environment, clock, note } = this.instance;
    await runHookScripts({
      event,
      scripts,
      archive: archiveOf(folder),
      log: new ScriptLog(
        { deployment: path.join(folder, 'logs/scripts.log'), instance: this.root.log },
        command.deploymentId,
        () => clock.wall(),
      ),
      environment: { ...environment, ...agentEnvironment(command) },
      cwd: path.dirname(deploymentRoot),
      clock,
      note,
    });
    return true;
  }

  /** Folder of the deployment whose scripts the event runs; none on a first deployment's way out. */
  private revisionOf(command: LifecycleCommand): string | undefined {
    const { event, deploymentGroupId, rollback } = command;
    const current = this.folder(command);
    if (fs.existsSync(archiveOf(current))) return current;
    if (rollback === 'blue-green') {
      if (event === 'BeforeBlockTraffic' || event === 'AfterBlockTraffic') {
        return this.root.recorded('most_recent_install', deploymentGroupId);
      }
      if (event === 'BeforeAllowTraffic' || event === 'AfterAllowTraffic') {
        return this.root.recorded('last_successful_install', deploymentGroupId);
      }
    }
    return HOOKS[event] === 'current'
      ? current
      : this.root.recorded('last_successful_install', deploymentGroupId);
  }
}

function archiveOf(deployment: string): string {
  return path.join(deployment, 'deployment-archive');
}

function readAppSpec(deployment: string): AppSpec {
  const file = path.join(archiveOf(deployment), 'appspec.yml');
  if (!fs.existsSync(file))
    throw new Error('appspec.yml is missing; it must stand at the root of the revision');
  return parseAppSpec(fs.readFileSync(file, 'utf8'));
}

function agentEnvironment(command: LifecycleCommand): Record<string, string> {
  const { bundle } = command;
  // Agent 2.x falls back to the ETag it saved at download; 1.8.1 leaves BUNDLE_ETAG out.
  const optional = {
    BUNDLE_BUCKET: bundle.bucket,
    BUNDLE_KEY: bundle.key,
    BUNDLE_VERSION: bundle.version,
    BUNDLE_ETAG: bundle.etag,
  };
  return {
    LIFECYCLE_EVENT: command.event,
    APPLICATION_NAME: command.applicationName,
    DEPLOYMENT_ID: command.deploymentId,
    DEPLOYMENT_GROUP_NAME: command.deploymentGroupName,
    DEPLOYMENT_GROUP_ID: command.deploymentGroupId,
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  } as Record<string, string>;
}
