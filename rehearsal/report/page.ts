import fs from 'node:fs';
import path from 'node:path';
import {
  type ActReport,
  type Duration,
  type HostHistory,
  OUT_OF_BOUNDS,
  passed,
  type Report,
} from './report';

/** The report as one self-contained HTML page: no request leaves it. */
export function page(report: Report): string {
  const verdict = passed(report) ? 'Every check held' : 'Not every check held';
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Rehearsal: ${escapeHtml(verdict)}</title>
<style>${asset('uPlot.min.css')}${fs.readFileSync(path.join(__dirname, 'page.css'), 'utf8')}</style>
<main>
<header class="${passed(report) ? 'good' : 'bad'}">
  <h1>${escapeHtml(verdict)}</h1>
  <p>Rehearsed ${escapeHtml(report.started)} in ${Math.round(report.wallSeconds)} s.
  AWS time ran ${report.scale} times as fast as the clock on the wall; instances were played as ${escapeHtml(report.hostMode)} hosts.</p>
</header>
<section><h2>Acts</h2>${report.acts.map(act).join('')}</section>
<section><h2>Traffic</h2><div id="traffic"></div></section>
<section><h2>Revision on each host</h2>${report.revisions.length ? timeline(report) : '<p>No host was deployed to.</p>'}</section>
<section><h2>Alarm transitions</h2>${alarms(report)}</section>
<section><h2>Ledger: what was done with every resource</h2>${ledger(report)}</section>
<section><h2>What a rehearsal does not show</h2><ul>${OUT_OF_BOUNDS.map((line) => `<li>${escapeHtml(line)}</li>`).join('')}</ul></section>
</main>
<script>${asset('uPlot.iife.min.js')}</script>
<script>const report = ${embed(drawn(report))};
${fs.readFileSync(path.join(__dirname, 'page.client.js'), 'utf8')}</script>
</html>
`;
}

function act({ title, commit, duration, requests, detection, restoration, checks }: ActReport): string {
  const facts = [
    ['commit', `<code>${escapeHtml(commit)}</code>`],
    ['push to end', time(duration)],
    ['requests', `${requests.sent} sent, ${requests.failed} failed`],
    ...(detection ? [['time to detect', time(detection)]] : []),
    ...(restoration ? [['time to restore', time(restoration)]] : []),
  ];
  return `<article class="${checks.every((check) => check.passed) ? 'good' : 'bad'}"><h3>${escapeHtml(title)}</h3>
<dl>${facts.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join('')}</dl>
<ul class="checks">${checks.map((check) => `<li class="${check.passed ? 'good' : 'bad'}">${escapeHtml(check.name)} <small>${escapeHtml(check.seen)}</small></li>`).join('')}</ul></article>`;
}

function time({ wallSeconds, awsSeconds }: Duration): string {
  return `${wallSeconds.toFixed(1)} s <small>(${(awsSeconds / 60).toFixed(1)} min in AWS time)</small>`;
}

/** One bar a host; a colour a revision. */
function timeline({ revisions, wallSeconds }: Report): string {
  const shades = [...new Set(revisions.flatMap((host) => host.spans.map((span) => span.revision)))];
  const row = ({ environment, instanceId, spans }: HostHistory) => {
    const bars = spans.map(({ revision, from, to }) => {
      const style = `left:${percent(from, wallSeconds)};width:${percent(to - from, wallSeconds)}`;
      return `<span class="shade-${shades.indexOf(revision) % 8}" style="${style}" title="${escapeHtml(revision)}">${escapeHtml(revision)}</span>`;
    });
    return `<div class="host"><b>${escapeHtml(environment)} <small>${escapeHtml(instanceId)}</small></b><div class="bars">${bars.join('')}</div></div>`;
  };
  return `<div class="timeline">${revisions.map(row).join('')}</div>`;
}

const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(2)}%`;

function alarms({ alarms }: Report): string {
  const rows = alarms.map(
    ({ at, alarm, from, to, reason }) =>
      `<tr class="${to === 'ALARM' ? 'bad' : ''}"><td>${at.toFixed(1)} s</td><td>${escapeHtml(alarm)}</td><td>${escapeHtml(from)} → ${escapeHtml(to)}</td><td>${escapeHtml(reason)}</td></tr>`,
  );
  return `<table><thead><tr><th>at</th><th>alarm</th><th>state</th><th>reason</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function ledger({ ledger }: Report): string {
  const rows = ledger.map(({ type, disposition, resources, properties }) => {
    const parts = Object.entries(properties).map(
      ([how, names]) => `<b>${escapeHtml(how)}</b> ${escapeHtml(names.join(', '))}`,
    );
    return `<tr><td>${escapeHtml(type)}</td><td>${resources}</td><td class="${escapeHtml(disposition)}">${escapeHtml(disposition)}</td><td><small>${parts.join('; ')}</small></td></tr>`;
  });
  return `<details><summary>${ledger.length} resource types</summary><table><thead><tr><th>type</th><th>resources</th><th>as a whole</th><th>properties</th></tr></thead><tbody>${rows.join('')}</tbody></table></details>`;
}

function asset(name: string): string {
  return fs.readFileSync(
    path.join(path.dirname(require.resolve('uplot/package.json')), 'dist', name),
    'utf8',
  );
}

/** What the charts draw. */
function drawn({ wallSeconds, traffic, acts }: Report) {
  return { wallSeconds, traffic, acts: acts.map(({ from, to }) => ({ from, to })) };
}

/** JSON that cannot close the script element it stands in. */
function embed(value: unknown): string {
  return JSON.stringify(value).replace(/</g, '\\u003c');
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
