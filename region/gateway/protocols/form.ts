import { FromStringShapeDeserializer } from '@smithy/core/protocols';
import { NormalizedSchema } from '@smithy/core/schema';
import type { SchemaRef } from '../model';

export type FormDialect = 'awsQuery' | 'ec2Query';

interface Tree {
  value?: string;
  readonly children: Map<string, Tree>;
}

const scalars = new FromStringShapeDeserializer({
  timestampFormat: { useTrait: true, default: 5 },
  httpBindings: false,
});

/**
 * Reads the dotted names of a query form (`Tags.member.1.Key=…`) by the shape they stand for: the server's side of
 * the SDK's `QueryShapeSerializer`, which has none.
 */
export function readForm(schema: SchemaRef, form: URLSearchParams, dialect: FormDialect): any {
  const root: Tree = { children: new Map() };
  for (const [name, value] of form) {
    let node = root;
    for (const part of name.split('.')) {
      let child = node.children.get(part);
      if (!child) {
        child = { children: new Map() };
        node.children.set(part, child);
      }
      node = child;
    }
    node.value = value;
  }
  return read(NormalizedSchema.of(schema), root, dialect);
}

function read(ns: NormalizedSchema, node: Tree, dialect: FormDialect): any {
  if (ns.isUnitSchema()) return undefined;
  if (ns.isStructSchema()) return readStructure(ns, node, dialect);
  if (ns.isListSchema()) return readList(ns, node, dialect);
  if (ns.isMapSchema()) return readMap(ns, node, dialect);
  return node.value === undefined ? undefined : scalars.read(ns, node.value);
}

function readStructure(ns: NormalizedSchema, node: Tree, dialect: FormDialect): any {
  const result: Record<string, unknown> = {};
  for (const [name, member] of ns.structIterator()) {
    const { xmlName, ec2QueryName } = member.getMergedTraits() as { xmlName?: string; ec2QueryName?: string };
    const key = xmlName ?? name;
    const child = node.children.get(dialect === 'ec2Query' ? (ec2QueryName ?? capitalized(key)) : key);
    if (child) result[name] = read(member, child, dialect);
  }
  return result;
}

function readList(ns: NormalizedSchema, node: Tree, dialect: FormDialect): any {
  const item = ns.getValueSchema();
  const flat = dialect === 'ec2Query' || ns.getMergedTraits().xmlFlattened;
  const items = flat ? node : node.children.get((item.getMergedTraits().xmlName as string) ?? 'member');
  return numbered(items).map((child) => read(item, child, dialect));
}

function readMap(ns: NormalizedSchema, node: Tree, dialect: FormDialect): any {
  const [key, value] = [ns.getKeySchema(), ns.getValueSchema()];
  const keyName = (key.getMergedTraits().xmlName as string) ?? 'key';
  const valueName = (value.getMergedTraits().xmlName as string) ?? 'value';
  const entries = numbered(ns.getMergedTraits().xmlFlattened ? node : node.children.get('entry'));
  const pairs = entries.flatMap(({ children }) => {
    const [name, child] = [children.get(keyName)?.value, children.get(valueName)];
    return name !== undefined && child ? [[name, read(value, child, dialect)]] : [];
  });
  return Object.fromEntries(pairs);
}

function numbered(node: Tree | undefined): Tree[] {
  return [...(node?.children ?? [])]
    .filter(([name]) => /^\d+$/.test(name))
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, child]) => child);
}

function capitalized(name: string): string {
  return name[0].toUpperCase() + name.slice(1);
}
