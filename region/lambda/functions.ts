import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { FunctionCode } from '@aws-sdk/client-lambda';
import { AwsError, type Scope } from '../service';
import { unzip } from '../zip/zip';
import type { EventInvokeConfig } from './event-invoke-config';
import type { FunctionSettings } from './function-settings';
import { type Code, FunctionVersion } from './function-version';

export interface Statement {
  readonly Sid: string;
  readonly [key: string]: unknown;
}

/** One function: its newest code and configuration, its published versions and aliases, and what belongs to it. */
export interface LambdaFunction {
  readonly name: string;
  latest: FunctionVersion;
  readonly versions: FunctionVersion[];
  readonly aliases: Map<string, { version: string; description?: string }>;
  readonly statements: Map<string, Statement>;
  readonly tags: Record<string, string>;
  eventInvokeConfig?: EventInvokeConfig;
  reservedConcurrency?: number;
}

/** The functions of one account and region. */
export class Functions {
  private readonly functions = new Map<string, LambdaFunction>();
  private readonly retired: FunctionVersion[] = [];

  constructor(private readonly scope: Scope) {}

  async create(name: string, settings: FunctionSettings, source: FunctionCode): Promise<LambdaFunction> {
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) {
      throw new AwsError(
        'InvalidParameterValueException',
        `FunctionName is '${name}'; allowed are up to 64 letters, digits, - and _`,
      );
    }
    if (this.functions.has(name)) {
      throw new AwsError('ResourceConflictException', `Function already exist: ${name}`, 409);
    }
    const code = await this.fetch(name, source);
    const created: LambdaFunction = {
      name,
      latest: new FunctionVersion(this.scope, name, '$LATEST', settings, code, this.scope.clock.now()),
      versions: [],
      aliases: new Map(),
      statements: new Map(),
      tags: {},
    };
    this.functions.set(name, created);
    return created;
  }

  /** Replaces code, configuration or both; running invocations finish on what they began with. */
  async update(found: LambdaFunction, settings: FunctionSettings, source?: FunctionCode): Promise<void> {
    const code = source ? await this.fetch(found.name, source) : found.latest.code;
    found.latest.retire();
    this.retired.push(found.latest);
    found.latest = new FunctionVersion(
      this.scope,
      found.name,
      '$LATEST',
      settings,
      code,
      this.scope.clock.now(),
    );
  }

  publish(found: LambdaFunction, description?: string): FunctionVersion {
    const { settings, code } = found.latest;
    const newest = found.versions.at(-1);
    // Lambda publishes no new version of what has not changed since the last.
    if (newest && newest.settings === settings && newest.code === code) return newest;
    const version = String(Number(newest?.version ?? 0) + 1);
    const now = this.scope.clock.now();
    const published = new FunctionVersion(this.scope, found.name, version, settings, code, now, description);
    found.versions.push(published);
    return published;
  }

  async delete(found: LambdaFunction): Promise<void> {
    this.functions.delete(found.name);
    await Promise.all([found.latest, ...found.versions].map((version) => version.stop()));
  }

  all(): LambdaFunction[] {
    return [...this.functions.values()];
  }

  /**
   * By name, partial or full ARN, with or without a qualifier.
   * @throws AwsError ResourceNotFoundException
   */
  get(nameOrArn: string): LambdaFunction {
    const { name } = parsed(nameOrArn);
    const found = this.functions.get(name);
    if (!found) {
      const { region, accountId } = this.scope;
      throw new AwsError(
        'ResourceNotFoundException',
        `Function not found: arn:aws:lambda:${region}:${accountId}:function:${name}`,
        404,
      );
    }
    return found;
  }

  /** The version that a name and a qualifier (a version's number, an alias or `$LATEST`) stand for. */
  version(nameOrArn: string, qualifier = parsed(nameOrArn).qualifier): FunctionVersion {
    const found = this.get(nameOrArn);
    if (!qualifier || qualifier === '$LATEST') return found.latest;
    const number = found.aliases.get(qualifier)?.version ?? qualifier;
    if (number === '$LATEST') return found.latest;
    const version = found.versions.find((published) => published.version === number);
    if (!version) {
      throw new AwsError(
        'ResourceNotFoundException',
        `Function not found: ${found.latest.arn}:${qualifier}`,
        404,
      );
    }
    return version;
  }

  async stop(): Promise<void> {
    const all = this.all().flatMap(({ latest, versions }) => [latest, ...versions]);
    await Promise.all([...all, ...this.retired].map((version) => version.stop()));
  }

  private async fetch(name: string, source: FunctionCode): Promise<Code> {
    if (source.ImageUri) {
      throw new AwsError(
        'InvalidParameterValueException',
        'Container images are not played here; use a zip archive',
      );
    }
    const bytes = source.ZipFile
      ? Buffer.from(source.ZipFile)
      : await this.scope.service('s3').read(source.S3Bucket!, source.S3Key!, source.S3ObjectVersion);
    const sha256 = createHash('sha256').update(bytes).digest();
    const folder = path.join(
      this.scope.folder('lambda'),
      'functions',
      name,
      sha256.toString('hex').slice(0, 16),
    );
    if (!fs.existsSync(folder)) {
      await unzip(bytes, folder).catch((error: Error) => {
        fs.rmSync(folder, { recursive: true, force: true });
        throw new AwsError(
          'InvalidParameterValueException',
          `Could not unzip uploaded file: ${error.message}`,
        );
      });
    }
    return { folder, sha256: sha256.toString('base64'), size: bytes.length };
  }
}

function parsed(nameOrArn: string): { name: string; qualifier?: string } {
  const found = /^(?:(?:arn:[^:]+:lambda:[^:]*:)?\d+:function:|function:)?([^:]+)(?::([^:]+))?$/.exec(
    nameOrArn,
  );
  if (!found) {
    throw new AwsError(
      'InvalidParameterValueException',
      `'${nameOrArn}' is neither a function's name nor its ARN`,
    );
  }
  return { name: found[1]!, qualifier: found[2] };
}
