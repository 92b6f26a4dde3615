import { Match } from 'aws-cdk-lib/assertions';
import { checkDescription } from '../../../lib/config/check';
import { DESCRIPTION, synthesize } from '../../support/synthesize';

const connectionArn = 'arn:aws:codeconnections:eu-central-1:111111111111:connection/7d2469ff';
const connected = (changes: object = {}) => ({
  ...DESCRIPTION,
  source: { connectionArn, repository: 'acme/harbor', ...changes },
});

test('CodeCommit unless something else is said: the repository outlives the stack', () => {
  const { pipeline } = synthesize();
  pipeline.hasResource('AWS::CodeCommit::Repository', {
    Properties: { RepositoryName: 'harbor' },
    DeletionPolicy: 'Retain',
  });
  pipeline.hasOutput('RepositoryUrl', {});
});

describe('a repository behind a connection', () => {
  const { pipeline } = synthesize(connected());

  test('is the source of the pipeline, in place of one in CodeCommit', () => {
    pipeline.hasResourceProperties('AWS::CodePipeline::Pipeline', {
      Stages: Match.arrayWith([
        Match.objectLike({
          Name: 'Source',
          Actions: [
            Match.objectLike({
              Name: 'Source',
              ActionTypeId: Match.objectLike({ Provider: 'CodeStarSourceConnection' }),
              Configuration: {
                ConnectionArn: connectionArn,
                FullRepositoryId: 'acme/harbor',
                BranchName: 'main',
              },
            }),
          ],
        }),
      ]),
    });
    pipeline.resourceCountIs('AWS::CodeCommit::Repository', 0);
    expect(pipeline.findOutputs('RepositoryUrl')).toEqual({});
  });

  test('may be used by the name the service has now, too', () => {
    pipeline.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: Match.arrayWith(['codeconnections:UseConnection']),
            Resource: connectionArn,
          }),
        ]),
      },
    });
  });

  test('gives the commit that the tests after a deployment look for', () => {
    expect(JSON.stringify(pipeline.toJSON())).toContain('#{Source@acme_harbor.CommitId}');
  });
});

test('the owner of a GitLab repository may be a group in a group', () => {
  const { pipeline } = synthesize(connected({ repository: 'acme/ships/harbor' }));
  expect(JSON.stringify(pipeline.toJSON())).toContain('"FullRepositoryId":"acme/ships/harbor"');
});

test.each([
  [
    { connectionArn: 'arn:aws:codecommit:eu-central-1:111111111111:harbor' },
    'delivery.ts: source.connectionArn: found',
  ],
  [{ repository: 'harbor' }, 'delivery.ts: source.repository: found "harbor", allowed is owner/name'],
])('%j is refused', (changes, message) => {
  expect(() => checkDescription(connected(changes), 'delivery.ts')).toThrow(message);
});
