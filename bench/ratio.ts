export interface Ratio {
  readonly name: string;
  /** What stands above the line, and what below it. */
  readonly of: string;
  readonly value: number;
  /** The spread over the pairs measured, where there was more than one. */
  readonly range?: readonly [number, number];
  /** The value we aim at: at most, or at least. */
  readonly aim?: string;
}

/** Measures both in turn, A B A B …, so that a change in the machine's speed meets both; the median pair stands. */
export async function pairs(
  rounds: number,
  first: () => Promise<number>,
  second: () => Promise<number>,
): Promise<{ value: number; range: [number, number] }> {
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++) ratios.push((await first()) / (await second()));
  ratios.sort((left, right) => left - right);
  return { value: ratios[Math.floor(rounds / 2)], range: [ratios[0], ratios[rounds - 1]] };
}
