import { ScaledClock } from '../../region/clock/clock';

/** A scaled clock that begins where it is told to, and leaps. A timer that is set stays as long as it was. */
export class LeapingClock extends ScaledClock {
  #ahead = 0;

  /** @param start ISO 8601 */
  constructor(scale: number, start: string) {
    super(scale);
    this.#ahead = Date.parse(start) - this.now();
  }

  override now(): number {
    return super.now() + this.#ahead;
  }

  /** @param time ISO 8601 */
  leapTo(time: string): void {
    const leap = Date.parse(time) - this.now();
    if (leap < 0) throw new Error(`it is later than ${time} already`);
    this.#ahead += leap;
  }
}
