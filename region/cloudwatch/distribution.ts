/** A set of samples in one period: the statistic set, and the values themselves for percentiles. */
export class Distribution {
  sampleCount = 0;
  sum = 0;
  minimum = Number.POSITIVE_INFINITY;
  maximum = Number.NEGATIVE_INFINITY;
  private counted = 0;
  /**
   * Samples by value. Values are kept to three significant digits (an error of at most 0.5 %), so that however many
   * requests a minute has, there are at most 900 keys in a decade of values.
   */
  private readonly values = new Map<number, number>();

  add(value: number, count = 1): void {
    this.addSet({ sampleCount: count, sum: value * count, minimum: value, maximum: value });
    const key = Number.isInteger(value) && Math.abs(value) < 1000 ? value : Number(value.toPrecision(3));
    this.values.set(key, (this.values.get(key) ?? 0) + count);
    this.counted += count;
  }

  /** Adds a statistic set. Its single values are unknown, so percentiles are no longer to be had. */
  addSet(set: { sampleCount: number; sum: number; minimum: number; maximum: number }): void {
    this.sampleCount += set.sampleCount;
    this.sum += set.sum;
    if (set.minimum < this.minimum) this.minimum = set.minimum;
    if (set.maximum > this.maximum) this.maximum = set.maximum;
  }

  merge(other: Distribution): void {
    this.addSet(other);
    this.counted += other.counted;
    for (const [value, count] of other.values) this.values.set(value, (this.values.get(value) ?? 0) + count);
  }

  /** The value that `percent` of the samples do not exceed (nearest rank; CloudWatch's interpolation is unpublished). */
  percentile(percent: number): number | undefined {
    if (this.counted < this.sampleCount) return undefined;
    const rank = Math.max(1, Math.ceil((percent / 100) * this.counted));
    let seen = 0;
    for (const [value, count] of this.sorted()) {
      seen += count;
      if (seen >= rank) return Math.min(this.maximum, Math.max(this.minimum, value));
    }
    return undefined;
  }

  /** The samples between two percentiles, the bounds included. */
  between(low: number, high: number): Distribution | undefined {
    const from = low <= 0 ? this.minimum : this.percentile(low);
    const to = high >= 100 ? this.maximum : this.percentile(high);
    if (from === undefined || to === undefined || this.counted < this.sampleCount) return undefined;
    const part = new Distribution();
    for (const [value, count] of this.values) {
      const exact = Math.min(this.maximum, Math.max(this.minimum, value));
      if (exact >= from && exact <= to) part.add(exact, count);
    }
    return part;
  }

  /** All samples, those outside the two percentiles moved to the bounds. */
  winsorized(low: number, high: number): Distribution | undefined {
    const part = this.between(low, high);
    if (!part) return undefined;
    const whole = new Distribution();
    for (const [value, count] of this.values) {
      whole.add(Math.min(part.maximum, Math.max(part.minimum, value)), count);
    }
    return whole;
  }

  private sorted(): [number, number][] {
    return [...this.values].sort(([a], [b]) => a - b);
  }
}
