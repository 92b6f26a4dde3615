import type { Delivery } from '../lib/config/delivery';

/** An account and a region; what is not given is the pipeline's. */
export interface Place {
  readonly account?: string;
  readonly region?: string;
}

/** One `cdk bootstrap`: it runs with the credentials of one account. */
export interface Bootstrap {
  readonly accountId: string;
  readonly regions: readonly string[];
  /** Account whose deployments it accepts. @default - only its own */
  readonly trust?: string;
}

/**
 * What a delivery needs bootstrapped: the account and region of every environment, and the pipeline's account in all of
 * these regions, because it keeps an artifact bucket in each.
 */
export function bootstraps(
  { environments }: Delivery,
  pipeline: { readonly accountId: string; readonly region: string },
): Bootstrap[] {
  const regions = new Map([[pipeline.accountId, new Set([pipeline.region])]]);
  for (const { account = pipeline.accountId, region = pipeline.region } of environments) {
    for (const accountId of [pipeline.accountId, account])
      regions.set(accountId, (regions.get(accountId) ?? new Set()).add(region));
  }
  return [...regions].map(([accountId, own]) => ({
    accountId,
    regions: [...own],
    trust: accountId === pipeline.accountId ? undefined : pipeline.accountId,
  }));
}
