/** A CloudFormation template, as much of it as is compared. */
export interface Template {
  readonly Resources?: Readonly<Record<string, Resource>>;
}

export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, any>>;
  readonly [attribute: string]: unknown;
}

/** The intrinsic functions that are written as text. */
const EXPRESSIONS = ['Ref', 'Fn::GetAtt', 'Fn::Join', 'Fn::Sub'];

/** A value as text. References are written as Fn::Sub writes them: `${Bucket.Arn}/*`. */
export function textOf(value: any): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null) {
    if ('Ref' in value) return `\${${value.Ref}}`;
    if ('Fn::GetAtt' in value) return `\${${[value['Fn::GetAtt']].flat().join('.')}}`;
    if ('Fn::Join' in value && Array.isArray(value['Fn::Join'][1])) {
      const [separator, parts] = value['Fn::Join'];
      return parts.map(textOf).join(separator);
    }
    if ('Fn::Sub' in value) return textOf([value['Fn::Sub']].flat()[0]);
  }
  return JSON.stringify(value) ?? '';
}

/** A value as JSON, with its references as text. */
export function jsonOf(value: any): string {
  const isReference = (part: any) =>
    typeof part === 'object' && part !== null && EXPRESSIONS.some((name) => name in part);
  return JSON.stringify(value, (_, part) => (isReference(part) ? textOf(part) : part));
}

/** Logical ids that a value refers to. */
export function references(value: any): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (typeof value.Ref === 'string') return [value.Ref];
  if ('Fn::GetAtt' in value) return [[value['Fn::GetAtt']].flat()[0].split('.')[0]];
  const named = 'Fn::Sub' in value ? [...textOf(value).matchAll(/\$\{([^!.}]+)/g)].map(([, id]) => id!) : [];
  return [...named, ...Object.values(value).flatMap(references)];
}

/** One value or a list of them, as a list. */
export function list(value: any): any[] {
  return value === undefined ? [] : [value].flat();
}
