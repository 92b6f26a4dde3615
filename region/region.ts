import fs from 'node:fs';
import path from 'node:path';
import { type Clock, ScaledClock } from './clock/clock';
import { Gateway } from './gateway/gateway';
import { KeyRing } from './gateway/key-ring';
import { Journal } from './journal/journal';
import { Ledger } from './ledger/ledger';
import { FolderLock } from './lock';
import type { AwsService, Credentials, Scope, SessionOptions } from './service';
import { SERVICES, type ServiceName, type Services } from './services';

export interface RegionOptions {
  /** Folder for everything the region writes; made when missing. One region at a time may use it. */
  readonly folder: string;
  /** Loopback port of the gateway. @default 0, a free one */
  readonly port?: number;
  /** @default real time */
  readonly clock?: Clock;
  /** 12 digits. @default '111111111111' */
  readonly accountId?: string;
  /** AWS region name. @default 'us-east-1' */
  readonly region?: string;
}

/** Services that an account has once, not once a region, and where they are played. */
const GLOBAL_SERVICES: Partial<Record<ServiceName, string>> = { iam: 'us-east-1' };

/** The rehearsal region: the AWS APIs on one loopback port, and what the deployed stacks declare, played behind them. */
export class Region {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly ledger = new Ledger();
  private readonly keys: KeyRing;
  private readonly gateway: Gateway;
  private readonly scopes = new Map<string, AccountRegion>();
  private stopping?: Promise<void>;
  /** The account and region that the printed keys belong to. */
  readonly home: Scope;

  private constructor(
    readonly options: RegionOptions,
    private readonly lock: FolderLock,
  ) {
    this.clock = options.clock ?? new ScaledClock();
    this.journal = new Journal(this.clock, options.folder);
    this.keys = new KeyRing(this.clock);
    this.gateway = new Gateway({
      keys: this.keys,
      clock: this.clock,
      scope: (accountId, region) => this.at(accountId, region),
      home: () => this.home,
    });
    this.home = this.at(options.accountId ?? '111111111111', options.region ?? 'us-east-1');
  }

  /** @throws Error when the folder or the port is taken, or an option is not allowed; nothing is left running then */
  static async start(options: RegionOptions): Promise<Region> {
    checkOptions(options);
    const folder = path.resolve(options.folder);
    const region = new Region({ ...options, folder }, FolderLock.acquire(folder));
    try {
      await region.gateway.listen(options.port ?? 0);
    } catch (error) {
      await region.stop();
      throw error;
    }
    return region;
  }

  get endpoint(): string {
    return this.gateway.url;
  }

  /** User name and password for git over HTTP to the home account's repositories. */
  get gitCredentials(): { userName: string; password: string } {
    return this.home.service('iam').gitCredentials();
  }

  at(accountId: string, region: string): Scope {
    const key = `${accountId}/${region}`;
    let scope = this.scopes.get(key);
    if (!scope) {
      scope = new AccountRegion(this, accountId, region);
      this.scopes.set(key, scope);
    }
    return scope;
  }

  all(): AccountRegion[] {
    return [...this.scopes.values()];
  }

  credentials(accountId: string, roleArn?: string, session?: SessionOptions): Credentials {
    return this.keys.issue(accountId, roleArn, session);
  }

  /** Ends every process and socket of the region. Its folder stays, for reading. */
  stop(): Promise<void> {
    this.stopping ??= this.end();
    return this.stopping;
  }

  private async end(): Promise<void> {
    const services = this.all().flatMap((scope) => scope.services());
    const ends = [this.gateway.close(), ...services.map((service) => service.stop?.())];
    const failures = (await Promise.allSettled(ends)).filter((end) => end.status === 'rejected');
    this.journal.close();
    this.lock.release();
    if (failures.length > 0) {
      const reasons = failures.map(({ reason }) => reason);
      throw new AggregateError(reasons, `region: not everything could be stopped: ${reasons.join('; ')}`);
    }
  }
}

/** @throws Error that names the option, what was found and what is allowed */
export function checkOptions({ accountId, region, port }: RegionOptions): void {
  if (accountId !== undefined && !/^\d{12}$/.test(accountId)) {
    throw new Error(`region: account is ${accountId}; allowed are 12 digits`);
  }
  if (region !== undefined && !/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) {
    throw new Error(`region: region is ${region}; allowed is an AWS region's name such as us-east-1`);
  }
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
    throw new Error(`region: port is ${port}; allowed is a whole number from 0 to 65535`);
  }
}

class AccountRegion implements Scope {
  private readonly running = new Map<ServiceName, AwsService>();

  constructor(
    private readonly owner: Region,
    readonly accountId: string,
    readonly region: string,
  ) {}

  get clock() {
    return this.owner.clock;
  }

  get journal() {
    return this.owner.journal;
  }

  get ledger() {
    return this.owner.ledger;
  }

  get endpoint() {
    return this.owner.endpoint;
  }

  service<Name extends ServiceName>(name: Name): Services[Name] {
    const place = GLOBAL_SERVICES[name];
    if (place && place !== this.region) return this.at(this.accountId, place).service(name);
    let service = this.running.get(name) as Services[Name] | undefined;
    if (!service) {
      service = new SERVICES[name](this) as Services[Name];
      this.running.set(name, service);
    }
    return service;
  }

  at(accountId: string, region: string): Scope {
    return this.owner.at(accountId, region);
  }

  all(): Scope[] {
    return this.owner.all();
  }

  folder(service: string): string {
    const folder = path.join(this.owner.options.folder, this.accountId, this.region, service);
    fs.mkdirSync(folder, { recursive: true });
    return folder;
  }

  credentials(roleArn?: string, session?: SessionOptions): Credentials {
    return this.owner.credentials(this.accountId, roleArn, session);
  }

  environment(roleArn?: string, session?: SessionOptions): Record<string, string> {
    const keys = this.credentials(roleArn, session);
    const direct = [process.env.NO_PROXY ?? process.env.no_proxy, '127.0.0.1'].filter(Boolean).join(',');
    return {
      AWS_ENDPOINT_URL: this.endpoint,
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      AWS_SESSION_TOKEN: keys.sessionToken,
      AWS_REGION: this.region,
      AWS_DEFAULT_REGION: this.region,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      NO_PROXY: direct,
      no_proxy: direct,
    };
  }

  services(): AwsService[] {
    return [...this.running.values()];
  }
}
