import type { PipelineDeclaration, Tag } from '@aws-sdk/client-codepipeline';
import {
  AwsError,
  type AwsService,
  type Call,
  type Operation,
  type ResourceProvider,
  type Scope,
} from '../service';
import { actionErrors } from './actions/actions';
import { Answers } from './answers';
import { conditionOperations } from './condition-operations';
import { Pipeline } from './engine/pipeline';
import { executionOperations } from './execution-operations';
import { Jobs } from './jobs';
import { pipelineResource } from './pipeline-resource';
import { READINGS, type Readings } from './readings';
import { ruleErrors } from './rules/rules';
import { stateOperations } from './state-operations';
import { structureErrors } from './structure/structure';
import { unplayed } from './structure/unplayed';

export interface ApprovalAnswer {
  readonly status: 'Approved' | 'Rejected';
  readonly summary: string;
  /** ARN of the person. */
  readonly by: string;
}

/** AWS CodePipeline in one account and region. */
export class CodePipeline implements AwsService {
  readonly operations: Record<string, Operation>;
  readonly resources: readonly ResourceProvider[];
  /** The jobs of Lambda actions. */
  readonly jobs = new Jobs();
  /** The approvals that wait for a person. */
  readonly approvals = new Answers<ApprovalAnswer>();
  private readonly pipelines = new Map<string, Pipeline>();
  private readonly tags = new Map<string, Tag[]>();

  /** @param readings what is followed where AWS's texts on stage conditions disagree */
  constructor(
    readonly scope: Scope,
    private readonly readings: Readings = READINGS,
  ) {
    this.operations = {
      CreatePipeline: ({ pipeline, tags }, call) => this.create(pipeline, tags, call),
      GetPipeline: ({ name, version }) => this.get(name, version),
      UpdatePipeline: ({ pipeline }) => this.update(pipeline),
      DeletePipeline: ({ name }) => this.delete(name),
      ListPipelines: () => this.list(),
      ListTagsForResource: ({ resourceArn }) => ({ tags: this.tagsOf(resourceArn) }),
      TagResource: ({ resourceArn, tags }) => this.setTags(resourceArn, tags, keysOf(tags)),
      UntagResource: ({ resourceArn, tagKeys }) => this.setTags(resourceArn, [], tagKeys),
      PutJobSuccessResult: (input) => this.jobs.succeed(input),
      PutJobFailureResult: ({ jobId, failureDetails }) => this.jobs.fail(jobId, failureDetails),
      GetJobDetails: ({ jobId }) => ({ jobDetails: this.jobs.get(jobId) }),
      AcknowledgeJob: ({ jobId }) => this.jobs.acknowledge(jobId),
      ...executionOperations(this),
      ...stateOperations(this),
      ...conditionOperations(this),
    };
    this.resources = [pipelineResource(this)];
  }

  find(name: string | undefined): Pipeline {
    const pipeline = this.pipelines.get(name ?? '');
    if (!pipeline) {
      throw new AwsError(
        'PipelineNotFoundException',
        `Account ${this.scope.accountId} does not have a pipeline with name '${name}'`,
      );
    }
    return pipeline;
  }

  /** Creating a pipeline also starts it. */
  private create(declaration: PipelineDeclaration, tags: Tag[] = [], call?: Call) {
    if (this.pipelines.has(declaration.name!)) {
      throw new AwsError(
        'PipelineNameInUseException',
        `A pipeline with the name '${declaration.name}' already exists in account '${this.scope.accountId}'`,
      );
    }
    check(declaration, this.scope.region);
    const pipeline = new Pipeline(this.scope, declaration, this.readings);
    this.pipelines.set(declaration.name!, pipeline);
    this.tags.set(declaration.name!, tags);
    pipeline.announce.note('PipelineCreated', `created with ${declaration.stages!.length} stages`);
    pipeline.start({ trigger: { triggerType: 'CreatePipeline', triggerDetail: call?.principalArn } });
    return { pipeline: pipeline.declaration, tags };
  }

  private get(name: string, version?: number) {
    const { declaration, created, updated, announce } = this.find(name);
    if (version !== undefined && version !== declaration.version) {
      throw new AwsError(
        'PipelineVersionNotFoundException',
        `Pipeline ${name}: found version ${version}; the region keeps the current one, ${declaration.version}`,
      );
    }
    return { pipeline: declaration, metadata: { pipelineArn: announce.pipelineArn, created, updated } };
  }

  private update(declaration: PipelineDeclaration) {
    const pipeline = this.find(declaration.name);
    check(declaration, this.scope.region);
    pipeline.update(declaration);
    return { pipeline: pipeline.declaration };
  }

  private delete(name: string) {
    this.pipelines.get(name)?.close();
    this.pipelines.delete(name);
    return {};
  }

  private list() {
    return {
      pipelines: [...this.pipelines.values()].map(({ declaration, created, updated }) => ({
        name: declaration.name,
        version: declaration.version,
        pipelineType: declaration.pipelineType ?? 'V1',
        executionMode: declaration.executionMode ?? 'SUPERSEDED',
        created,
        updated,
      })),
    };
  }

  private tagsOf(arn: string): Tag[] {
    const name = arn.split(':').at(-1)!;
    this.find(name);
    return this.tags.get(name) ?? [];
  }

  /** Puts tags in the place of those with the given keys. */
  private setTags(arn: string, tags: Tag[], keys: readonly string[]) {
    const kept = this.tagsOf(arn).filter((tag) => !keys.includes(tag.key!));
    this.tags.set(arn.split(':').at(-1)!, [...kept, ...tags]);
    return {};
  }

  async stop(): Promise<void> {
    for (const pipeline of this.pipelines.values()) pipeline.close();
  }
}

/** Refuses what AWS refuses, and what the region cannot play. */
function check(pipeline: PipelineDeclaration, region: string): void {
  const structure = structureErrors(pipeline, region).map((error) => error.message);
  if (structure.length > 0) throw new AwsError('InvalidStructureException', structure.join('\n'));
  const actions = actionErrors(pipeline);
  if (actions.length > 0) throw new AwsError('InvalidActionDeclarationException', actions.join('\n'));
  const stages = [...ruleErrors(pipeline), ...unplayed(pipeline)];
  if (stages.length > 0) throw new AwsError('InvalidStageDeclarationException', stages.join('\n'));
}

function keysOf(tags: readonly Tag[]): string[] {
  return tags.map((tag) => tag.key!);
}
