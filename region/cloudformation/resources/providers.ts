import type { Disposition } from '../../ledger/ledger';
import type { AwsService, ResourceProvider, Scope } from '../../service';
import type { ServiceName } from '../../services';
import { customResourceProvider } from '../custom-resources/custom-resource';
import { isCustomResource } from './custom-type';

/** Every resource type that the services of one account and region play. */
export class ResourceProviders {
  private readonly byType = new Map<string, ResourceProvider>();

  private constructor(private readonly scope: Scope) {}

  /** The table of services is imported late: it names CloudFormation too, and would be read before it is whole. */
  static async of(scope: Scope): Promise<ResourceProviders> {
    const { SERVICES } = await import('../../services');
    const providers = new ResourceProviders(scope);
    for (const name of Object.keys(SERVICES) as ServiceName[]) {
      const service: AwsService = scope.service(name);
      for (const provider of service.resources ?? []) providers.add(provider);
    }
    return providers;
  }

  private add(provider: ResourceProvider): void {
    if (this.byType.has(provider.type)) throw new Error(`Two services provide ${provider.type}`);
    this.byType.set(provider.type, provider);
  }

  find(type: string): ResourceProvider | undefined {
    if (!isCustomResource(type)) return this.byType.get(type);
    return customResourceProvider(type, this.scope.service('cloudformation').responses);
  }

  get(type: string): ResourceProvider {
    const provider = this.find(type);
    if (!provider) throw new Error(`The rehearsal region has no provider for ${type}`);
    return provider;
  }
}

/** What a provider does with a property; nothing when it would have to leave it out. */
export function dispositionOf(provider: ResourceProvider, property: string): Disposition | undefined {
  return provider.properties[property] ?? provider.properties['*'];
}
