import { describeParameter, resolveParameters } from '../../../../region/cloudformation/template/parameters';
import { cloudFormationWith, fakeProviders } from '../support';

const { scope } = cloudFormationWith(fakeProviders(), { parameters: { '/ami': 'ami-1', '/zones': 'a, b' } });

const resolve = (Parameters: any, given: any[] = [], previous = new Map()) =>
  resolveParameters({ Parameters, Resources: {} }, given, previous, scope);
const value = (name: string, text: string) => ({ ParameterKey: name, ParameterValue: text });

test('values come from the request, the stack or the default; lists are split', async () => {
  const declared = {
    Given: { Type: 'String', Default: 'd' },
    Kept: { Type: 'Number' },
    Default: { Type: 'CommaDelimitedList', Default: 'a, b' },
    Empty: { Type: 'CommaDelimitedList', Default: '' },
  };
  const before = await resolve(declared, [value('Given', 'g'), value('Kept', '7')]);
  const after = await resolve(declared, [{ ParameterKey: 'Kept', UsePreviousValue: true }], before);
  expect([...after.values()].map((parameter) => parameter.value)).toEqual(['d', '7', ['a', 'b'], ['']]);
});

test('SSM parameters are read, and described with both name and value', async () => {
  const parameters = await resolve({
    Ami: { Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>', Default: '/ami' },
    Zones: { Type: 'AWS::SSM::Parameter::Value<List<String>>', Default: '/zones' },
  });
  expect(parameters.get('Zones')?.value).toEqual(['a', 'b']);
  expect(describeParameter(parameters.get('Ami')!)).toEqual({
    ParameterKey: 'Ami',
    ParameterValue: '/ami',
    ResolvedValue: 'ami-1',
  });
  await expect(
    resolve({ A: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/none' } }),
  ).rejects.toThrow('Unable to fetch parameters [/none] from parameter store for this account.');
});

test('NoEcho hides the value', async () => {
  const parameters = await resolve({ Secret: { Type: 'String', NoEcho: true, Default: 's' } });
  expect(describeParameter(parameters.get('Secret')!).ParameterValue).toBe('****');
});

test.each<[any, any[], string]>([
  [{ A: { Type: 'String' }, B: { Type: 'String' } }, [], 'Parameters: [A, B] must have values'],
  [{}, [value('X', '1')], 'Parameters: [X] do not exist in the template'],
  [
    { A: { Type: 'String', AllowedValues: ['a'] } },
    [value('A', 'b')],
    "Parameter 'A' must be one of AllowedValues",
  ],
  [
    { A: { Type: 'String', AllowedPattern: '[a-z]+' } },
    [value('A', 'a1')],
    "Parameter 'A' must match pattern [a-z]+",
  ],
  [{ A: { Type: 'Number' } }, [value('A', 'x')], "Parameter 'A' must be a number"],
  [
    { A: { Type: 'Number', MinValue: 2 } },
    [value('A', '1')],
    "Parameter 'A' must be a number not less than 2",
  ],
  [
    { A: { Type: 'String', MinLength: 3 } },
    [value('A', 'ab')],
    "Parameter 'A' must contain at least 3 characters",
  ],
  [
    { A: { Type: 'String', MinLength: 3, ConstraintDescription: 'three letters' } },
    [value('A', 'ab')],
    "Parameter 'A' failed to satisfy constraint: three letters",
  ],
  [
    { A: { Type: 'String' } },
    [{ ParameterKey: 'A', UsePreviousValue: true }],
    'Cannot specify usePreviousValue as true for a parameter key not in the previous template',
  ],
])('%j with %j is refused', async (declared, given, message) => {
  await expect(resolve(declared, given)).rejects.toThrow(message);
});
