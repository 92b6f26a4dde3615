import type { Template } from 'aws-cdk-lib/assertions';

/** A stage of the pipeline in a template. */
export function stageOf(template: Template, name: string): any {
  const [resource] = Object.values(template.findResources('AWS::CodePipeline::Pipeline'));
  return resource.Properties.Stages.find(({ Name }: { Name: string }) => Name === name);
}

/** An action's or a rule's user parameters; references to resources are their logical ids. */
export function userParameters({ Configuration }: any): any {
  const { UserParameters } = Configuration;
  if (typeof UserParameters === 'string') return JSON.parse(UserParameters);
  const [separator, parts] = UserParameters['Fn::Join'];
  return JSON.parse(
    parts.map((part: any) => (typeof part === 'string' ? part : Object.values(part)[0])).join(separator),
  );
}

/** Every action that a role may do, in order; the role by the beginning of its logical id. */
export function allowed(template: Template, role: string): string[] {
  const policies = Object.values(template.findResources('AWS::IAM::Policy')).filter(({ Properties }) =>
    Properties.Roles.some(({ Ref }: { Ref: string }) => Ref.startsWith(role)),
  );
  return policies
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .flatMap(({ Action }) => Action)
    .sort();
}
