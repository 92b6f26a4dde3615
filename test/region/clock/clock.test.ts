import { ScaledClock, SteppedClock } from '../../../region/clock/clock';

const MINUTE = 60_000;

describe('stepped clock', () => {
  test('moves only when it is stepped, and fires timers in the order in which they fall due', async () => {
    const clock = new SteppedClock(0);
    const fired: string[] = [];
    clock.after(2000, () => fired.push(`second at ${clock.now()}`));
    clock.after(1000, () => fired.push(`first at ${clock.now()}`));
    await clock.advance(999);
    expect(fired).toEqual([]);
    await clock.advance(5000);
    expect(fired).toEqual(['first at 1000', 'second at 2000']);
    expect(clock.now()).toBe(5999);
  });

  test('lets the work that a timer started settle before the next timer fires', async () => {
    const clock = new SteppedClock(0);
    const seen: number[] = [];
    const work = async () => {
      await clock.sleep(10);
      await new Promise((resolve) => setImmediate(resolve));
      await clock.sleep(10);
      seen.push(clock.now());
    };
    void work();
    clock.after(30, () => seen.push(clock.now()));
    await clock.advance(100);
    expect(seen).toEqual([20, 30]);
  });

  test('every: on the multiples of the period, until cancelled', async () => {
    const clock = new SteppedClock(10_000);
    const beats: number[] = [];
    const timer = clock.every(MINUTE, () => beats.push(clock.now()));
    await clock.advance(2 * MINUTE);
    timer.cancel();
    await clock.advance(5 * MINUTE);
    expect(beats).toEqual([MINUTE, 2 * MINUTE]);
  });

  test('every: can be cancelled from within its callback', async () => {
    const clock = new SteppedClock(0);
    let beats = 0;
    const timer = clock.every(1000, () => {
      beats += 1;
      timer.cancel();
    });
    await clock.advance(10_000);
    expect(beats).toBe(1);
  });

  test('sleep: rejects with the reason of the signal that aborts it, and leaves no timer behind', async () => {
    const clock = new SteppedClock(0);
    const stop = new AbortController();
    const sleeping = clock.sleep(1000, stop.signal);
    stop.abort(new Error('stopped'));
    await expect(sleeping).rejects.toThrow('stopped');
    await expect(clock.sleep(1, stop.signal)).rejects.toThrow('stopped');
  });

  test('advanceUntil: steps until the condition holds, and says when it never does', async () => {
    const clock = new SteppedClock(0);
    let done = false;
    clock.after(90 * MINUTE, () => {
      done = true;
    });
    await clock.advanceUntil(() => done, { step: MINUTE });
    expect(clock.now()).toBe(90 * MINUTE);
    await expect(clock.advanceUntil(() => false, { step: MINUTE, limit: MINUTE })).rejects.toThrow(
      'did not hold within 60000 ms',
    );
  });
});

describe('scaled clock', () => {
  test('runs a CloudWatch minute in a sixtieth of the wall time', async () => {
    const clock = new ScaledClock(600);
    const [aws, wall] = [clock.now(), clock.wall()];
    await clock.sleep(MINUTE);
    const ratio = (clock.now() - aws) / (clock.wall() - wall);
    expect(clock.now() - aws).toBeGreaterThanOrEqual(MINUTE - 600);
    expect(ratio).toBeGreaterThan(500);
    expect(ratio).toBeLessThan(700);
  });

  test('a scale of 1 is real time', () => {
    const clock = new ScaledClock(1);
    expect(clock.mode).toBe('real');
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(50);
  });

  test.each([0, -1, 0.5, 3601, Number.NaN])('refuses a scale of %p', (scale) => {
    expect(() => new ScaledClock(scale)).toThrow(`scale is ${scale}; allowed is a number from 1`);
  });

  test('a deadline counts wall time, whatever the scale', async () => {
    const clock = new ScaledClock(3600);
    const started = clock.wall();
    await new Promise<void>((resolve) => clock.deadline(30, resolve));
    expect(clock.wall() - started).toBeGreaterThanOrEqual(29);
  });
});
