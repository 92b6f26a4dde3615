import {
  parseEnvironment,
  parseTimeSpan,
  parseUnitFile,
  splitWords,
} from '../../../../region/hosts/supervisor/unit-file';

const parse = (service: string) => parseUnitFile(`[Service]\nExecStart=/bin/true\n${service}`, 'x.service');

test('defaults are systemd’s', () => {
  expect(parse('')).toMatchObject({
    type: 'simple',
    restart: 'no',
    restartDelay: 100,
    killSignal: 'SIGTERM',
    stopTimeout: 90_000,
    standardOutput: 'journal',
    standardError: 'journal',
    recorded: [],
  });
});

test('standard error goes where standard output does, unless it says otherwise', () => {
  const append = { append: '/var/log/x.log' };
  expect(parse('StandardOutput=append:/var/log/x.log')).toMatchObject({
    standardOutput: append,
    standardError: append,
  });
  expect(parse('StandardOutput=append:/var/log/x.log\nStandardError=journal').standardError).toBe('journal');
});

test('lists grow, an empty value forgets, a backslash joins lines, comments are skipped', () => {
  const unit = parse(
    'Environment=A=1 "B=two words"\n# Environment=C=1\nEnvironment=A=2\nExecStart=\nExecStart=/bin/a \\\n  b\n',
  );
  expect(unit.environment).toEqual({ A: '2', B: 'two words' });
  expect(unit.execStart).toEqual(['/bin/a b']);
});

test('what is not played is listed', () => {
  expect(parse('User=harbor\nNice=5\n[Unit]\nDescription=d\n').recorded).toEqual([
    'Service.User',
    'Service.Nice',
  ]);
});

test.each([
  ['Type=notify', 'x.service: Service.Type is notify; played are simple, exec, oneshot'],
  ['Restart=on-watchdog', 'x.service: Service.Restart is on-watchdog; played are no, always, on-failure'],
  [
    'RestartSec=soon',
    'x.service: Service.RestartSec is soon; allowed is a time span such as 5, 500ms or 1min 30s',
  ],
  ['ExecStop=-/bin/x', 'x.service: the prefix of "-/bin/x" is not played; give the command alone'],
  ['ExecStart=/bin/b', 'x.service: Service.ExecStart is given 2 times; only Type=oneshot allows that'],
  [
    'StandardOutput=append:x.log',
    'x.service: Service.StandardOutput is append:x.log; played are journal, null and append:<absolute path>',
  ],
  ['what', 'x.service: "what" is neither a section nor Key=Value'],
])('refuses %s', (line, message) => {
  expect(() => parse(line)).toThrow(message);
});

test.each([
  ['5', 5000],
  ['500ms', 500],
  ['1min 30s', 90_000],
  ['0.5', 500],
  ['infinity', Number.POSITIVE_INFINITY],
])('time span %s', (text, milliseconds) => {
  expect(parseTimeSpan(text, 'x')).toBe(milliseconds);
});

test('words and variables', () => {
  expect(splitWords(`a 'b c' "d \\" e" f\\ g x"y"z`)).toEqual(['a', 'b c', 'd " e', 'f g', 'xyz']);
  expect(parseEnvironment(`A=1 "B=x y" C='p=q' not-one`)).toEqual({ A: '1', B: 'x y', C: 'p=q' });
});
