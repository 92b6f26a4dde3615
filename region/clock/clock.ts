/**
 * The one source of time in the region. Nothing else reads the time or sets a timer.
 *
 * Two kinds of time are told apart:
 * - *AWS time* is what the played services live by: alarm periods, bake times, health check intervals,
 *   deregistration delays. It can run faster than the wall clock or be stepped by hand.
 * - *Wall time* bounds work that is really executed here (a build, a hook script, a Lambda): such work takes as
 *   long as it takes, so its time limits are never scaled.
 */
export interface Clock {
  readonly mode: 'real' | 'scaled' | 'stepped';
  /** AWS milliseconds that pass in one wall millisecond; 1 when real, 0 when stepped. */
  readonly scale: number;
  /** AWS time, milliseconds since the epoch. */
  now(): number;
  /** Wall time, milliseconds since the epoch. */
  wall(): number;
  /** Calls back once, `ms` of AWS time from now. */
  after(ms: number, callback: () => void): Timer;
  /** Calls back every `ms` of AWS time. The first call comes at the next multiple of `ms`, as CloudWatch's minutes do. */
  every(ms: number, callback: () => void): Timer;
  /** Resolves `ms` of AWS time from now; rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls back once after `ms` of wall time: the time limit of executed work. */
  deadline(ms: number, callback: () => void): Timer;
}

export interface Timer {
  cancel(): void;
}

abstract class BaseClock implements Clock {
  abstract readonly mode: Clock['mode'];
  abstract readonly scale: number;
  abstract now(): number;
  abstract after(ms: number, callback: () => void): Timer;

  wall(): number {
    return Date.now();
  }

  every(ms: number, callback: () => void): Timer {
    let due = (Math.floor(this.now() / ms) + 1) * ms;
    let pending: Timer;
    let stopped = false;
    const arm = () => {
      pending = this.after(Math.max(0, due - this.now()), () => {
        // A process that was held up skips the beats it missed.
        due = Math.max(due + ms, (Math.floor(this.now() / ms) + 1) * ms);
        callback();
        if (!stopped) arm();
      });
    };
    arm();
    return {
      cancel: () => {
        stopped = true;
        pending.cancel();
      },
    };
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const abort = () => {
        timer.cancel();
        reject(signal?.reason);
      };
      const timer = this.after(ms, () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      });
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  deadline(ms: number, callback: () => void): Timer {
    return wallTimer(ms, callback);
  }
}

/** Node fires a timer of more than 2^31-1 ms at once, so longer ones are chained. */
const LONGEST_TIMER = 2 ** 31 - 1;

function wallTimer(ms: number, callback: () => void): Timer {
  let handle: NodeJS.Timeout;
  const arm = (left: number) => {
    handle = setTimeout(
      () => (left > LONGEST_TIMER ? arm(left - LONGEST_TIMER) : callback()),
      Math.min(left, LONGEST_TIMER),
    );
  };
  arm(ms);
  return { cancel: () => clearTimeout(handle) };
}

/** AWS time that runs `scale` times as fast as the wall clock; `scale` 60 makes a CloudWatch minute last a second. */
export class ScaledClock extends BaseClock {
  readonly mode: Clock['mode'];
  private readonly origin: number;

  constructor(readonly scale: number = 1) {
    super();
    if (!(scale >= 1 && scale <= 3600)) {
      throw new Error(`clock: scale is ${scale}; allowed is a number from 1 (real time) to 3600`);
    }
    this.mode = scale === 1 ? 'real' : 'scaled';
    this.origin = this.wall();
  }

  now(): number {
    const wall = this.wall();
    return this.scale === 1 ? wall : this.origin + (wall - this.origin) * this.scale;
  }

  after(ms: number, callback: () => void): Timer {
    return wallTimer(ms / this.scale, callback);
  }
}

/** AWS time that moves only when {@link advance} is called: tests of hours run in milliseconds. */
export class SteppedClock extends BaseClock {
  readonly mode = 'stepped';
  readonly scale = 0;
  private time: number;
  private order = 0;
  private readonly timers = new Map<object, { due: number; order: number; callback: () => void }>();

  constructor(start: number = Date.UTC(2026, 0, 1)) {
    super();
    this.time = start;
  }

  now(): number {
    return this.time;
  }

  after(ms: number, callback: () => void): Timer {
    const key = {};
    this.timers.set(key, { due: this.time + Math.max(0, ms), order: this.order++, callback });
    return { cancel: () => void this.timers.delete(key) };
  }

  /** Moves AWS time on by `ms`, fires what falls due in order, and lets the work each timer started settle first. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    await settle();
    for (let next = this.next(end); next; next = this.next(end)) {
      this.timers.delete(next.key);
      this.time = next.due;
      next.callback();
      await settle();
    }
    this.time = end;
    await settle();
  }

  /** Steps until the condition holds; fails after `limit` ms of AWS time. */
  async advanceUntil(condition: () => boolean, { step = 1000, limit = 24 * 3600_000 } = {}): Promise<void> {
    for (const end = this.time + limit; !condition(); ) {
      if (this.time >= end)
        throw new Error(`clock: the condition did not hold within ${limit} ms of AWS time`);
      await this.advance(step);
    }
  }

  private next(end: number) {
    let found: { key: object; due: number; order: number; callback: () => void } | undefined;
    for (const [key, timer] of this.timers) {
      if (timer.due > end) continue;
      if (!found || timer.due < found.due || (timer.due === found.due && timer.order < found.order)) {
        found = { key, ...timer };
      }
    }
    return found;
  }
}

/** Gives promise chains and stream callbacks the turns they need before time moves on. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
}
