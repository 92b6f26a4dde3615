import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** The id that cdk-nag's AwsSolutions pack gives to an IAM policy with a wildcard in a resource. */
export function wildcardResource(scope: IConstruct, resource: string): string {
  return `AwsSolutions-IAM5[Resource::${written(Stack.of(scope).resolve(resource))}]`;
}

/** cdk-nag writes a reference as its name in angle brackets. */
function written(value: any): string {
  if (typeof value === 'string') return value;
  if ('Ref' in value) return `<${value.Ref}>`;
  if ('Fn::GetAtt' in value) return `<${value['Fn::GetAtt'].join('.')}>`;
  return value['Fn::Join'][1].map(written).join('');
}
