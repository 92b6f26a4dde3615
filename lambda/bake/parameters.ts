import { checkWatched, expect, type Watched } from '../watched';

/** What the pipeline hands to the bake in its action's user parameters, as JSON. With no alarms, it is a wait. */
export interface BakeParameters extends Watched {
  /** Minutes for which no alarm may go off: 0 or more. */
  readonly minutes: number;
  /** Fewest requests in the bake: 0 or more. */
  readonly minimumRequests: number;
  /** Minutes up to which the bake is extended while requests are missing: `minutes` or more. */
  readonly limitMinutes: number;
  /** Whose requests count. */
  readonly traffic: Traffic;
}

/** A target group behind a load balancer, as the dimensions of their metrics name them. */
export interface Traffic {
  /** `app/NAME/ID` */
  readonly loadBalancer: string;
  /** `targetgroup/NAME/ID` */
  readonly targetGroup: string;
}

/** @throws Error that says what is wrong with the user parameters */
export function checkParameters(value: unknown): BakeParameters {
  const { minutes, minimumRequests, limitMinutes, traffic, ...rest } = (value ??
    {}) as Partial<BakeParameters>;
  const watched = checkWatched(rest);
  const from = (least: number, number: unknown) => typeof number === 'number' && number >= least;
  expect('minutes', minutes, from(0, minutes), 'a number from 0');
  expect('minimumRequests', minimumRequests, from(0, minimumRequests), 'a number from 0');
  expect('limitMinutes', limitMinutes, from(minutes!, limitMinutes), 'a number no smaller than minutes');
  for (const key of ['loadBalancer', 'targetGroup'] as const) {
    const name = traffic?.[key];
    expect(`traffic.${key}`, name, typeof name === 'string', 'the full name of one');
  }
  return {
    ...watched,
    minutes: minutes!,
    minimumRequests: minimumRequests!,
    limitMinutes: limitMinutes!,
    traffic: traffic!,
  };
}
