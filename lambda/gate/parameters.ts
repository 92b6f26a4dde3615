import { checkWatched, expect, type Watched } from '../watched';

/** What the pipeline hands to the gate in its rule's user parameters, as JSON. */
export interface GateParameters {
  /** The environments of the stage. */
  readonly environments: readonly GatedEnvironment[];
}

export interface GatedEnvironment extends Watched {
  readonly name: string;
  /**
   * The stack that the role to look with comes with, where there is one.
   * @default - there is no such role
   */
  readonly stack?: string;
  /**
   * Periods in which nothing is released.
   * @default - none
   */
  readonly freezes?: readonly Freeze[];
}

/** A period in which nothing is released to an environment. */
export interface Freeze {
  /** When it begins: ISO 8601 with an offset. */
  readonly from: string;
  /** When it has ended: ISO 8601 with an offset. */
  readonly to: string;
  /** Why, for those whom it stops. */
  readonly reason: string;
}

/** @throws Error that says what is wrong with the user parameters */
export function checkParameters(value: unknown): GateParameters {
  const { environments } = (value ?? {}) as Partial<GateParameters>;
  expect('environments', environments, Array.isArray(environments), 'a list of environments');
  return {
    environments: environments!.map((environment) => {
      const { name, stack, freezes = [] } = environment ?? {};
      expect('name', name, typeof name === 'string', 'the name of an environment');
      for (const { from, to } of freezes) {
        expect('from', from, !Number.isNaN(Date.parse(from)), 'a moment in ISO 8601');
        expect('to', to, !Number.isNaN(Date.parse(to)), 'a moment in ISO 8601');
      }
      return { name, stack, freezes, ...checkWatched(environment) };
    }),
  };
}
