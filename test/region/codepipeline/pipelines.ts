import type {
  ActionDeclaration,
  PipelineDeclaration,
  RuleDeclaration,
  StageDeclaration,
} from '@aws-sdk/client-codepipeline';
import { CodePipeline } from '../../../region/codepipeline/codepipeline';
import { Events } from '../../../region/events/events';
import type { Scope } from '../../../region/service';
import { type TestScope, testScope } from '../../support/scope';

/** A build that the test ends by hand. */
export interface FakeBuild {
  readonly id: string;
  readonly action: string;
  readonly input: any;
  readonly pipeline: any;
  end(result?: {
    status?: string;
    artifacts?: Record<string, Buffer>;
    variables?: Record<string, string>;
  }): void;
}

/** A scope in which CodePipeline and EventBridge are real and the services behind the actions are not. */
export function pipelineScope(fakes: Record<string, unknown> = {}) {
  const objects = new Map<string, Buffer>();
  const builds: FakeBuild[] = [];
  const projects: string[] = [];
  const finished = new Map<string, Promise<unknown>>();
  let commit = 'c1';

  const scope: TestScope = testScope({
    s3: {
      read: async (bucket: string, key: string) => objects.get(`${bucket}/${key}`),
      write: async (bucket: string, key: string, body: Buffer) => {
        objects.set(`${bucket}/${key}`, body);
        return { versionId: 'v1', etag: 'e1' };
      },
    },
    codecommit: {
      operations: {
        GetBranch: () => ({ branch: { commitId: commit } }),
        GetCommit: ({ commitId }: any) => ({
          commit: { message: `${commitId} subject\n\nbody`, author: { date: '1767225600 +0000' } },
        }),
      },
      archive: async (_: string, commitId: string) => Buffer.from(`tree of ${commitId}`),
    },
    codebuild: {
      start(input: any, pipeline: any) {
        const id = `build-${builds.length + 1}`;
        finished.set(
          id,
          new Promise((resolve) =>
            builds.push({
              id,
              action: pipeline.actionName,
              input,
              pipeline,
              end: ({ status = 'SUCCEEDED', artifacts, variables = {} } = {}) =>
                resolve({
                  build: { id, buildStatus: status, phases: failedPhase(status) },
                  artifacts:
                    artifacts ??
                    Object.fromEntries(pipeline.outputs.map((name: string) => [name, Buffer.from(id)])),
                  exportedVariables: variables,
                }),
            }),
          ),
        );
        return { id };
      },
      finished: (id: string) => finished.get(id),
      operations: {
        CreateProject: ({ name }: any) => void projects.push(name),
        DeleteProject: ({ name }: any) => void projects.splice(projects.indexOf(name), 1),
      },
    },
    codepipeline: (own: Scope) => new CodePipeline(own),
    events: (own: Scope) => new Events(own),
    ...fakes,
  });

  return {
    scope,
    objects,
    builds,
    /** Names of the projects that were created and not deleted. */
    projects,
    codepipeline: scope.service('codepipeline').operations as Record<string, (input: any, call?: any) => any>,
    push: (commitId: string) => {
      commit = commitId;
    },
    /** Lets everything that can happen without time passing happen. */
    settle: () => scope.clock.advance(0),
  };
}

function failedPhase(status: string) {
  const message = 'Error while executing command: npm test. Reason: exit status 1';
  if (status === 'SUCCEEDED') return [];
  return [
    {
      phaseType: 'BUILD',
      phaseStatus: 'FAILED',
      contexts: [{ statusCode: 'COMMAND_EXECUTION_ERROR', message }],
    },
  ];
}

export function action(
  type: string,
  name: string,
  configuration: Record<string, string>,
  more: Partial<ActionDeclaration> & { inputs?: string[]; outputs?: string[] } = {},
): ActionDeclaration {
  const [category, provider] = type.split(' ');
  const { inputs = [], outputs = [], ...rest } = more;
  return {
    name,
    actionTypeId: { category: category as any, owner: 'AWS', provider, version: '1' },
    configuration,
    inputArtifacts: inputs.map((artifact) => ({ name: artifact })),
    outputArtifacts: outputs.map((artifact) => ({ name: artifact })),
    ...rest,
  };
}

/** A rule that is named as its provider. */
export function rule(
  provider: string,
  configuration: Record<string, string>,
  more: Partial<RuleDeclaration> = {},
): RuleDeclaration {
  const ruleTypeId = { category: 'Rule', owner: 'AWS', provider, version: '1' } as const;
  return { name: provider, ruleTypeId, configuration, ...more };
}

export const SOURCE: StageDeclaration = {
  name: 'Source',
  actions: [
    action(
      'Source CodeCommit',
      'Commit',
      { RepositoryName: 'shop', BranchName: 'main', PollForSourceChanges: 'false' },
      { outputs: ['Code'], namespace: 'Commit' },
    ),
  ],
};

export function build(name: string, more: Parameters<typeof action>[3] = {}): ActionDeclaration {
  return action('Build CodeBuild', name, { ProjectName: name }, { inputs: ['Code'], ...more });
}

export function pipelineOf(
  stages: StageDeclaration[],
  more: Partial<PipelineDeclaration> = {},
): PipelineDeclaration {
  return {
    name: 'a-pipeline-with-a-long-name',
    roleArn: 'arn:aws:iam::111111111111:role/pipeline',
    pipelineType: 'V2',
    artifactStore: { type: 'S3', location: 'artifacts' },
    stages: [SOURCE, ...stages],
    ...more,
  };
}
