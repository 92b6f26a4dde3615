import { BatchGetBuildsCommand, CodeBuildClient } from '@aws-sdk/client-codebuild';
import {
  ApprovalRuleNameAlreadyExistsException,
  CodeCommitClient,
  CreatePullRequestApprovalRuleCommand,
  GetCommentsForPullRequestCommand,
  PostCommentForPullRequestCommand,
  PullRequestAlreadyClosedException,
  RevisionNotCurrentException,
  UpdateCommentCommand,
  UpdatePullRequestApprovalStateCommand,
} from '@aws-sdk/client-codecommit';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { handler } from '../../../lambda/review/handler';
import 'aws-sdk-client-mock-jest';

const codebuild = mockClient(CodeBuildClient);
const codecommit = mockClient(CodeCommitClient);
const s3 = mockClient(S3Client);
const sts = mockClient(STSClient);

const IDENTITY = 'arn:aws:sts::111111111111:assumed-role/harbor-review/Review';
const BUILD = 'ReviewBuild:6f9c7f4e';
const EMPTY = { resources: [], permissions: [], network: [] };
const UPLOADED = { phaseType: 'UPLOAD_ARTIFACTS', phaseStatus: 'SUCCEEDED' } as const;

beforeEach(() => {
  for (const mock of [codebuild, codecommit, s3, sts]) mock.reset();
  process.env.AWS_REGION = 'us-east-1';
  process.env.REPOSITORY = 'harbor';
  jest.spyOn(console, 'log').mockImplementation(() => {});
  sts.on(GetCallerIdentityCommand).resolves({ Arn: IDENTITY });
  codecommit.on(GetCommentsForPullRequestCommand).resolves({ commentsForPullRequestData: [] });
});

afterEach(() => jest.restoreAllMocks());

describe.each(['pullRequestCreated', 'pullRequestSourceBranchUpdated'])('%s', (event) => {
  const changed: any = {
    'detail-type': 'CodeCommit Pull Request State Change',
    detail: { event, pullRequestId: '7' },
  };

  test('the approval of this function, in whatever session, is needed from now on', async () => {
    await handler(changed);

    const [call] = codecommit.commandCalls(CreatePullRequestApprovalRuleCommand);
    const { approvalRuleContent, ...rest } = call.args[0].input;
    expect(rest).toEqual({ pullRequestId: '7', approvalRuleName: 'Review' });
    expect(JSON.parse(approvalRuleContent!)).toEqual({
      Version: '2018-11-08',
      Statements: [
        {
          Type: 'Approvers',
          NumberOfApprovalsNeeded: 1,
          ApprovalPoolMembers: ['arn:aws:sts::111111111111:assumed-role/harbor-review/*'],
        },
      ],
    });
  });

  test.each([
    ['has its rule already: events arrive at least once', ApprovalRuleNameAlreadyExistsException],
    ['is closed already, its branch deleted perhaps', PullRequestAlreadyClosedException],
  ])('a pull request that %s is left alone', async (_, Refused) => {
    codecommit.on(CreatePullRequestApprovalRuleCommand).rejects(refusal(Refused));

    await expect(handler(changed)).resolves.toBeUndefined();
  });

  test('any other error fails the invocation, so that Lambda tries again', async () => {
    codecommit.on(CreatePullRequestApprovalRuleCommand).rejects(new Error('throttled'));

    await expect(handler(changed)).rejects.toThrow('throttled');
  });
});

describe('a build that succeeded', () => {
  beforeEach(() => {
    build({ buildStatus: 'SUCCEEDED', phases: [UPLOADED] });
    comparison(EMPTY);
  });

  test('approves the revision that was built', async () => {
    await handler(ended());

    expect(codebuild).toHaveReceivedCommandWith(BatchGetBuildsCommand, { ids: [BUILD] });
    expect(codecommit).toHaveReceivedCommandWith(UpdatePullRequestApprovalStateCommand, {
      pullRequestId: '7',
      revisionId: 'r1',
      approvalState: 'APPROVE',
    });
  });

  test('needs the approval of this function, even if its opening has not been heard of yet', async () => {
    await handler(ended());

    expect(codecommit).toHaveReceivedNthCommandWith(1, CreatePullRequestApprovalRuleCommand, {
      pullRequestId: '7',
      approvalRuleName: 'Review',
    });
  });

  test('is told in a comment on the commits that it compared, once for one build', async () => {
    await handler(ended());

    expect(codecommit).toHaveReceivedCommandWith(PostCommentForPullRequestCommand, {
      pullRequestId: '7',
      repositoryName: 'harbor',
      beforeCommitId: 'd'.repeat(40),
      afterCommitId: 'a'.repeat(40),
      clientRequestToken: BUILD,
    });
    expect(posted()).toBe(
      [
        '## Review of aaaaaaaa: passed',
        '[Log of the build](https://log)',
        'No difference in what is declared.',
      ].join('\n\n'),
    );
    expect(codecommit).not.toHaveReceivedCommand(UpdateCommentCommand);
  });

  test('brings the one comment of this function up to date, whatever others wrote', async () => {
    const of = (authorArn: string, commentId: string, deleted = false) => ({
      comments: [{ authorArn, commentId, deleted }],
    });
    codecommit
      .on(GetCommentsForPullRequestCommand)
      .resolvesOnce({
        commentsForPullRequestData: [of('arn:ann', 'hers'), of(IDENTITY, 'deleted', true)],
        nextToken: 'more',
      })
      .resolvesOnce({ commentsForPullRequestData: [of(IDENTITY, 'ours')] });
    await handler(ended());

    expect(codecommit).toHaveReceivedCommandWith(UpdateCommentCommand, {
      commentId: 'ours',
      content: expect.stringContaining('Review of aaaaaaaa: passed'),
    });
    expect(codecommit).not.toHaveReceivedCommand(PostCommentForPullRequestCommand);
  });

  test.each([
    ['that is of an older revision, and ended after the newer one', RevisionNotCurrentException],
    ['whose pull request is closed, its branch deleted perhaps', PullRequestAlreadyClosedException],
  ])('%s changes nothing', async (_, Refused) => {
    codecommit.on(UpdatePullRequestApprovalStateCommand).rejects(refusal(Refused));
    await handler(ended());

    expect(codecommit).not.toHaveReceivedCommand(PostCommentForPullRequestCommand);
    expect(codecommit).not.toHaveReceivedCommand(UpdateCommentCommand);
  });

  test('is not approved while its comparison cannot be read', async () => {
    s3.on(GetObjectCommand).resolves({ Body: { transformToString: async () => '{"resources":' } as any });

    await expect(handler(ended())).rejects.toThrow('JSON');
    expect(codecommit).not.toHaveReceivedCommand(UpdatePullRequestApprovalStateCommand);
  });

  test('that nobody could approve fails the invocation, so that Lambda tries again', async () => {
    codecommit.on(UpdatePullRequestApprovalStateCommand).rejects(new Error('throttled'));

    await expect(handler(ended())).rejects.toThrow('throttled');
  });
});

test.each([
  ['FAILED', 'failed'],
  ['STOPPED', 'stopped before its end'],
  ['TIMED_OUT', 'timed out'],
  ['FAULT', 'not run to its end, by a fault of CodeBuild'],
] as const)('a build that ended %s takes the approval back and says why', async (buildStatus, told) => {
  const contexts = [{ message: 'Error while executing command: npm run test:app. Reason: exit status 1' }];
  build({ buildStatus, phases: [{ phaseType: 'BUILD', phaseStatus: 'FAILED', contexts }] });
  await handler(ended());

  expect(codecommit).toHaveReceivedCommandWith(UpdatePullRequestApprovalStateCommand, {
    revisionId: 'r1',
    approvalState: 'REVOKE',
  });
  expect(posted()).toContain(`Review of aaaaaaaa: ${told}`);
  expect(posted()).toContain('Failed in BUILD: Error while executing command: npm run test:app.');
  expect(posted()).toContain('were not compared: the build did not come that far');
  expect(s3).not.toHaveReceivedAnyCommand();
});

test('a build whose tests failed is told with what it compared before', async () => {
  build({ buildStatus: 'FAILED', phases: [{ phaseType: 'BUILD', phaseStatus: 'FAILED' }, UPLOADED] });
  const stack = 'beta/Service';
  comparison({
    resources: [
      { change: 'added', stack, logicalId: 'Topic', type: 'AWS::SNS::Topic', properties: [] },
      { change: 'replaced', stack, logicalId: 'Vpc', type: 'AWS::EC2::VPC', properties: ['CidrBlock'] },
    ],
    permissions: [{ stack, logicalId: 'Role', text: 'Allow s3:* on *' }],
    network: [{ stack, logicalId: 'Group', text: 'Let in tcp 22 from 0.0.0.0/0' }],
  });
  await handler(ended());

  expect(s3).toHaveReceivedCommandWith(GetObjectCommand, {
    Bucket: 'artifacts',
    Key: 'reviews/6f9c7f4e/result/comparison.json',
  });
  expect(posted()!.split('\n\n').slice(3)).toEqual([
    '**Resources replaced: 1**',
    '- `beta/Service: AWS::EC2::VPC Vpc (CidrBlock)`',
    '**Permissions widened: 1**',
    '- `beta/Service: Role: Allow s3:* on *`',
    '**Network opened: 1**',
    '- `beta/Service: Group: Let in tcp 22 from 0.0.0.0/0`',
    '**Resources added: 1**',
    '- `beta/Service: AWS::SNS::Topic Topic`',
  ]);
});

test('a base that cannot be synthesized is told, and does not keep from approving what mends it', async () => {
  build({ buildStatus: 'SUCCEEDED', phases: [UPLOADED] });
  comparison(null);
  await handler(ended());

  expect(posted()).toContain('The templates were not compared: the commit before cannot be synthesized.');
  expect(codecommit).toHaveReceivedCommandWith(UpdatePullRequestApprovalStateCommand, {
    approvalState: 'APPROVE',
  });
});

test('a comment fits into what CodeCommit takes', async () => {
  build({ buildStatus: 'SUCCEEDED', phases: [UPLOADED] });
  const many = (text: string) =>
    Array.from({ length: 50 }, (_, n) => ({ stack: 'S', logicalId: `Role${n}`, text: text.repeat(500) }));
  comparison({ ...EMPTY, permissions: many('p'), network: many('n') });
  await handler(ended());

  expect(posted()!.length).toBeLessThanOrEqual(10_240);
  expect(posted()).toContain('- and 30 more: the log has them all');
});

test('a build that somebody started by hand is none of a pull request', async () => {
  codebuild.on(BatchGetBuildsCommand).resolves({ builds: [{ id: BUILD, buildStatus: 'SUCCEEDED' }] });
  await handler(ended());

  expect(codecommit).not.toHaveReceivedAnyCommand();
});

test('an event of a build that does not exist fails the invocation', async () => {
  codebuild.on(BatchGetBuildsCommand).resolves({ builds: [], buildsNotFound: [BUILD] });

  await expect(handler(ended())).rejects.toThrow('does not exist');
});

function ended(): any {
  return {
    'detail-type': 'CodeBuild Build State Change',
    detail: { 'build-id': `arn:aws:codebuild:us-east-1:111111111111:build/${BUILD}` },
  };
}

function build(facts: object): void {
  const variables = {
    PULL_REQUEST_ID: '7',
    REVISION_ID: 'r1',
    SOURCE_COMMIT: 'a'.repeat(40),
    DESTINATION_COMMIT: 'd'.repeat(40),
  };
  const environmentVariables = Object.entries(variables).map(([name, value]) => ({ name, value }));
  const known: any = {
    id: BUILD,
    environment: { environmentVariables },
    logs: { deepLink: 'https://log' },
    artifacts: { location: 'arn:aws:s3:::artifacts/reviews/6f9c7f4e/result' },
    ...facts,
  };
  codebuild.on(BatchGetBuildsCommand).resolves({ builds: [known] });
}

function comparison(value: unknown): void {
  s3.on(GetObjectCommand).resolves({ Body: { transformToString: async () => JSON.stringify(value) } as any });
}

function posted(): string | undefined {
  return codecommit.commandCalls(PostCommentForPullRequestCommand)[0]?.args[0].input.content;
}

function refusal(Refused: new (options: any) => Error): Error {
  return new Refused({ message: 'refused', $metadata: {} });
}
