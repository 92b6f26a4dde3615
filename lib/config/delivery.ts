import type {
  AlarmThresholds,
  DeliveryDescription,
  EnvironmentDescription,
  Notifications,
} from './description';
import type { DeploymentWindow } from './gates';
import type { Https } from './https';
import { type OneBoxSettings, resolveOneBox } from './one-box';
import { type RollbackProof, resolveRollbackProof } from './rollback-proof';
import { DEFAULT_SCALING, type ResolvedScaling } from './scaling';
import { DEFAULT_SECURITY, type ResolvedSecurity } from './security';
import type { Source } from './source';
import { DEFAULT_TRACING, type Tracing } from './tracing';

/** A checked description with every default filled in: what the constructs are built from. */
export interface Delivery
  extends Required<
    Omit<
      DeliveryDescription,
      | 'source'
      | 'account'
      | 'region'
      | 'environments'
      | 'production'
      | 'alarms'
      | 'notifications'
      | 'tracing'
      | 'security'
    >
  > {
  /** Undefined where the repository is CodeCommit's. */
  readonly source?: Source;
  readonly account?: string;
  readonly region?: string;
  readonly notifications: Notifications & Required<Pick<Notifications, 'email' | 'authors'>>;
  readonly tracing: Required<Tracing> | false;
  readonly security: ResolvedSecurity;
  /** The road: each wave is a stage of the pipeline. An environment on its own is a wave of one. */
  readonly waves: readonly Wave[];
  /** The environments of all waves, in order. */
  readonly environments: readonly Environment[];
}

/** Environments that are released to side by side, in one stage of the pipeline. */
export interface Wave {
  /** Name of the pipeline's stage: the names of the environments, joined. */
  readonly name: string;
  readonly production: boolean;
  readonly environments: readonly Environment[];
}

/** One environment with every default filled in. */
export interface Environment
  extends Required<
    Omit<
      EnvironmentDescription,
      'https' | 'oneBox' | 'rollbackProof' | 'account' | 'region' | 'alarms' | 'scaling' | 'deploymentWindow'
    >
  > {
  /** Undefined in an environment-agnostic delivery. */
  readonly account?: string;
  /** Undefined in an environment-agnostic delivery. */
  readonly region?: string;
  /** Whether it is production, or comes before it. */
  readonly production: boolean;
  /** Name of its pipeline stage: its own, or that of its wave. */
  readonly stage: string;
  /** Undefined where there is only HTTP. */
  readonly https?: Https;
  /** Undefined where the fleet is deployed to at once. */
  readonly oneBox?: OneBoxSettings;
  /** Undefined where nothing is proven. */
  readonly rollbackProof?: Required<RollbackProof>;
  readonly alarms: Required<AlarmThresholds>;
  readonly deploymentWindow?: DeploymentWindow;
  readonly scaling: ResolvedScaling;
}

const DEFAULT_ALARMS: Required<AlarmThresholds> = {
  errorRatePercent: 1,
  latencyP99Milliseconds: 1000,
  minimumRequestsPerMinute: 20,
};

/** Default of `bakeMinutes`. */
export const BAKE_MINUTES = 10;

/** Fills in the defaults that the docstrings of the description promise. */
export function withDefaults(description: DeliveryDescription): Delivery {
  const {
    service,
    branch = 'main',
    approveProduction = false,
    source,
    account,
    region,
    notifications,
    review = !source,
    dashboards = true,
    tracing,
    logRetentionDays = 90,
  } = description;
  const waves = resolveWaves(description);
  return {
    service,
    branch,
    approveProduction,
    source,
    account,
    region,
    review,
    notifications: { email: [], authors: [], ...notifications },
    dashboards,
    tracing: tracing === false ? false : { ...DEFAULT_TRACING, ...tracing },
    logRetentionDays,
    security: { ...DEFAULT_SECURITY, ...description.security },
    waves,
    environments: waves.flatMap((wave) => wave.environments),
  };
}

function resolveWaves(description: DeliveryDescription): Wave[] {
  const waves = description.environments.map((entry) => [entry].flat());
  const first = firstOfProduction(description);
  return waves.map((environments, index) => {
    const wave = { name: stageName(environments), production: index >= first };
    return {
      ...wave,
      environments: environments.map((environment) => resolveEnvironment(environment, wave, description)),
    };
  });
}

/** Index of the entry of the environments with which production begins. */
export function firstOfProduction({ environments, production }: DeliveryDescription): number {
  const named = environments.findIndex((entry) => [entry].flat().some(({ name }) => name === production));
  return named === -1 ? environments.length - 1 : named;
}

/** Name of the stage of a wave. Names of environments hold no underscore. */
export function stageName(environments: readonly { readonly name: string }[]): string {
  return environments.map(({ name }) => name).join('_');
}

function resolveEnvironment(
  environment: EnvironmentDescription,
  wave: Pick<Wave, 'name' | 'production'>,
  { account, region, alarms }: DeliveryDescription,
): Environment {
  const thresholds = { ...DEFAULT_ALARMS, ...alarms, ...environment.alarms };
  const bakeMinutes = environment.bakeMinutes ?? BAKE_MINUTES;
  return {
    account,
    region,
    instanceType: 't4g.small',
    deploymentConfiguration: 'OneAtATime',
    rollbackConfiguration: 'HalfAtATime',
    bakeMinutes,
    minimumRequests: 0,
    bakeLimitMinutes: Math.max(240, bakeMinutes),
    freezes: [],
    guardMinutes: Math.max(60, bakeMinutes),
    trafficDropDeviations: wave.production && 3,
    ...environment,
    production: wave.production,
    stage: wave.name,
    alarms: thresholds,
    oneBox: resolveOneBox(environment, { bakeMinutes, alarms: thresholds }),
    rollbackProof: resolveRollbackProof(environment.rollbackProof),
    scaling: { ...DEFAULT_SCALING, ...environment.scaling },
  };
}
