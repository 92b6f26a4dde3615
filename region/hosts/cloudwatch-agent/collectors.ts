import type { AgentHost, Collector } from './collector';

/** Every part of the agent that is played. */
export function collectors(_host: AgentHost): Collector[] {
  return [];
}
