import type { ReviewBuild } from './build';
import { CHANGES, type Comparison, type Finding } from './contract';

/** CodeCommit's limit, in characters. @see https://docs.aws.amazon.com/codecommit/latest/userguide/limits.html */
const LONGEST = 10_240;
const MOST_LINES = 20;
const LONGEST_LINE = 240;

const STATUS: Record<string, string> = {
  SUCCEEDED: 'passed',
  FAILED: 'failed',
  STOPPED: 'stopped before its end',
  TIMED_OUT: 'timed out',
  FAULT: 'not run to its end, by a fault of CodeBuild',
};

/** The comment, in Markdown: what is grave comes first, for what does not fit is cut off. */
export function commentText({ status, sourceCommit, log, reason, comparison }: ReviewBuild): string {
  const sections = [
    `## Review of ${sourceCommit.slice(0, 8)}: ${STATUS[status] ?? status}`,
    reason && `Failed in ${cut(reason, 1000)}`,
    log && `[Log of the build](${log})`,
    ...compared(comparison),
  ];
  return cut(sections.filter(Boolean).join('\n\n'), LONGEST);
}

function compared(comparison: Comparison | undefined): string[] {
  if (comparison === undefined) return ['The templates were not compared: the build did not come that far.'];
  if (comparison === null)
    return ['The templates were not compared: the commit before cannot be synthesized.'];
  const { resources, permissions, network } = comparison;
  const sections = [
    ...CHANGES.slice(0, 3).map((change) => changed(comparison, change)),
    section('Permissions widened', permissions.map(found)),
    section('Network opened', network.map(found)),
    ...CHANGES.slice(3).map((change) => changed(comparison, change)),
  ].filter((text) => text !== '');
  return resources.length + permissions.length + network.length > 0
    ? sections
    : ['No difference in what is declared.'];
}

function changed({ resources }: NonNullable<Comparison>, change: (typeof CHANGES)[number]): string {
  const lines = resources
    .filter((resource) => resource.change === change)
    .map(
      ({ stack, logicalId, type, properties }) =>
        `${stack}: ${type} ${logicalId}${properties.length > 0 ? ` (${properties.join(', ')})` : ''}`,
    );
  return section(`Resources ${change}`, lines);
}

function found({ stack, logicalId, text }: Finding): string {
  return `${stack}: ${logicalId}: ${text}`;
}

function section(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  const shown = lines.slice(0, MOST_LINES).map((line) => `- \`${cut(line, LONGEST_LINE)}\``);
  const more = lines.length - shown.length;
  const rest = more > 0 ? [`- and ${more} more: the log has them all`] : [];
  return [`**${title}: ${lines.length}**`, '', ...shown, ...rest].join('\n');
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
