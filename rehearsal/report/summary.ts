import colors from 'picocolors';
import { type Duration, OUT_OF_BOUNDS, passed, type Report } from './report';

/** The report in a few lines, for a terminal. */
export function summary(report: Report): string {
  const lines = [''];
  report.acts.forEach(({ title, duration, requests, detection, restoration, checks }, index) => {
    const held = checks.filter((check) => check.passed).length;
    const mark = held === checks.length ? colors.green('✓') : colors.red('✗');
    lines.push(`${mark} Act ${index + 1}. ${title}`);
    lines.push(`    ${held} of ${checks.length} checks, push to end ${time(duration)}`);
    lines.push(`    requests: ${requests.sent} sent, ${requests.failed} failed`);
    if (detection) lines.push(`    time to detect: ${time(detection)}`);
    if (restoration) lines.push(`    time to restore: ${time(restoration)}`);
    for (const { name, seen } of checks.filter((check) => !check.passed)) {
      lines.push(colors.red(`    ✗ ${name}: ${seen}`));
    }
  });
  lines.push('', `Ledger: ${dispositions(report)}; instances were played as ${report.hostMode} hosts.`);
  lines.push('', 'What a rehearsal does not show:', ...OUT_OF_BOUNDS.map((line) => `  - ${line}`), '');
  const verdict = passed(report) ? colors.green('Every check held') : colors.red('Not every check held');
  lines.push(`${colors.bold(verdict)} in ${Math.round(report.wallSeconds)} s.`);
  return lines.join('\n');
}

function time({ wallSeconds, awsSeconds }: Duration): string {
  return `${wallSeconds.toFixed(1)} s (${(awsSeconds / 60).toFixed(1)} min in AWS time)`;
}

function dispositions({ ledger }: Report): string {
  const counts = new Map<string, number>();
  for (const { disposition, resources } of ledger) {
    counts.set(disposition, (counts.get(disposition) ?? 0) + resources);
  }
  return [...counts].map(([how, count]) => `${count} resources ${how}`).join(', ');
}
