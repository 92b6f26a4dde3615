export interface Quote {
  readonly nights: number;
  /** Euro. */
  readonly price: number;
}

/** Euro for one night. */
const NIGHT = 40;

const PASSES: Readonly<Record<string, { readonly percentOff: number }>> = {
  MEMBER: { percentOff: 10 },
  SEASON: { percentOff: 25 },
};

/**
 * What a berth costs.
 * @param pass a pass that gives a discount; one that is no longer sold gives none
 */
export function quote(nights: number, pass?: string): Quote {
  const percentOff = pass ? (PASSES[pass]?.percentOff ?? 0) : 0;
  return { nights, price: (nights * NIGHT * (100 - percentOff)) / 100 };
}
