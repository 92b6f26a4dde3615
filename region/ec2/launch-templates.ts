import type { LaunchTemplate, LaunchTemplateVersion } from '@aws-sdk/client-ec2';
import { randomHex } from '../random';
import { AwsError, type Scope } from '../service';
import { readUserData } from './user-data';

/** A launch template by id or name, and one of its versions: a number, `$Latest` or `$Default`. */
export interface LaunchTemplateReference {
  readonly LaunchTemplateId?: string;
  readonly LaunchTemplateName?: string;
  readonly Version?: string;
}

/** What a launch template says; the region starts a host, runs its user data and records the rest. */
export type LaunchTemplateData = Record<string, any>;

interface Kept {
  readonly id: string;
  readonly name: string;
  readonly created: Date;
  readonly tags: { Key: string; Value: string }[];
  readonly versions: {
    readonly data: LaunchTemplateData;
    readonly description?: string;
    readonly created: Date;
  }[];
  defaultVersion: number;
}

export class LaunchTemplates {
  private readonly byId = new Map<string, Kept>();

  constructor(private readonly scope: Scope) {}

  create(name: string, data: LaunchTemplateData, description?: string, tags: Kept['tags'] = []): Kept {
    if ([...this.byId.values()].some((one) => one.name === name)) {
      throw new AwsError(
        'InvalidLaunchTemplateName.AlreadyExistsException',
        `launch template ${name} exists`,
      );
    }
    readUserData(data.UserData);
    const created = new Date(this.scope.clock.now());
    const kept: Kept = {
      id: `lt-0${randomHex(16)}`,
      name,
      created,
      tags,
      versions: [{ data, description, created }],
      defaultVersion: 1,
    };
    this.byId.set(kept.id, kept);
    return kept;
  }

  addVersion(id: string, data: LaunchTemplateData, description?: string): number {
    const kept = this.find({ LaunchTemplateId: id });
    readUserData(data.UserData);
    return kept.versions.push({ data, description, created: new Date(this.scope.clock.now()) });
  }

  delete(id: string): void {
    this.byId.delete(id);
  }

  /** @throws AwsError InvalidLaunchTemplateId.NotFound */
  find({ LaunchTemplateId, LaunchTemplateName }: LaunchTemplateReference): Kept {
    const found = LaunchTemplateId
      ? this.byId.get(LaunchTemplateId)
      : [...this.byId.values()].find((one) => one.name === LaunchTemplateName);
    if (found) return found;
    throw new AwsError(
      'InvalidLaunchTemplateId.NotFound',
      `there is no launch template ${LaunchTemplateId ?? LaunchTemplateName}`,
    );
  }

  /** What the referenced version says. */
  resolve(reference: LaunchTemplateReference): { version: number; data: LaunchTemplateData } {
    const kept = this.find(reference);
    const { Version = '$Default' } = reference;
    const version =
      Version === '$Latest'
        ? kept.versions.length
        : Version === '$Default'
          ? kept.defaultVersion
          : Number(Version);
    const found = kept.versions[version - 1];
    if (found) return { version, data: found.data };
    throw new AwsError(
      'InvalidLaunchTemplateId.VersionNotFound',
      `launch template ${kept.name} has no version ${Version}; its latest is ${kept.versions.length}`,
    );
  }

  describe(ids?: readonly string[], names?: readonly string[]): LaunchTemplate[] {
    return this.selected(ids, names).map((kept) => ({
      LaunchTemplateId: kept.id,
      LaunchTemplateName: kept.name,
      CreateTime: kept.created,
      DefaultVersionNumber: kept.defaultVersion,
      LatestVersionNumber: kept.versions.length,
      Tags: kept.tags,
    }));
  }

  describeVersions(
    reference: LaunchTemplateReference,
    versions?: readonly string[],
  ): LaunchTemplateVersion[] {
    const kept = this.find(reference);
    const wanted = versions?.map((Version) => this.resolve({ LaunchTemplateId: kept.id, Version }).version);
    return kept.versions
      .map(({ data, description, created }, index) => ({
        LaunchTemplateId: kept.id,
        LaunchTemplateName: kept.name,
        VersionNumber: index + 1,
        VersionDescription: description,
        CreateTime: created,
        DefaultVersion: kept.defaultVersion === index + 1,
        LaunchTemplateData: data as LaunchTemplateVersion['LaunchTemplateData'],
      }))
      .filter(({ VersionNumber }) => !wanted || wanted.includes(VersionNumber));
  }

  private selected(ids?: readonly string[], names?: readonly string[]): Kept[] {
    if (ids?.length) return ids.map((LaunchTemplateId) => this.find({ LaunchTemplateId }));
    if (names?.length) return names.map((LaunchTemplateName) => this.find({ LaunchTemplateName }));
    return [...this.byId.values()];
  }
}
