import type { CommandAnswer } from './protocol';
import { type ServiceManager, SystemctlError } from './service-manager';
import type { ServiceUnit } from './service-unit';

/** Options that change nothing here. */
const HARMLESS = ['--no-pager', '--system', '--full', '-l', '--no-ask-password'];
const OUTPUT_LINES = 10;

type Verb = (manager: ServiceManager, name: string) => Promise<string> | string;

const VERBS: Readonly<Record<string, Verb>> = {
  async start(manager, name) {
    const unit = await started(manager, name, 'start');
    return warning(manager, unit);
  },
  async stop(manager, name) {
    const unit = manager.load(name);
    if (!unit) throw new SystemctlError(`Failed to stop ${name}: Unit ${name} not loaded.`, 5);
    await unit.stop();
    return '';
  },
  async restart(manager, name) {
    await manager.load(name)?.stop();
    const unit = await started(manager, name, 'restart');
    return warning(manager, unit);
  },
  enable(manager, name) {
    return manager
      .enable(name)
      .map((link) => `Created symlink ${link}.\n`)
      .join('');
  },
  disable(manager, name) {
    manager.disable(name);
    return '';
  },
};

/**
 * Carries out one call of systemctl, with systemd's exit statuses.
 * @see systemctl(1)
 */
export async function systemctl(manager: ServiceManager, args: readonly string[]): Promise<CommandAnswer> {
  try {
    return await command(manager, args);
  } catch (error) {
    const exitStatus = error instanceof SystemctlError ? error.exitStatus : 1;
    return { exitStatus, stdout: '', stderr: `${(error as Error).message}\n` };
  }
}

async function command(manager: ServiceManager, args: readonly string[]): Promise<CommandAnswer> {
  const { verb, names, quiet, now, properties, valueOnly } = readArguments(args);
  const done = (stdout = '', exitStatus = 0): CommandAnswer => ({
    exitStatus,
    stdout: quiet ? '' : stdout,
    stderr: '',
  });
  if (verb === 'daemon-reload') {
    manager.reload();
    return done();
  }
  const played = [...Object.keys(VERBS), 'is-active', 'status', 'show', 'daemon-reload'];
  if (!played.includes(verb)) {
    throw new SystemctlError(`systemctl ${verb}: not played; played are ${played.join(', ')}`, 1);
  }
  if (names.length === 0) throw new SystemctlError('Too few arguments.', 1);
  switch (verb) {
    case 'is-active': {
      const states = names.map((name) => manager.load(name)?.state ?? 'inactive');
      return done(states.map((state) => `${state}\n`).join(''), states.includes('active') ? 0 : 3);
    }
    case 'status': {
      const missing = names.find((name) => !manager.load(name));
      if (missing) throw new SystemctlError(`Unit ${missing} could not be found.`, 4);
      const units = names.map((name) => manager.load(name)!);
      const active = units.every((unit) => unit.state === 'active');
      return done(units.map((unit) => describe(manager, unit)).join('\n'), active ? 0 : 3);
    }
    case 'show':
      return done(names.map((name) => show(manager, name, properties, valueOnly)).join('\n'));
  }
  let said = '';
  for (const name of names) {
    said += await VERBS[verb](manager, name);
    if (now && verb === 'enable') said += await VERBS.start(manager, name);
    if (now && verb === 'disable') await manager.load(name)?.stop();
  }
  return { exitStatus: 0, stdout: '', stderr: quiet ? '' : said };
}

function readArguments(args: readonly string[]) {
  const words: string[] = [];
  const properties: string[] = [];
  let [quiet, now, valueOnly] = [false, false, false];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (arg === '-q' || arg === '--quiet') quiet = true;
    else if (arg === '--now') now = true;
    else if (arg === '--value') valueOnly = true;
    else if (arg === '-p' || arg === '--property') properties.push(...(args[++i] ?? '').split(','));
    else if (/^(-p|--property=)./.test(arg))
      properties.push(...arg.replace(/^(-p|--property=)/, '').split(','));
    else if (arg.startsWith('-') && !HARMLESS.includes(arg)) {
      throw new SystemctlError(`systemctl: option ${arg} is not played`, 1);
    } else if (!arg.startsWith('-')) words.push(arg);
  }
  const [verb = 'status', ...units] = words;
  const names = units.map((name) => (/\.\w+$/.test(name) ? name : `${name}.service`));
  return { verb, names, quiet, now, properties, valueOnly };
}

async function started(manager: ServiceManager, name: string, verb: string): Promise<ServiceUnit> {
  const unit = manager.load(name);
  if (!unit) throw new SystemctlError(`Failed to ${verb} ${name}: Unit ${name} not found.`, 5);
  await unit.start();
  // A simple service counts as started although its program may not even exist; a oneshot and a limit do not.
  if (unit.state === 'failed' && (unit.file.type !== 'simple' || unit.result === 'start-limit-hit')) {
    throw new SystemctlError(`Job for ${name} failed because of ${unit.result}.`, 1);
  }
  return unit;
}

function warning(manager: ServiceManager, { name }: ServiceUnit): string {
  return manager.isStale(name)
    ? `Warning: The unit file of ${name} changed on disk. Run 'systemctl daemon-reload' to reload units.\n`
    : '';
}

function describe(manager: ServiceManager, unit: ServiceUnit): string {
  const enabled = manager.isEnabled(unit.name) ? 'enabled' : 'disabled';
  const pid = unit.mainPid ? `   Main PID: ${unit.mainPid}\n` : '';
  const output = manager.output(unit.name, OUTPUT_LINES).join('\n');
  return (
    `● ${unit.name} - ${unit.file.description}\n` +
    `     Loaded: loaded (${manager.find(unit.name)}; ${enabled})\n` +
    `     Active: ${unit.state} (Result: ${unit.result})\n${pid}\n${output}\n`
  );
}

function show(manager: ServiceManager, name: string, wanted: string[], valueOnly: boolean): string {
  const unit = manager.load(name);
  const properties: Record<string, string> = {
    Id: name,
    Description: unit?.file.description ?? name,
    LoadState: unit ? 'loaded' : 'not-found',
    ActiveState: unit?.state ?? 'inactive',
    MainPID: String(unit?.mainPid ?? 0),
    ExecMainStatus: String(unit?.status ?? 0),
    Result: unit?.result ?? 'success',
    NRestarts: String(unit?.restarts ?? 0),
    UnitFileState: unit ? (manager.isEnabled(name) ? 'enabled' : 'disabled') : '',
    FragmentPath: manager.find(name) ?? '',
  };
  return (wanted.length > 0 ? wanted : Object.keys(properties))
    .filter((key) => key in properties)
    .map((key) => `${valueOnly ? '' : `${key}=`}${properties[key]}\n`)
    .join('');
}
