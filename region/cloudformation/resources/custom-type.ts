/** @see CloudFormation Template Reference: AWS::CloudFormation::CustomResource */
const NAMED = /^Custom::[\w@-]{1,60}$/;

export function isCustomResource(type: string): boolean {
  return type === 'AWS::CloudFormation::CustomResource' || NAMED.test(type);
}

/** What is wrong with the properties of a custom resource that CloudFormation itself reads. */
export function customResourceProblems(properties: Readonly<Record<string, unknown>>): string[] {
  const { ServiceToken, ServiceTimeout: timeout } = properties;
  const found = ServiceToken === undefined ? ['#: required key [ServiceToken] not found'] : [];
  const known = typeof timeout === 'string' || typeof timeout === 'number';
  if (known && !(Number.isInteger(Number(timeout)) && Number(timeout) >= 1 && Number(timeout) <= 3600))
    found.push(`#/ServiceTimeout: ${timeout} is not a whole number from 1 to 3600`);
  return found;
}
