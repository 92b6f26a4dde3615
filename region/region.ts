import fs from 'node:fs';
import path from 'node:path';
import { type Clock, ScaledClock } from './clock/clock';
import { Gateway } from './gateway/gateway';
import { KeyRing } from './gateway/key-ring';
import { Journal } from './journal/journal';
import { Ledger } from './ledger/ledger';
import type { AwsService, Credentials, Scope } from './service';
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

/** The rehearsal region: the AWS APIs on one loopback port, and what the deployed stacks declare, played behind them. */
export class Region {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly ledger = new Ledger();
  private readonly keys: KeyRing;
  private readonly gateway: Gateway;
  private readonly scopes = new Map<string, AccountRegion>();
  /** The account and region that the printed keys belong to. */
  readonly home: Scope;

  private constructor(readonly options: RegionOptions) {
    this.clock = options.clock ?? new ScaledClock();
    this.journal = new Journal(this.clock, options.folder);
    this.keys = new KeyRing(this.clock);
    this.gateway = new Gateway({
      keys: this.keys,
      clock: this.clock,
      scope: (accountId, region) => this.at(accountId, region),
    });
    this.home = this.at(options.accountId ?? '111111111111', options.region ?? 'us-east-1');
  }

  static async start(options: RegionOptions): Promise<Region> {
    fs.mkdirSync(options.folder, { recursive: true });
    const region = new Region(options);
    await region.gateway.listen(options.port ?? 0);
    return region;
  }

  get endpoint(): string {
    return this.gateway.url;
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

  credentials(accountId: string, roleArn?: string): Credentials {
    return this.keys.issue(accountId, roleArn);
  }

  /** Ends every process and socket of the region. Its folder stays, for reading. */
  async stop(): Promise<void> {
    await Promise.all(this.all().map((scope) => scope.stop()));
    await this.gateway.close();
    this.journal.close();
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

  credentials(roleArn?: string): Credentials {
    return this.owner.credentials(this.accountId, roleArn);
  }

  environment(roleArn?: string): Record<string, string> {
    const keys = this.credentials(roleArn);
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
    };
  }

  async stop(): Promise<void> {
    await Promise.all([...this.running.values()].map((service) => service.stop?.()));
  }
}
