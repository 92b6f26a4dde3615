import type { Project } from '@aws-sdk/client-codebuild';
import { AwsError, type Scope } from '../service';
import { SOURCE_TYPES } from './source';

type Definition = Omit<Project, 'arn' | 'created' | 'lastModified'>;

const ARTIFACT_TYPES = ['CODEPIPELINE', 'NO_ARTIFACTS', 'S3'];

/** The build projects of an account and region. */
export class Projects {
  private readonly kept = new Map<string, Project & { name: string; arn: string }>();
  private readonly numbers = new Map<string, number>();

  constructor(private readonly scope: Scope) {}

  names(): string[] {
    return [...this.kept.keys()].sort();
  }

  get(name: string | undefined) {
    return name === undefined ? undefined : (this.kept.get(name) ?? this.byArn(name));
  }

  /** @throws ResourceNotFoundException */
  find(name: string | undefined) {
    const project = this.get(name);
    if (!project) {
      throw new AwsError('ResourceNotFoundException', `Project cannot be found: ${name}`);
    }
    return project;
  }

  create(definition: Definition) {
    const name = checked(definition);
    if (this.kept.has(name)) {
      throw new AwsError('ResourceAlreadyExistsException', `Project already exists: ${this.arn(name)}`);
    }
    const now = new Date(this.scope.clock.now());
    return this.put(name, { ...definition, created: now, lastModified: now });
  }

  /** Gives a project a new definition. */
  replace(definition: Definition) {
    const name = checked(definition);
    const { created } = this.find(name);
    return this.put(name, { ...definition, created, lastModified: new Date(this.scope.clock.now()) });
  }

  remove(name: string): void {
    this.kept.delete(name);
  }

  /** The number of the next build; counted on where a project of that name is made again. */
  nextNumber(name: string): number {
    const number = (this.numbers.get(name) ?? 0) + 1;
    this.numbers.set(name, number);
    return number;
  }

  private put(name: string, project: Project) {
    const full = {
      timeoutInMinutes: 60,
      queuedTimeoutInMinutes: 480,
      cache: { type: 'NO_CACHE' as const },
      encryptionKey: `arn:aws:kms:${this.scope.region}:${this.scope.accountId}:alias/aws/s3`,
      ...project,
      name,
      arn: this.arn(name),
    };
    this.kept.set(name, full);
    return full;
  }

  private arn(name: string): string {
    return `arn:aws:codebuild:${this.scope.region}:${this.scope.accountId}:project/${name}`;
  }

  private byArn(arn: string) {
    return [...this.kept.values()].find((project) => project.arn === arn);
  }
}

function checked(project: Definition): string {
  const refuse = (message: string): never => {
    throw new AwsError('InvalidInputException', `Project ${project.name}: ${message}`);
  };
  if (!project.name || !/^[A-Za-z0-9][\w-]{1,254}$/.test(project.name)) {
    refuse(
      'allowed names are 2 to 255 letters, digits, dashes and underscores, beginning with a letter or digit',
    );
  }
  for (const source of [project.source, ...(project.secondarySources ?? [])]) {
    if (!source?.type || !SOURCE_TYPES.includes(source.type)) {
      refuse(`source type ${source?.type} is not played; allowed are ${SOURCE_TYPES.join(', ')}`);
    }
  }
  for (const artifacts of [project.artifacts, ...(project.secondaryArtifacts ?? [])]) {
    if (!artifacts?.type || !ARTIFACT_TYPES.includes(artifacts.type)) {
      refuse(`artifacts type ${artifacts?.type}; allowed are ${ARTIFACT_TYPES.join(', ')}`);
    }
  }
  const inPipeline = project.source?.type === 'CODEPIPELINE';
  if (inPipeline !== (project.artifacts?.type === 'CODEPIPELINE')) {
    refuse('source and artifacts must both be of type CODEPIPELINE, or neither');
  }
  if (project.source?.type === 'NO_SOURCE' && !project.source.buildspec) {
    refuse('a project without a source needs a buildspec');
  }
  const timeout = project.timeoutInMinutes ?? 60;
  if (!(timeout >= 5 && timeout <= 2160)) {
    refuse(`timeoutInMinutes is ${timeout}; allowed are 5 to 2160`);
  }
  if (!project.serviceRole) refuse('a service role is required');
  for (const { name, type } of project.environment?.environmentVariables ?? []) {
    if (type === 'SECRETS_MANAGER') {
      refuse(`environment variable ${name} is of type SECRETS_MANAGER, which is not played`);
    }
  }
  return project.name!;
}
