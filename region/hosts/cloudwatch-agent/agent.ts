import fs from 'node:fs';
import path from 'node:path';
import type { Clock } from '../../clock/clock';
import type { AgentHost, Collector, Emit } from './collector';
import { collectors } from './collectors';
import { notPlayed, parseConfig } from './config';

/** The unit whose state is the agent's. */
export const UNIT = 'amazon-cloudwatch-agent.service';
const CONFIG = '/opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json';

/**
 * The CloudWatch agent on one instance. Its unit's process only stands for it: while the unit is active, the supervisor
 * runs the collectors that the configuration names.
 * @see CloudWatch User Guide: Manually create or edit the CloudWatch agent configuration file
 */
export class CloudWatchAgent {
  private readonly collectors: readonly Collector[];
  private readonly file: string;
  private running = false;
  private change: Promise<void> = Promise.resolve();

  constructor(
    private readonly host: AgentHost,
    private readonly emit: Emit,
    clock: Pick<Clock, 'wall' | 'deadline'>,
  ) {
    this.collectors = collectors(host, clock);
    this.file = path.join(host.root, CONFIG);
  }

  get configured(): boolean {
    return fs.existsSync(this.file);
  }

  /** Takes a configuration for its next start. @throws Error when it is none */
  configure(text: string, source: string): void {
    const config = parseConfig(text, source);
    for (const collector of this.collectors) collector.check?.(config);
    const recorded = notPlayed(
      config,
      this.collectors.flatMap(({ plays }) => plays),
    );
    if (recorded.length > 0) this.host.note(`${source}: recorded, not played: ${recorded.join(', ')}`);
    fs.mkdirSync(path.dirname(this.file), { recursive: true });
    fs.writeFileSync(this.file, text);
  }

  /** Follows its unit's state, one change after the other. */
  follow(active: boolean): Promise<void> {
    this.change = this.change
      .then(() => (active ? this.start() : this.stop()))
      .catch((error) => this.host.failed(`the CloudWatch agent does not collect: ${error.message}`));
    return this.change;
  }

  private async start(): Promise<void> {
    if (this.running) return;
    this.running = true;
    const config = parseConfig(fs.readFileSync(this.file, 'utf8'), CONFIG);
    for (const collector of this.collectors) await collector.start(config, this.emit);
  }

  private async stop(): Promise<void> {
    if (!this.running) return;
    this.running = false;
    for (const collector of this.collectors) await collector.stop();
  }
}
