import { createHash, randomBytes } from 'node:crypto';
import type { PropertyDispositions } from '../ledger/ledger';
import type { ResourceContext, ResourceProvider } from '../service';
import { ResourceSchemas } from './resources/schemas';

type Properties = Readonly<Record<string, any>>;

/** How a recorded type is named, and what its attributes return. */
export interface RecordedResource {
  /** The physical id of a new resource: a prefix (`subnet` gives `subnet-0a1b2c…`), or made from its properties. */
  readonly physicalId: string | ((properties: Properties, context: ResourceContext) => string);
  /**
   * Attributes beyond those that the published schema answers by itself: the primary identifier (the physical id) and
   * the attributes that repeat a property.
   */
  readonly attributes?: (
    properties: Properties,
    physicalId: string,
    context: ResourceContext,
  ) => Record<string, unknown>;
  /** @default every property is recorded */
  readonly properties?: PropertyDispositions;
}

/** A provider for a type that is kept and returned, with no effect in the region. */
export function recorded(type: string, options: RecordedResource): ResourceProvider<Properties> {
  const result = async (physicalId: string, properties: Properties, context: ResourceContext) => ({
    physicalId,
    attributes: {
      ...(await schemaAttributes(type, physicalId, properties)),
      ...options.attributes?.(properties, physicalId, context),
    },
  });
  return {
    type,
    disposition: 'recorded',
    properties: options.properties ?? { '*': 'recorded' },
    create: (properties, context) => {
      const { physicalId } = options;
      const id = typeof physicalId === 'string' ? newId(physicalId) : physicalId(properties, context);
      return result(id, properties, context);
    },
    update: (physicalId, properties, _previous, context) => result(physicalId, properties, context),
    delete: async () => {},
  };
}

/** An id in the form EC2 gives to its resources: `vpc-` and 17 hexadecimal digits. */
export function newId(prefix: string): string {
  return `${prefix}-0${randomBytes(8).toString('hex')}`;
}

/** The id of something that AWS creates along with another resource: always the same for that resource. */
export function companionId(prefix: string, physicalId: string): string {
  return `${prefix}-0${createHash('sha256').update(`${prefix}/${physicalId}`).digest('hex').slice(0, 16)}`;
}

async function schemaAttributes(type: string, physicalId: string, properties: Properties) {
  const schema = (await ResourceSchemas.load()).find(type);
  if (!schema) return {};
  const identifier = schema.cfnRefIdentifier ?? schema.primaryIdentifier ?? [];
  return Object.fromEntries(
    Object.keys(schema.attributes)
      .map((name) => [
        name,
        identifier.length === 1 && identifier[0] === name ? physicalId : properties[name],
      ])
      .filter(([, value]) => value !== undefined),
  );
}
