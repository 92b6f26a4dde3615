import { physicalName } from '../physical-name';
import type { ResourceProvider } from '../service';

const described = (name: string, { Type, Value }: any) => ({ physicalId: name, attributes: { Type, Value } });

export const parameterProvider: ResourceProvider = {
  type: 'AWS::SSM::Parameter',
  disposition: 'executed',
  properties: {
    Name: 'executed',
    Type: 'executed',
    Value: 'executed',
    Description: 'recorded',
    DataType: 'recorded',
    AllowedPattern: 'recorded',
    Policies: 'recorded',
    Tier: 'recorded',
    Tags: 'recorded',
  },
  async create(properties, context) {
    const Name = properties.Name ?? `CFN-${physicalName(context, { maxLength: 1000 })}`;
    context.scope.service('ssm').operations.PutParameter({ ...properties, Name });
    return described(Name, properties);
  },
  async update(name, properties, _previous, { scope }) {
    scope.service('ssm').operations.PutParameter({ ...properties, Name: name, Overwrite: true });
    return described(name, properties);
  },
  async delete(name, _properties, { scope }) {
    scope.service('ssm').operations.DeleteParameters({ Names: [name] });
  },
};
