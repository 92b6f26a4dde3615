import type { Clock } from '../../clock/clock';
import type { AgentHost, Collector } from './collector';
import { LogFiles } from './log-files';
import { Traces } from './traces';

/** Every part of the agent that is played. */
export function collectors(host: AgentHost, clock: Pick<Clock, 'wall' | 'deadline'>): Collector[] {
  return [new LogFiles(host, clock), new Traces(host)];
}
