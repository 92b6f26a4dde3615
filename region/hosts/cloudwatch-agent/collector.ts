/** A configuration of the CloudWatch agent, as its JSON says. */
export type AgentConfig = Readonly<Record<string, any>>;

/** The instance that an agent runs on. */
export interface AgentHost {
  readonly instanceId: string;
  /**
   * Prefix of the host's absolute paths on this machine; empty where the host has a file system view of its own.
   * Files of the host are read and written below it.
   */
  readonly root: string;
  /** Address that is the host's own on a machine without network namespaces; undefined where all addresses are. */
  readonly address?: string;
  /** AWS time, milliseconds since the epoch, of a wall time. */
  awsTime(wall: number): number;
  /** Tells the journal, in one line, what is not played. */
  note(message: string): void;
  /** Tells the journal, in one line, what the agent could not do. */
  failed(message: string): void;
}

/**
 * Calls an operation of an AWS service as the instance's role would, in the SDK's shapes:
 * `emit('logs', 'PutLogEvents', {...})`.
 * @throws Error with AWS's own code as its name
 */
export type Emit = (service: string, operation: string, input: object) => Promise<any>;

/** Plays a part of an agent's configuration. Its sockets and timers end in `stop`. */
export interface Collector {
  /**
   * Keys of the configuration that it plays, `logs.logs_collected.files.collect_list[].file_path`; a key stands for
   * all below it. What no collector plays is recorded, and the journal names it.
   */
  readonly plays: readonly string[];
  /**
   * Looks at a configuration before it is taken.
   * @throws Error that names the key, what was found and what is allowed
   * @default whatever is found is taken
   */
  check?(config: AgentConfig): void;
  /** Begins to collect what the configuration asks for, which may be nothing. */
  start(config: AgentConfig, emit: Emit): Promise<void>;
  /** Ends with what was collected handed over; may be started again. */
  stop(): Promise<void>;
}
