import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { JournalEntry } from '../region/journal/journal';
import { Checks } from './checks';
import { bootstraps } from './places';
import { Rehearsal } from './rehearsal';
import { compile, type PlayedAct } from './report/compile';
import { page } from './report/page';
import { passed, type Report } from './report/report';
import { summary } from './report/summary';
import { type Act, STORY } from './story';
import { Terminal } from './terminal';
import { unplayable } from './unplayable';

const USAGE = `Plays a release history in a rehearsal region on this machine, and reports what it showed.

npm start -- [options]

  --scale N       AWS seconds in one second, 1 to 240   (default 120)
  --folder PATH   where everything is written           (default .tidegate/rehearsal)
  --help          this text

Exit codes: 0 every check held, 1 a check failed or the rehearsal broke off, 2 wrong options or a description that
the story cannot play, 130 stopped by Ctrl-C.
`;

/** The kinds of entries that a person wants to see go by; the whole journal stands in the region's folder. */
const SHOWN =
  /^(Pipeline|Action|AlarmStateChange|DeploymentStateChange|StackStateChange|RollbackStarted|UserDataFailed|CloudWatchAgentFailed)/;

async function main(): Promise<number> {
  const options = readOptions();
  if (typeof options === 'string') {
    process.stderr.write(options);
    return options === USAGE ? 0 : 2;
  }
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => stop.abort(new Error(`stopped by ${signal}`)));
  }
  const terminal = new Terminal();
  const started = Date.now();
  const project = path.join(__dirname, '..');
  fs.mkdirSync(options.folder, { recursive: true });
  const rehearsal = await Rehearsal.start({ project, ...options, signal: stop.signal });
  try {
    const { home, endpoint, clock } = rehearsal.region;
    const not = unplayable(rehearsal.delivery, clock.scale, clock.now());
    if (not.length > 0) {
      terminal.close();
      process.stderr.write(`The story cannot be played with this description:\n${not.join('\n')}\n`);
      return 2;
    }
    rehearsal.journal.follow((entry) => show(entry, terminal));
    const places = bootstraps(rehearsal.delivery, home)
      .flatMap(({ accountId, regions }) => regions.map((region) => `aws://${accountId}/${region}`))
      .join(', ');
    terminal.title(`A rehearsal region at ${endpoint}; AWS time runs ${clock.scale} times as fast`);
    terminal.underWay(`bootstrapping ${places}, deploying the pipeline`);
    await rehearsal.setUp();
    const played: PlayedAct[] = [];
    for (const act of STORY) {
      played.push(await play(act, played.length + 1, rehearsal, terminal));
      if (stop.signal.aborted || !played.at(-1)!.outcome) break;
    }
    if (stop.signal.aborted) throw stop.signal.reason;
    terminal.close();
    return write(compile(rehearsal, started, played), options.folder);
  } catch (error) {
    terminal.close();
    process.stderr.write(`\n${(error as Error).message}\n`);
    return stop.signal.aborted ? 130 : 1;
  } finally {
    await rehearsal.stop();
  }
}

async function play(act: Act, number: number, rehearsal: Rehearsal, terminal: Terminal): Promise<PlayedAct> {
  terminal.title(`Act ${number}. ${act.title}`);
  const checks = new Checks();
  const from = Date.now();
  const status = setInterval(() => {
    const { sent, failed } = rehearsal.requests(from);
    terminal.underWay(`act ${number} of ${STORY.length}   ${sent} requests, ${failed} failed`);
  }, 500);
  try {
    const outcome = await act.play(rehearsal, checks);
    return { title: act.title, from, to: Date.now(), checks: checks.all, outcome };
  } catch (error) {
    checks.that('the act could be played to its end', false, (error as Error).message);
    return { title: act.title, from, to: Date.now(), checks: checks.all };
  } finally {
    clearInterval(status);
    for (const check of checks.all) terminal.check(check);
  }
}

function show({ type, source, message, detail }: JournalEntry, terminal: Terminal): void {
  // An alarm that has just been made finds its first state; that is no news.
  const found =
    type === 'AlarmStateChange' && detail['from'] === 'INSUFFICIENT_DATA' && detail['to'] === 'OK';
  if (SHOWN.test(type) && !found) terminal.event(source, message);
}

function write(report: Report, folder: string): number {
  const [json, html] = ['report.json', 'report.html'].map((name) => path.join(folder, name));
  fs.writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`);
  fs.writeFileSync(html, page(report));
  process.stdout.write(`${summary(report)}\nThe report: ${html} (a page), ${json}\n`);
  return passed(report) ? 0 : 1;
}

function readOptions(): { scale: number; folder: string } | string {
  try {
    const { values } = parseArgs({
      options: {
        scale: { type: 'string', default: '120' },
        folder: { type: 'string', default: '.tidegate/rehearsal' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return USAGE;
    const scale = Number(values.scale);
    if (!(scale >= 1 && scale <= 240))
      return `--scale is ${values.scale}; allowed is a number from 1 to 240\n`;
    return { scale, folder: path.resolve(values.folder) };
  } catch (error) {
    return `${(error as Error).message}\n\n${USAGE}`;
  }
}

main().then(
  (code) => process.exit(code),
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  },
);
