import { resource } from '../../support/resource';
import { testScope } from '../../support/scope';

const scope = testScope();
const { operations } = scope.service('ssm');
const parameter = resource(scope, scope.service('ssm'), 'AWS::SSM::Parameter');
const value = (Name: string) => operations.GetParameter({ Name }).Parameter.Value;

test('a parameter keeps its versions', () => {
  expect(operations.PutParameter({ Name: '/a/b', Value: 'one', Type: 'String' })).toMatchObject({
    Version: 1,
  });
  expect(() => operations.PutParameter({ Name: '/a/b', Value: 'two' })).toThrow(
    expect.objectContaining({ code: 'ParameterAlreadyExists' }),
  );
  operations.PutParameter({ Name: '/a/b', Value: 'two', Overwrite: true });
  expect(value('/a/b')).toBe('two');
  expect(value('/a/b:1')).toBe('one');
  expect(value('arn:aws:ssm:us-east-1:111111111111:parameter/a/b')).toBe('two');
  expect(operations.GetParameterHistory({ Name: '/a/b' }).Parameters).toHaveLength(2);
});

test('by path, with and without what lies deeper', () => {
  for (const Name of ['/p/x', '/p/y/z', '/pq']) operations.PutParameter({ Name, Value: 'v', Type: 'String' });
  const names = (input: object) => operations.GetParametersByPath(input).Parameters.map(({ Name }) => Name);
  expect(names({ Path: '/p' })).toEqual(['/p/x']);
  expect(names({ Path: '/p/', Recursive: true })).toEqual(['/p/x', '/p/y/z']);
});

test('a public image parameter is an image id, always the same', () => {
  const Name = '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64';
  expect(value(Name)).toMatch(/^ami-[0-9a-f]{17}$/);
  expect(value(Name)).toBe(value(Name));
  expect(value(Name)).not.toBe(value(Name.replace('x86_64', 'arm64')));
});

test.each([
  [{ Name: '/aws/mine', Value: 'v', Type: 'String' }, 'AccessDeniedException'],
  [{ Name: 'a b', Value: 'v', Type: 'String' }, 'ValidationException'],
  [{ Name: 'a', Value: '', Type: 'String' }, 'ValidationException'],
  [{ Name: 'a', Value: 'v', Type: 'Number' }, 'ValidationException'],
])('%j: %s', (input, code) => {
  expect(() => operations.PutParameter(input)).toThrow(expect.objectContaining({ code }));
});

test('missing ones', () => {
  expect(() => value('/none')).toThrow(expect.objectContaining({ code: 'ParameterNotFound' }));
  expect(operations.GetParameters({ Names: ['/none'] })).toEqual({
    Parameters: [],
    InvalidParameters: ['/none'],
  });
});

test('as a resource', async () => {
  const properties = { Name: '/r', Type: 'String', Value: 'one' };
  const created = await parameter.create(properties);
  expect(created).toEqual({ physicalId: '/r', attributes: { Type: 'String', Value: 'one' } });
  await parameter.update('/r', { ...properties, Value: 'two' }, properties);
  expect(value('/r')).toBe('two');
  await parameter.delete('/r', properties);
  await parameter.delete('/r', properties);
  expect(() => value('/r')).toThrow();
});
