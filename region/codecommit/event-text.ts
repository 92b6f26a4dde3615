import type { Scope } from '../service';

/** A moment as CodeCommit writes it in its events: `Wed Nov 06 19:02:14 UTC 2019`. */
export function eventDate(date: Date): string {
  const [weekday, day, month, year, time] = date.toUTCString().replace(',', '').split(' ');
  return `${weekday} ${month} ${day} ${time} UTC ${year}`;
}

/** The page of a pull request in the console. */
export function consoleUrl({ region }: Scope, repositoryName: string, pullRequestId: string): string {
  const console = `https://${region}.console.aws.amazon.com/codesuite/codecommit`;
  return `${console}/repositories/${repositoryName}/pull-requests/${pullRequestId}?region=${region}`;
}

/** A branch's short name. */
export function branchName(reference: string): string {
  return reference.replace(/^refs\/heads\//, '');
}
