import type { AlarmThresholds, DeliveryDescription, EnvironmentDescription } from './description';

/** A checked description with every default filled in: what the constructs are built from. */
export interface Delivery
  extends Required<Omit<DeliveryDescription, 'account' | 'region' | 'environments' | 'alarms'>> {
  readonly account?: string;
  readonly region?: string;
  readonly environments: readonly Environment[];
}

/** One environment with every default filled in. */
export interface Environment extends Required<Omit<EnvironmentDescription, 'account' | 'region' | 'alarms'>> {
  /** Undefined in an environment-agnostic delivery. */
  readonly account?: string;
  /** Undefined in an environment-agnostic delivery. */
  readonly region?: string;
  readonly alarms: Required<AlarmThresholds>;
}

const DEFAULT_ALARMS: Required<AlarmThresholds> = {
  errorRatePercent: 1,
  latencyP99Milliseconds: 1000,
  minimumRequestsPerMinute: 20,
};

/** Fills in the defaults that the docstrings of the description promise. */
export function withDefaults(description: DeliveryDescription): Delivery {
  const { service, branch = 'main', account, region, alarms } = description;
  return {
    service,
    branch,
    account,
    region,
    environments: description.environments.map((environment) => ({
      account,
      region,
      instanceType: 't4g.small',
      deploymentConfiguration: 'OneAtATime',
      bakeMinutes: 10,
      ...environment,
      alarms: { ...DEFAULT_ALARMS, ...alarms, ...environment.alarms },
    })),
  };
}
