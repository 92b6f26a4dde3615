import { type CollectionTag, parseDocument, type ScalarTag, type YAMLMap, type YAMLSeq } from 'yaml';
import { validationError } from '../errors';

/** Functions that have a short form, `!Sub`; all but these two are written `Fn::…` in full. */
// biome-ignore format: a list of words
const FUNCTIONS = [
  'And', 'Base64', 'Cidr', 'Equals', 'FindInMap', 'ForEach', 'GetAtt', 'GetAZs', 'If', 'ImportValue', 'Join', 'Length',
  'Not', 'Or', 'Select', 'Split', 'Sub', 'ToJsonString', 'Transform', 'Ref', 'Condition',
  'Contains', 'EachMemberEquals', 'EachMemberIn', 'RefAll', 'ValueOf', 'ValueOfAll',
];
const PLAIN = new Set(['Ref', 'Condition']);

const SHORT_FORMS = FUNCTIONS.flatMap((name): (ScalarTag | CollectionTag)[] => {
  const tag = `!${name}`;
  const key = PLAIN.has(name) ? name : `Fn::${name}`;
  const inFull = (argument: unknown) => ({ [key]: argument });
  const collection = (node: YAMLMap | YAMLSeq) => inFull(node.toJSON());
  return [
    {
      tag,
      // The one scalar that means a list: `!GetAtt Resource.Attribute`.
      resolve: (text: string) => inFull(name === 'GetAtt' ? splitAttribute(text) : text),
    },
    { tag, collection: 'seq', resolve: (node) => collection(node as YAMLSeq) },
    { tag, collection: 'map', resolve: (node) => collection(node as YAMLMap) },
  ];
});

/** `Resource.Attribute`, where the attribute may have dots of its own. */
export function splitAttribute(text: string): [string, string] {
  const dot = text.indexOf('.');
  return dot < 0 ? [text, ''] : [text.slice(0, dot), text.slice(dot + 1)];
}

/**
 * A template in YAML, short forms written out. Read by the core schema, in which a date such as
 * `Version: 2012-10-17` stays the text that CloudFormation takes it for.
 */
export function parseYaml(body: string): unknown {
  const document = parseDocument(body, { schema: 'core', customTags: SHORT_FORMS, prettyErrors: true });
  const [error] = document.errors;
  if (error) {
    const [at] = error.linePos ?? [{ line: 1, col: 1 }];
    throw validationError(`Template format error: YAML not well-formed. (line ${at.line}, column ${at.col})`);
  }
  return document.toJS();
}
