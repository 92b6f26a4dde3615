import { action, build, pipelineOf, pipelineScope, SOURCE } from '../../region/codepipeline/pipelines';
import { DESCRIPTION, synthesize } from '../../support/synthesize';

const { pipeline } = synthesize({ ...DESCRIPTION, approveProduction: true });

function stages(template = pipeline): any[] {
  const [resource] = Object.values(template.findResources('AWS::CodePipeline::Pipeline'));
  return resource.Properties.Stages;
}

test('it stands in a stage of its own before production', () => {
  expect(stages().map(({ Name }) => Name)).toEqual([
    'Source',
    'Build',
    'UpdatePipeline',
    'beta',
    'Approval',
    'prod',
  ]);
});

test('without it a release goes through to production', () => {
  const names = stages(synthesize().pipeline).map(({ Name }) => Name);
  expect(names).not.toContain('Approval');
});

test('stands before the first wave of production alone', () => {
  const [beta, prod] = DESCRIPTION.environments;
  const { pipeline } = synthesize({
    ...DESCRIPTION,
    approveProduction: true,
    production: 'west',
    environments: [beta, { ...prod, name: 'west' }, { ...prod, name: 'east' }],
  });
  const [, , , ...road] = stages(pipeline).map(({ Name }) => Name);
  expect(road).toEqual(['beta', 'Approval', 'west', 'east']);
});

describe('played: the approval is of the commit that was tested', () => {
  /** The pipeline's own source and approval, and a build that stands for production. */
  async function played() {
    const [source, approval] = ['Source', 'Approval'].map(
      (stage) => stages().find(({ Name }) => Name === stage).Actions[0],
    );
    const { actions: [commit] = [], name } = SOURCE;
    const play = pipelineScope();
    const declared = pipelineOf([
      { name: 'Approval', actions: [action('Approval Manual', approval.Name, approval.Configuration)] },
      { name: 'prod', actions: [build('Deploy')] },
    ]);
    const pipeline = {
      ...declared,
      stages: [{ name, actions: [{ ...commit, namespace: source.Namespace }] }, ...declared.stages!.slice(1)],
    };
    await play.codepipeline.CreatePipeline({ pipeline });
    await play.settle();
    const push = async (commitId: string) => {
      play.push(commitId);
      await play.codepipeline.StartPipelineExecution({ name: pipeline.name });
      await play.settle();
    };
    const asked = () =>
      play.codepipeline.GetPipelineState({ name: pipeline.name }).stageStates[1].actionStates[0]
        .latestExecution;
    const answer = async (token: string, status: string) => {
      const result = { status, summary: 'looked at it' };
      const asked = { pipelineName: pipeline.name, stageName: 'Approval', actionName: approval.Name };
      play.codepipeline.PutApprovalResult({ ...asked, result, token });
      await play.settle();
    };
    return { ...play, push, asked, answer };
  }

  test('the comment names it, and a newer one waits for an approval of its own', async () => {
    const { push, asked, answer, builds } = await played();
    const first = asked();
    expect(first.summary).toBe('Commit c1, released to beta. Next is production: prod');
    await push('c2');
    expect(asked().token).toBe(first.token);

    await answer(first.token, 'Approved');
    expect(builds.map((production) => production.pipeline.sourceVersion)).toEqual(['c1']);
    expect(asked()).toMatchObject({ status: 'InProgress', summary: expect.stringContaining('Commit c2,') });
    await expect(answer(first.token, 'Approved')).rejects.toMatchObject({
      name: 'InvalidApprovalTokenException',
    });
  });

  test('a rejected one does not reach production', async () => {
    const { asked, answer, builds } = await played();
    await answer(asked().token, 'Rejected');
    expect(asked().status).toBe('Failed');
    expect(builds).toHaveLength(0);
  });
});
