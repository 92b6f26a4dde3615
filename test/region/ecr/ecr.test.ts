import { resource } from '../../support/resource';
import { testScope } from '../../support/scope';

const scope = testScope();
const { operations } = scope.service('ecr');
const repository = resource(scope, scope.service('ecr'), 'AWS::ECR::Repository');

test('a repository and its policies', () => {
  operations.CreateRepository({ repositoryName: 'team/app' });
  expect(operations.DescribeRepositories({ repositoryNames: ['team/app'] }).repositories).toMatchObject([
    {
      repositoryArn: 'arn:aws:ecr:us-east-1:111111111111:repository/team/app',
      repositoryUri: '111111111111.dkr.ecr.us-east-1.amazonaws.com/team/app',
    },
  ]);
  const asked = { repositoryName: 'team/app' };
  expect(() => operations.GetLifecyclePolicy(asked)).toThrow(
    expect.objectContaining({ code: 'LifecyclePolicyNotFoundException' }),
  );
  operations.PutLifecyclePolicy({ ...asked, lifecyclePolicyText: '{}' });
  expect(operations.GetLifecyclePolicy(asked)).toMatchObject({ lifecyclePolicyText: '{}' });
  expect(() => operations.DescribeImages({ ...asked, imageIds: [{ imageTag: 't' }] })).toThrow(
    expect.objectContaining({ code: 'ImageNotFoundException' }),
  );
});

test.each([
  ['Upper', 'InvalidParameterException'],
  ['team/app', 'RepositoryAlreadyExistsException'],
])('%s: %s', (repositoryName, code) => {
  expect(() => operations.CreateRepository({ repositoryName })).toThrow(expect.objectContaining({ code }));
});

test('as a resource', async () => {
  const { physicalId, attributes } = await repository.create({ ImageTagMutability: 'IMMUTABLE' });
  expect(attributes).toEqual({
    Arn: `arn:aws:ecr:us-east-1:111111111111:repository/${physicalId}`,
    RepositoryUri: `111111111111.dkr.ecr.us-east-1.amazonaws.com/${physicalId}`,
  });
  await repository.delete(physicalId, {});
  await repository.delete(physicalId, {});
  expect(() => operations.DescribeRepositories({ repositoryNames: [physicalId] })).toThrow(
    expect.objectContaining({ code: 'RepositoryNotFoundException' }),
  );
});
