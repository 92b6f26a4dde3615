/** One thing a rehearsal must show. */
export interface Check {
  readonly name: string;
  readonly passed: boolean;
  /** What was seen. */
  readonly seen: string;
}

/** Collects the checks of one act; an act goes on after a failed check, so that the report shows all of them. */
export class Checks {
  readonly all: Check[] = [];

  that(name: string, passed: boolean, seen: unknown): void {
    this.all.push({ name, passed, seen: typeof seen === 'string' ? seen : JSON.stringify(seen) });
  }

  equal(name: string, seen: unknown, expected: unknown): void {
    const [left, right] = [JSON.stringify(seen), JSON.stringify(expected)];
    this.that(name, left === right, left === right ? seen : `${left}, expected ${right}`);
  }
}
