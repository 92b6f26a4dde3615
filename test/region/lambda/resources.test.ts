import { zipOf } from '../../../region/zip/zip';
import { resource } from '../../support/resource';
import { testScope } from '../../support/scope';

const ROLE = 'arn:aws:iam::111111111111:role/react';
const ARN = 'arn:aws:lambda:us-east-1:111111111111:function:react';

it('plays a function with its code from S3, its own log group, version, alias and permission', async () => {
  const scope = testScope();
  const call = (service: 's3' | 'lambda' | 'logs', name: string, input: any): any =>
    scope.service(service).operations[name]!(input);
  await call('s3', 'CreateBucket', { Bucket: 'assets' });
  const source = 'exports.handler = async () => console.log("from S3")';
  await scope.service('s3').write('assets', 'code.zip', await zipOf({ 'index.js': source }));
  const { physicalId: logGroup } = await resource(scope, scope.service('logs'), 'AWS::Logs::LogGroup').create(
    {
      RetentionInDays: 90,
    },
  );

  const fn = resource(scope, scope.service('lambda'), 'AWS::Lambda::Function');
  const properties = {
    FunctionName: 'react',
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Role: ROLE,
    Timeout: '20',
    Code: { S3Bucket: 'assets', S3Key: 'code.zip' },
    LoggingConfig: { LogGroup: logGroup },
  };
  expect(await fn.create(properties)).toEqual({ physicalId: 'react', attributes: { Arn: ARN } });
  expect(
    await resource(scope, scope.service('lambda'), 'AWS::Lambda::Version').create({ FunctionName: 'react' }),
  ).toEqual({
    physicalId: `${ARN}:1`,
    attributes: { FunctionArn: `${ARN}:1`, Version: '1' },
  });
  const alias = { FunctionName: 'react', Name: 'live', FunctionVersion: '1' };
  expect(
    (await resource(scope, scope.service('lambda'), 'AWS::Lambda::Alias').create(alias)).physicalId,
  ).toBe(`${ARN}:live`);
  await call('lambda', 'Invoke', { FunctionName: `${ARN}:live` });
  const { events } = call('logs', 'FilterLogEvents', { logGroupName: logGroup, filterPattern: '"from S3"' });
  expect(events).toHaveLength(1);

  const inline = { ...properties, Code: { ZipFile: 'exports.handler = async () => process.env.STAGE' } };
  await fn.update('react', { ...inline, Environment: { Variables: { STAGE: 'beta' } } }, properties);
  const { Payload } = await call('lambda', 'Invoke', { FunctionName: 'react' });
  expect(String(Payload)).toBe('"beta"');
  await fn.update('react', inline, inline);
  expect(String((await call('lambda', 'Invoke', { FunctionName: 'react' })).Payload)).toBe('null');

  const permission = resource(scope, scope.service('lambda'), 'AWS::Lambda::Permission');
  const allowed = { FunctionName: ARN, Action: 'lambda:InvokeFunction', Principal: 'sns.amazonaws.com' };
  const { physicalId } = await permission.create(allowed);
  expect(call('lambda', 'GetPolicy', { FunctionName: 'react' }).Policy).toContain('sns.amazonaws.com');
  await fn.delete('react', properties);
  await permission.delete(physicalId, allowed);
  await fn.delete('react', properties);
});

it('fails to create a function of a runtime it has no engine for', async () => {
  const scope = testScope();
  const fn = resource(scope, scope.service('lambda'), 'AWS::Lambda::Function');
  const properties = { Runtime: 'python3.13', Handler: 'index.handler', Role: ROLE, Code: { ZipFile: '' } };
  await expect(fn.create(properties)).rejects.toThrow('Runtime is python3.13; nodejs*.x is played here');
});
