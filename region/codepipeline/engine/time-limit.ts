import type { Clock } from '../../clock/clock';
import { ActionFailure } from '../actions/action-provider';

const MINUTE = 60_000;

export interface TimeLimit {
  readonly clock: Clock;
  readonly minutes: number;
  /** It waits for a person or for what is modelled: the limit is AWS time. Executed work is bounded in wall time. */
  readonly inAwsTime?: boolean;
  /** Gives the work up. */
  readonly abandoned: AbortSignal;
  /** What is limited, for the error: `The action`. */
  readonly what: string;
}

/** Does a work that ends in time or fails; its signal aborts when it is given up, late or done. */
export async function timeLimited<Result>(
  { clock, minutes, inAwsTime, abandoned, what }: TimeLimit,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const end = new AbortController();
  const abandon = () => end.abort(abandoned.reason);
  abandoned.addEventListener('abort', abandon, { once: true });
  if (abandoned.aborted) abandon();
  const limit = clock[inAwsTime ? 'after' : 'deadline'](minutes * MINUTE, () =>
    end.abort(new ActionFailure('TimeoutError', `${what} took longer than ${minutes} minutes`)),
  );
  try {
    return await unlessAborted(end.signal, work(end.signal));
  } finally {
    limit.cancel();
    abandoned.removeEventListener('abort', abandon);
    // Ends what still waits in the work's name.
    end.abort(new Error(`${what} has ended`));
  }
}

function unlessAborted<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    if (signal.aborted) reject(signal.reason);
    work.then(resolve, reject);
  });
}
