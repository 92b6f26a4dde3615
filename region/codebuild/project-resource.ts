import { randomBytes } from 'node:crypto';
import type { Project } from '@aws-sdk/client-codebuild';
import type { ResourceProvider, ResourceResult } from '../service';
import type { Projects } from './projects';

/** Properties whose names in the API are not the template's with a small first letter. */
const API_NAMES: Record<string, string> = { BuildSpec: 'buildspec', Visibility: 'projectVisibility' };

/** Values that a template may give as strings. */
const NUMBERS = new Set([
  'TimeoutInMinutes',
  'QueuedTimeoutInMinutes',
  'ConcurrentBuildLimit',
  'GitCloneDepth',
]);

export function projectProvider(projects: Projects): ResourceProvider {
  return {
    type: 'AWS::CodeBuild::Project',
    disposition: 'executed',
    properties: {
      Name: 'executed',
      Description: 'recorded',
      Source: 'executed',
      SourceVersion: 'executed',
      SecondarySources: 'executed',
      SecondarySourceVersions: 'executed',
      Artifacts: 'executed',
      SecondaryArtifacts: 'executed',
      Environment: 'executed',
      ServiceRole: 'executed',
      TimeoutInMinutes: 'executed',
      QueuedTimeoutInMinutes: 'recorded',
      ConcurrentBuildLimit: 'modelled',
      Cache: 'executed',
      LogsConfig: 'executed',
      EncryptionKey: 'recorded',
      VpcConfig: 'recorded',
      BadgeEnabled: 'recorded',
      Visibility: 'recorded',
      Tags: 'recorded',
    },
    async create(properties, { logicalId }) {
      // Without a name CloudFormation makes one of the logical id.
      const generated = `${logicalId}-${randomBytes(6).toString('hex')}`;
      return result(projects.create({ ...definition(properties), name: properties.Name ?? generated }));
    },
    async update(physicalId, properties) {
      return result(projects.replace({ ...definition(properties), name: physicalId }));
    },
    async delete(physicalId) {
      projects.remove(physicalId);
    },
  };
}

/** A project in the API's words. */
function definition(properties: Record<string, unknown>): Project {
  return lowerKeys(properties) as Project;
}

function lowerKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowerKeys);
  if (value === null || typeof value !== 'object')
    return value === 'true' ? true : value === 'false' ? false : value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      API_NAMES[key] ?? key[0].toLowerCase() + key.slice(1),
      NUMBERS.has(key) ? Number(inner) : key === 'Value' ? String(inner) : lowerKeys(inner),
    ]),
  );
}

function result(project: { name: string; arn: string }): ResourceResult {
  return { physicalId: project.name, attributes: { Arn: project.arn, Id: project.name } };
}
