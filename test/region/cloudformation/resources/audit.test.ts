import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Repository } from 'aws-cdk-lib/aws-codecommit';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { checkDescription } from '../../../../lib/config/check';
import { Security } from '../../../../lib/security/security';
import { Region } from '../../../../region/region';
import { temporaryFolder } from '../../../support/folder';
import { DESCRIPTION } from '../../../support/synthesize';

let region: Region;
beforeAll(async () => {
  region = await Region.start({ folder: temporaryFolder('security') });
});
afterAll(() => region?.stop());

test('what the description may ask of security deploys, and the ledger says what is done with it', async () => {
  const { home } = region;
  const iam = home.service('iam').operations;
  await iam.CreateGroup!({ GroupName: 'developers' });
  await iam.CreateRole!({ RoleName: 'developer', AssumeRolePolicyDocument: '{}' });
  const stack = new Stack(new App(), 'Protected');
  new Security(stack, 'Security', {
    delivery: checkDescription(
      {
        ...DESCRIPTION,
        security: {
          cloudTrail: true,
          guardDuty: true,
          inspector: true,
          protectBranch: { groups: ['developers'], roles: ['developer'] },
        },
      },
      'delivery.ts',
    ),
    repository: new Repository(stack, 'Repository', { repositoryName: 'harbor' }),
    artifacts: [new Bucket(stack, 'Artifacts')],
  });
  const { Parameters: _, Rules: __, ...template } = Template.fromStack(stack).toJSON();
  await home.service('cloudformation').operations.CreateStack!({
    StackName: 'protected',
    TemplateBody: JSON.stringify(template),
    Capabilities: ['CAPABILITY_IAM'],
  });
  const finished = await home.service('cloudformation').finished('protected');
  expect(finished).toMatchObject({ StackStatus: 'CREATE_COMPLETE' });
  const resources = region.ledger.entries().filter(({ property }) => property === undefined);
  expect(resources).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ type: 'AWS::CloudTrail::Trail', disposition: 'recorded' }),
      expect.objectContaining({ type: 'AWS::GuardDuty::Detector', disposition: 'recorded' }),
      expect.objectContaining({ type: 'AWS::IAM::ManagedPolicy', disposition: 'modelled' }),
      expect.objectContaining({ type: 'Custom::Inspector', disposition: 'executed' }),
    ]),
  );
});
