/**
 * The part of a systemd service unit that is modelled.
 * @see systemd.service(5), systemd.exec(5), systemd.kill(5)
 */
export interface UnitFile {
  readonly description: string;
  readonly type: 'simple' | 'exec' | 'oneshot';
  readonly execStart: readonly string[];
  readonly execStop: readonly string[];
  readonly workingDirectory?: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly environmentFiles: readonly string[];
  readonly restart: 'no' | 'always' | 'on-failure';
  /** Milliseconds. */
  readonly restartDelay: number;
  readonly killSignal: NodeJS.Signals;
  /** Milliseconds; Infinity waits for ever. */
  readonly stopTimeout: number;
  /** Absolute path of a file that takes what is written to it. */
  readonly standardOutput: OutputTarget;
  readonly standardError: OutputTarget;
  readonly wantedBy: readonly string[];
  /** Settings that are kept and not played, `Service.User`. */
  readonly recorded: readonly string[];
}

/** Where a stream of a unit's processes goes. */
export type OutputTarget = 'journal' | 'null' | { readonly append: string };

const PLAYED = new Set([
  'Unit.Description',
  'Unit.Documentation',
  'Service.Type',
  'Service.ExecStart',
  'Service.ExecStop',
  'Service.WorkingDirectory',
  'Service.Environment',
  'Service.EnvironmentFile',
  'Service.Restart',
  'Service.RestartSec',
  'Service.KillSignal',
  'Service.TimeoutStopSec',
  'Service.StandardOutput',
  'Service.StandardError',
  'Install.WantedBy',
]);

/** @throws when a setting that is played has a value that is not */
export function parseUnitFile(text: string, file: string): UnitFile {
  const settings = readSettings(text, file);
  const all = (key: string) => settings.get(key) ?? [];
  const one = (key: string) => all(key).at(-1);
  const choice = <Value extends string>(key: string, values: readonly Value[], fallback: Value): Value => {
    const found = one(key) ?? fallback;
    if (values.includes(found as Value)) return found as Value;
    throw new Error(`${file}: ${key} is ${found}; played are ${values.join(', ')}`);
  };
  const execStart = all('Service.ExecStart');
  const execStop = all('Service.ExecStop');
  const special = [...execStart, ...execStop].find((command) => /^[-@:+!|]/.test(command));
  if (special) throw new Error(`${file}: the prefix of "${special}" is not played; give the command alone`);
  if (execStart.length === 0) throw new Error(`${file}: Service.ExecStart is missing`);
  const type = choice('Service.Type', ['simple', 'exec', 'oneshot'], 'simple');
  if (execStart.length > 1 && type !== 'oneshot') {
    throw new Error(
      `${file}: Service.ExecStart is given ${execStart.length} times; only Type=oneshot allows that`,
    );
  }
  const standardOutput = outputTarget(one('Service.StandardOutput') ?? 'journal', file, 'StandardOutput');
  const standardError = one('Service.StandardError') ?? 'inherit';
  return {
    description: one('Unit.Description') ?? '',
    type,
    execStart,
    execStop,
    workingDirectory: one('Service.WorkingDirectory'),
    environment: Object.assign({}, ...all('Service.Environment').map(parseEnvironment)),
    environmentFiles: all('Service.EnvironmentFile'),
    restart: choice('Service.Restart', ['no', 'always', 'on-failure'], 'no'),
    restartDelay: parseTimeSpan(one('Service.RestartSec') ?? '100ms', `${file}: Service.RestartSec`),
    killSignal: (one('Service.KillSignal') ?? 'SIGTERM') as NodeJS.Signals,
    stopTimeout: parseTimeSpan(one('Service.TimeoutStopSec') ?? '90s', `${file}: Service.TimeoutStopSec`),
    standardOutput,
    standardError:
      standardError === 'inherit' ? standardOutput : outputTarget(standardError, file, 'StandardError'),
    wantedBy: all('Install.WantedBy').flatMap((value) => value.split(/\s+/)),
    recorded: [...settings.keys()].filter((key) => !PLAYED.has(key)),
  };
}

function outputTarget(value: string, file: string, key: string): OutputTarget {
  if (value === 'journal' || value === 'null') return value;
  const [, append] = /^append:(\/.+)$/.exec(value) ?? [];
  if (append) return { append };
  throw new Error(`${file}: Service.${key} is ${value}; played are journal, null and append:<absolute path>`);
}

/** Values by `Section.Key`, in order; an empty value forgets those before it. */
function readSettings(text: string, file: string): Map<string, string[]> {
  const settings = new Map<string, string[]>();
  let section = '';
  for (const line of text
    .replace(/\s*\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => line.trim())) {
    if (!line || /^[#;]/.test(line)) continue;
    const header = /^\[(.+)\]$/.exec(line);
    const setting = /^([^=\s]+)\s*=\s*(.*)$/.exec(line);
    if (header) section = header[1];
    else if (setting) {
      const key = `${section}.${setting[1]}`;
      settings.set(key, setting[2] === '' ? [] : [...(settings.get(key) ?? []), setting[2]]);
    } else throw new Error(`${file}: "${line}" is neither a section nor Key=Value`);
  }
  return settings;
}

/** Variables of an `Environment=` line, or of an environment file. */
export function parseEnvironment(text: string): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const word of splitWords(text)) {
    const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(word) ?? [];
    if (name) variables[name] = value;
  }
  return variables;
}

/** Splits at white space outside quotes, as systemd does for commands and lists. */
export function splitWords(text: string): string[] {
  const words = text.match(/(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])+/gs) ?? [];
  return words.map((word) =>
    word.replace(/"((?:\\.|[^"\\])*)"|'([^']*)'|\\(.)/gs, (_, double, single, escaped) =>
      double !== undefined ? double.replace(/\\(.)/gs, '$1') : (single ?? escaped),
    ),
  );
}

const UNITS: Record<string, number> = {
  ms: 1,
  msec: 1,
  s: 1000,
  sec: 1000,
  second: 1000,
  seconds: 1000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  minutes: 60_000,
  h: 3600_000,
  hr: 3600_000,
  hour: 3600_000,
  hours: 3600_000,
};

/** Milliseconds of a time span, `1min 30s`; a bare number is in seconds. @see systemd.time(7) */
export function parseTimeSpan(text: string, what: string): number {
  if (text === 'infinity') return Number.POSITIVE_INFINITY;
  const parts = [...text.matchAll(/\s*(\d+(?:\.\d+)?)\s*([a-z]*)/gy)];
  const whole = parts.map(([part]) => part).join('') === text;
  const sum = parts.reduce((total, [, number, unit]) => total + Number(number) * UNITS[unit || 's'], 0);
  if (!whole || parts.length === 0 || Number.isNaN(sum)) {
    throw new Error(`${what} is ${text}; allowed is a time span such as 5, 500ms or 1min 30s`);
  }
  return sum;
}
