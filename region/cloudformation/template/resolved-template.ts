import type { Scope } from '../../service';
import { validationError } from '../errors';
import { evaluate, NO_VALUE, type Surroundings } from './evaluate';
import { checkCircles, type Graph } from './graph';
import type { ParameterValue } from './parameters';
import { checkReferences, references } from './references';
import { checkRules } from './rules';
import { dependsOn, type OutputDeclaration, type ResourceDeclaration, type Template } from './template';

/** What is known of resources while a template is evaluated. */
export interface LiveResources {
  ref(logicalId: string): unknown;
  getAtt(logicalId: string, attribute: string): unknown;
}

/** The stack that a template is evaluated for. */
export interface StackIdentity {
  readonly stackId: string;
  readonly stackName: string;
  readonly notificationArns: readonly string[];
}

/** A checked template together with its parameters' values: its conditions are decided, its resources in order. */
export class ResolvedTemplate {
  /** The resources whose condition holds, by logical id. */
  readonly resources: ReadonlyMap<string, ResourceDeclaration>;
  readonly outputs: ReadonlyMap<string, OutputDeclaration>;
  /** What each resource depends on, by `DependsOn` and by reference. */
  readonly graph: Graph;
  /** Names of the exports of other stacks that it has asked for. */
  readonly imports = new Set<string>();
  private readonly conditions = new Map<string, boolean | undefined>();

  /** @throws ValidationError with the first thing that is wrong */
  constructor(
    readonly template: Template,
    readonly body: string,
    readonly parameters: ReadonlyMap<string, ParameterValue>,
    private readonly identity: StackIdentity,
    private readonly scope: Scope,
    private readonly exportedValue: (name: string) => unknown,
  ) {
    checkTransforms(template);
    checkReferences(template);
    const holds = (condition?: string) => condition === undefined || this.holds(condition);
    this.resources = new Map(
      Object.entries(template.Resources).filter(([, resource]) => holds(resource.Condition)),
    );
    this.outputs = new Map(
      Object.entries(template.Outputs ?? {}).filter(([, output]) => holds(output.Condition)),
    );
    this.graph = new Map([...this.resources].map(([id, resource]) => [id, this.dependencies(resource)]));
    checkCircles(this.graph);
    checkRules(this.surroundings(NO_RESOURCES));
  }

  /** A value of the template, given what is known of the resources. */
  evaluate(value: unknown, live: LiveResources): unknown {
    const result = evaluate(value, this.surroundings(live));
    return result === NO_VALUE ? undefined : result;
  }

  private dependencies(resource: ResourceDeclaration): Set<string> {
    const named = [...references(resource.Properties, (condition) => this.holds(condition))];
    return new Set(
      [...dependsOn(resource), ...named.map(({ name }) => name)].filter((name) => this.resources.has(name)),
    );
  }

  private holds(condition: string): boolean {
    if (!Object.hasOwn(this.template.Conditions ?? {}, condition)) {
      throw validationError(`Template format error: Unresolved condition dependency ${condition}`);
    }
    if (!this.conditions.has(condition)) {
      this.conditions.set(condition, undefined);
      const value = evaluate(this.template.Conditions![condition], this.surroundings(NO_RESOURCES));
      if (typeof value !== 'boolean') {
        throw validationError(
          `Template format error: Every Conditions member must be a boolean: ${condition}`,
        );
      }
      this.conditions.set(condition, value);
    }
    const value = this.conditions.get(condition);
    if (value === undefined) {
      throw validationError(`Template format error: Circular dependency between conditions: [${condition}]`);
    }
    return value;
  }

  private surroundings(live: LiveResources): Surroundings {
    return {
      template: this.template,
      ref: (name) => {
        if (this.parameters.has(name)) return this.parameters.get(name)!.value;
        if (name.startsWith('AWS::')) return this.pseudoParameter(name);
        return live.ref(this.present(name));
      },
      getAtt: (logicalId, attribute) => live.getAtt(this.present(logicalId), attribute),
      holds: (condition) => this.holds(condition),
      importValue: (name) => {
        this.imports.add(name);
        return this.exportedValue(name);
      },
      availabilityZones: (region) => ['a', 'b', 'c'].map((zone) => `${region}${zone}`),
    };
  }

  /** A resource whose condition does not hold is as good as not declared. */
  private present(logicalId: string): string {
    if (!this.resources.has(logicalId)) {
      throw validationError(
        `Template format error: Unresolved resource dependencies [${logicalId}] in the Resources block of the template`,
      );
    }
    return logicalId;
  }

  private pseudoParameter(name: string): unknown {
    const { region, accountId } = this.scope;
    const china = region.startsWith('cn-');
    switch (name) {
      case 'AWS::AccountId':
        return accountId;
      case 'AWS::NoValue':
        return NO_VALUE;
      case 'AWS::NotificationARNs':
        return this.identity.notificationArns;
      case 'AWS::Partition':
        return china ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
      case 'AWS::Region':
        return region;
      case 'AWS::StackId':
        return this.identity.stackId;
      case 'AWS::StackName':
        return this.identity.stackName;
      case 'AWS::URLSuffix':
        return china ? 'amazonaws.com.cn' : 'amazonaws.com';
      default:
        throw validationError(`Template error: ${name} is no pseudo parameter`);
    }
  }
}

const NO_RESOURCES: LiveResources = {
  ref: (logicalId) => {
    throw validationError(`Template format error: ${logicalId} cannot be referred to here`);
  },
  getAtt: (logicalId) => {
    throw validationError(`Template format error: ${logicalId} cannot be referred to here`);
  },
};

function checkTransforms(template: Template): void {
  const unknown = [template.Transform ?? []].flat().filter((name) => name !== 'AWS::LanguageExtensions');
  if (unknown.length > 0) {
    throw validationError(
      `Transform ${unknown.join(', ')} is not played by the rehearsal region; it plays AWS::LanguageExtensions`,
    );
  }
}
