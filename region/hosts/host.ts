/**
 * One EC2 instance of the rehearsal: processes with a file system view and an address of their own, on which the
 * CodeDeploy agent's rules are executed. Everything of it ends with the region's process, even by `kill -9`.
 */
export interface Host {
  readonly instanceId: string;
  /**
   * `namespace`: Linux mount, PID, network and UTS namespaces; absolute paths are the host's own.
   * `process`: plain processes with a root folder, which hook scripts find in `DESTDIR`, and a loopback address.
   */
  readonly mode: 'namespace' | 'process';
  /** IPv4 address at which the host's services answer. */
  readonly address: string;
  /**
   * Runs one lifecycle event of a deployment, as the CodeDeploy agent does; never rejects for a script's failure. Fails
   * where the agent does not answer within five minutes of AWS time. Waits for user data that is still running.
   */
  run(command: LifecycleCommand): Promise<LifecycleOutcome>;
  /** Milliseconds of CPU time that the host's processes have used so far; undefined on a machine that does not tell. */
  cpuTime(): Promise<number | undefined>;
  /** Ends every process of the host and removes its files. */
  terminate(): Promise<void>;
  /** Resolves when the host's last process has ended, for whatever reason. */
  readonly ended: Promise<void>;
}

export interface Hosts {
  /** What this machine allows; decided once, at start. */
  readonly mode: Host['mode'];
  /** Rejects with what the host's first program wrote when it cannot be started. */
  launch(options: LaunchOptions): Promise<Host>;
  /** Ends all hosts; their folders stay, for the logs in them. */
  stop(): Promise<void>;
}

export interface LaunchOptions {
  readonly instanceId: string;
  /** A script that is run once the host is there. @default none: the host comes with a CodeDeploy agent that runs */
  readonly userData?: string;
  /** How what runs on the host calls AWS, in the SDK's shapes. @default refused */
  readonly call?: (service: string, operation: string, input: object) => Promise<unknown>;
}

/** The events that the agent on the instance carries out; Start, BlockTraffic, AllowTraffic and End are the service's. */
export type AgentEvent =
  | 'BeforeBlockTraffic'
  | 'AfterBlockTraffic'
  | 'ApplicationStop'
  | 'DownloadBundle'
  | 'BeforeInstall'
  | 'Install'
  | 'AfterInstall'
  | 'ApplicationStart'
  | 'ValidateService'
  | 'BeforeAllowTraffic'
  | 'AfterAllowTraffic';

export interface LifecycleCommand {
  readonly event: AgentEvent;
  readonly applicationName: string;
  readonly deploymentId: string;
  readonly deploymentGroupId: string;
  readonly deploymentGroupName: string;
  /** The revision being deployed: a zip archive that the host can read, and where it came from. */
  readonly bundle: { file: string; bucket?: string; key?: string; version?: string; etag?: string };
  readonly fileExistsBehavior: 'DISALLOW' | 'OVERWRITE' | 'RETAIN';
  /** Event names that an AppSpec file may have hooks for; any other fails Install. @default not checked */
  readonly allPossibleLifecycleEvents?: readonly string[];
  /** Which revision supplies the scripts where the rule depends on it; see section 1 of the agent's rules. */
  readonly rollback?: 'blue-green';
}

export interface LifecycleOutcome {
  readonly status: 'Succeeded' | 'Failed' | 'Skipped';
  /** Present when failed; in the shape that CodeDeploy's API reports. */
  readonly diagnostics?: {
    readonly errorCode:
      | 'ScriptMissing'
      | 'ScriptNotExecutable'
      | 'ScriptTimedOut'
      | 'ScriptFailed'
      | 'UnknownError';
    readonly scriptName: string;
    readonly message: string;
    /** About the last 2,048 characters of the log. */
    readonly logTail: string;
  };
}
