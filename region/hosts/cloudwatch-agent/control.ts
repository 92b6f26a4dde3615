import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { CommandAnswer } from '../supervisor/protocol';
import type { ServiceManager } from '../supervisor/service-manager';
import { type CloudWatchAgent, UNIT } from './agent';
import type { AgentHost, Emit } from './collector';

const ACTIONS = ['fetch-config', 'start', 'stop', 'status'];

/** What `amazon-cloudwatch-agent-ctl` works on. */
export interface Controlled {
  readonly agent: CloudWatchAgent;
  readonly manager: ServiceManager;
  readonly host: AgentHost;
  readonly emit: Emit;
}

/**
 * Carries out one call of `amazon-cloudwatch-agent-ctl`.
 * @see CloudWatch User Guide: Start the CloudWatch agent using the command line
 */
export async function control(controlled: Controlled, args: readonly string[]): Promise<CommandAnswer> {
  try {
    return { exitStatus: 0, stdout: `${await act(controlled, args)}\n`, stderr: '' };
  } catch (error) {
    return {
      exitStatus: 1,
      stdout: '',
      stderr: `amazon-cloudwatch-agent-ctl: ${(error as Error).message}\n`,
    };
  }
}

async function act(controlled: Controlled, args: readonly string[]): Promise<string> {
  const { agent, manager } = controlled;
  const { values } = parseArgs({
    args: [...args],
    options: {
      action: { type: 'string', short: 'a', default: '' },
      mode: { type: 'string', short: 'm', default: 'ec2' },
      config: { type: 'string', short: 'c', default: '' },
      restart: { type: 'boolean', short: 's', default: false },
    },
  });
  if (!['ec2', 'auto'].includes(values.mode)) throw new Error(`-m ${values.mode}; allowed are ec2 and auto`);
  switch (values.action) {
    case 'fetch-config': {
      agent.configure(await fetch(controlled, values.config), values.config);
      if (values.restart) await restart(controlled);
      return 'Configuration validation succeeded';
    }
    case 'start':
      await restart(controlled);
      return 'amazon-cloudwatch-agent has been started';
    case 'stop':
      await manager.load(UNIT)?.stop();
      return 'amazon-cloudwatch-agent has been stopped';
    case 'status': {
      const status = manager.load(UNIT)?.state === 'active' ? 'running' : 'stopped';
      const configstatus = agent.configured ? 'configured' : 'not configured';
      return JSON.stringify({ status, configstatus }, undefined, 2);
    }
  }
  throw new Error(`-a ${values.action} is not played; played are ${ACTIONS.join(', ')}`);
}

async function fetch({ host, emit }: Controlled, source: string): Promise<string> {
  const [, kind, name] = /^(file|ssm):(.+)$/s.exec(source) ?? [];
  if (kind === 'ssm') return (await emit('ssm', 'GetParameter', { Name: name })).Parameter.Value;
  if (kind === 'file' && path.isAbsolute(name)) return fs.readFileSync(path.join(host.root, name), 'utf8');
  throw new Error(`-c ${source}; played are ssm:<parameter's name> and file:<absolute path>`);
}

async function restart({ agent, manager }: Controlled): Promise<void> {
  if (!agent.configured) throw new Error('the agent has no configuration; give it one with -a fetch-config');
  const unit = manager.load(UNIT)!;
  await unit.stop();
  manager.enable(UNIT);
  await unit.start();
}
