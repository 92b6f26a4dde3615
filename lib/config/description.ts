import type { DeploymentConfiguration } from './deployment-configuration';
import type { DeploymentWindow, Freeze } from './gates';
import type { Https } from './https';
import type { OneBox } from './one-box';
import type { RollbackProof } from './rollback-proof';
import type { Scaling } from './scaling';
import type { Security } from './security';
import type { Source } from './source';
import type { Tracing } from './tracing';

/** A service and the road its releases take to production. */
export interface DeliveryDescription {
  /**
   * Name of the service: 2 to 20 lower-case letters, digits and hyphens, a letter first.
   *
   * Names the repository, the pipeline, the CodeDeploy applications and the alarms; changing it makes new ones.
   */
  readonly service: string;

  /**
   * Branch of the repository whose pushes are released.
   *
   * @default 'main'
   */
  readonly branch?: string;

  /**
   * Repository outside AWS that is released, through AWS CodeConnections. Reviews and the protection of its branch are
   * then set up where it is.
   *
   * @default - a CodeCommit repository of the service's name, made with the pipeline
   */
  readonly source?: Source;

  /**
   * Account of the pipeline, 12 digits, and of every environment that names none of its own.
   *
   * @default - the account of the credentials `cdk deploy` runs with; all environments are then in that account
   */
  readonly account?: string;

  /**
   * Region of the pipeline, such as `eu-central-1`, and of every environment that names none of its own.
   * Goes with `account`: give both or neither.
   *
   * @default - the region `cdk deploy` runs with; all environments are then in that region
   */
  readonly region?: string;

  /**
   * The road of a release: environments in the order in which it passes through them, 1 to 20 entries, each name once.
   * An entry is one environment, or a wave: a list of environments that are released to side by side.
   */
  readonly environments: readonly (EnvironmentDescription | readonly EnvironmentDescription[])[];

  /**
   * Name of the environment with which production begins. The rest of its wave and what comes after it are production
   * too; what comes before is not.
   *
   * @default - the last entry of `environments` is production
   */
  readonly production?: string;

  /**
   * Whether a person approves each release before it goes on to production: continuous delivery. The approval is of the
   * one commit that has come that far.
   *
   * @default false: continuous deployment
   */
  readonly approveProduction?: boolean;

  /**
   * Thresholds of the alarms in every environment.
   *
   * @default - the defaults of each threshold
   */
  readonly alarms?: AlarmThresholds;

  /**
   * Who is told of failed releases, alarms and rollbacks.
   *
   * @default - nobody; the topics are there to be subscribed to
   */
  readonly notifications?: Notifications;

  /**
   * Whether pull requests are reviewed: each is built, compared with what it changes and commented on, and can be merged
   * only when its build has succeeded. Of a CodeCommit repository; one behind a connection is reviewed where it is.
   *
   * @default true
   */
  readonly review?: boolean;

  /**
   * Whether there are CloudWatch dashboards: one of the delivery, and one of the service in every environment.
   * Three dashboards of an account are free; AWS charges for each further one.
   *
   * @default true
   */
  readonly dashboards?: boolean;

  /**
   * Days for which CloudWatch keeps the logs of the service, of its deployments and of its instances' first boot, in every
   * environment: one of the retentions that CloudWatch Logs has, 1 to 3653.
   *
   * @default 90
   */
  readonly logRetentionDays?: number;

  /**
   * How much of the requests is traced with X-Ray; `false` is nothing, failed ones included. X-Ray keeps 100,000 traces of
   * an account in a month for nothing, and takes US$ 5 for each further million.
   *
   * @default - 5 percent of the requests, and all that fail
   */
  readonly tracing?: Tracing | false;

  /**
   * What goes beyond the protection that is always there: a permissions boundary, an audit trail, threat detection, the
   * protection of the branch.
   *
   * @default - none of it
   */
  readonly security?: Security;
}

/** Who is told. AWS sends every e-mail address one message with a link that confirms its subscription. */
export interface Notifications {
  /**
   * E-mail addresses that are told everything.
   *
   * @default []
   */
  readonly email?: readonly string[];

  /**
   * E-mail addresses, as in the commits, that are told when a release with a commit of theirs at its head fails, and
   * nothing else.
   *
   * @default []
   */
  readonly authors?: readonly string[];

  /**
   * Slack channel that is told everything that happens in the pipeline's account.
   *
   * @default - none
   */
  readonly chat?: SlackChannel;
}

/**
 * A Slack channel by its ids. The workspace is authorized once by hand, in the console of Amazon Q Developer in chat
 * applications (AWS Chatbot).
 *
 * @see https://docs.aws.amazon.com/chatbot/latest/adminguide/slack-setup.html
 */
export interface SlackChannel {
  /** Id of the workspace: T and 8 to 11 capital letters and digits. */
  readonly workspaceId: string;

  /** Id of the channel: C or G and 8 to 11 capital letters and digits. */
  readonly channelId: string;
}

/** One environment: a fleet behind a load balancer, watched by alarms. */
export interface EnvironmentDescription {
  /** Name of the environment and of its pipeline stage: 1 to 16 lower-case letters, digits and hyphens, a letter first. */
  readonly name: string;

  /**
   * Account of the environment, 12 digits. Needs the delivery's own `account` and `region`.
   *
   * @default - the delivery's account
   */
  readonly account?: string;

  /**
   * Region of the environment. Needs the delivery's own `account` and `region`.
   *
   * @default - the delivery's region
   */
  readonly region?: string;

  /** Size of the fleet. */
  readonly capacity: Capacity;

  /**
   * HTTPS at a domain name of yours. HTTP is redirected to it.
   *
   * @default - HTTP at the load balancer's own name
   */
  readonly https?: Https;

  /**
   * EC2 instance type. The processor architecture, arm64 or x86_64, follows from it.
   *
   * @default 't4g.small' (arm64)
   */
  readonly instanceType?: string;

  /**
   * How the fleet finds its size within its capacity, and when its capacity changes.
   *
   * @default - it follows its CPU utilization
   */
  readonly scaling?: Scaling;

  /**
   * How many instances a deployment takes out of service at a time.
   *
   * @default 'OneAtATime'
   * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
   */
  readonly deploymentConfiguration?: DeploymentConfiguration;

  /**
   * The same for a rollback that the guard begins, which may be in more of a hurry than a roll-out. CodeDeploy's own
   * rollback, of a deployment that is still under way, always uses `deploymentConfiguration`.
   *
   * @default 'HalfAtATime'
   */
  readonly rollbackConfiguration?: DeploymentConfiguration;

  /**
   * Minutes for which the alarms must stay quiet after a deployment before the release goes on: 1 to 1440,
   * CodePipeline's limit for a Lambda action. A whole number.
   *
   * @default 10
   */
  readonly bakeMinutes?: number;

  /**
   * Fewest requests in the bake, 0 or more: with fewer the alarms have seen too little to judge by. While some are
   * missing, the bake is extended up to `bakeLimitMinutes`; then it fails, and a person decides.
   *
   * @default 0: a service without users at night is released at night, and the bake says that it saw no request
   */
  readonly minimumRequests?: number;

  /**
   * Minutes up to which the bake is extended while requests are missing: `bakeMinutes` to 1440. A whole number.
   *
   * @default 240, or `bakeMinutes` if that is longer
   */
  readonly bakeLimitMinutes?: number;

  /**
   * When a release may enter the environment's stage. Outside the window it waits.
   *
   * @default - at any time
   */
  readonly deploymentWindow?: DeploymentWindow;

  /**
   * Periods in which nothing is released to the environment: a release that arrives in one fails there. At most 20.
   *
   * @default - none
   */
  readonly freezes?: readonly Freeze[];

  /**
   * Minutes after a deployment for which the guard rolls the environment back when an alarm goes off: 1 to 1440, a whole
   * number. Of an alarm later than that it only tells.
   *
   * @default 60, or `bakeMinutes` if that is more
   */
  readonly guardMinutes?: number;

  /**
   * A one-box: a few instances that get every release before the fleet does. `{}` is one with every default.
   *
   * @default - the fleet is deployed to at once
   */
  readonly oneBox?: OneBox;

  /**
   * Proves, before a release is deployed, that it can be taken back. `{}` is a proof with every default. Before production
   * only, and in the pipeline's own region.
   *
   * @default - none
   */
  readonly rollbackProof?: RollbackProof;

  /**
   * Thresholds of the alarms in this environment, key by key over those of the delivery.
   *
   * @default - the delivery's alarms
   */
  readonly alarms?: AlarmThresholds;

  /**
   * How far the number of requests falls below what is usual at that hour of the week before the team is told: 1 to 10
   * standard deviations, for a quarter of an hour; false tells nobody. Nothing is rolled back or held for it. CloudWatch
   * learns what is usual in the first weeks.
   *
   * @default 3 in production, false before it
   */
  readonly trafficDropDeviations?: number | false;
}

/** Size of a fleet, in instances. Between the two, the fleet finds its size by its `scaling`. */
export interface Capacity {
  /**
   * Fewest instances, 2 or more: a deployment with traffic control takes an instance out of service,
   * and a fleet of one would serve nobody meanwhile.
   */
  readonly min: number;

  /** Most instances, `min` to 200. */
  readonly max: number;
}

/** What the alarms call too much. An alarm goes off after two breaching minutes out of three. */
export interface AlarmThresholds {
  /**
   * Most server errors, in percent of the minute's requests: above 0, up to 100.
   *
   * @default 1
   */
  readonly errorRatePercent?: number;

  /**
   * Longest 99th percentile of the response time, in milliseconds: 1 to 60000.
   *
   * @default 1000
   */
  readonly latencyP99Milliseconds?: number;

  /**
   * Fewest requests in a minute for its figures to count: 1 or more. Below it one request would decide.
   *
   * @default 20
   */
  readonly minimumRequestsPerMinute?: number;
}
