import type * as api from '@aws-sdk/client-cloudwatch-logs';
import { AwsError, type AwsService, type Operation, type ResourceProvider, type Scope } from '../service';
import { LogEvents } from './log-events';
import { LogGroups } from './log-groups';
import {
  logGroupProvider,
  logStreamProvider,
  metricFilterProvider,
  resourcePolicyProvider,
} from './resources';

/** CloudWatch Logs: groups and streams as folders and files, and the metrics embedded in their events. */
export class Logs implements AwsService {
  readonly operations: Record<string, Operation>;
  readonly resources: readonly ResourceProvider[] = [
    logGroupProvider,
    logStreamProvider,
    metricFilterProvider,
    resourcePolicyProvider,
  ];
  private readonly policies = new Map<string, { policyDocument?: string; lastUpdatedTime: number }>();

  constructor(protected readonly scope: Scope) {
    const groups = new LogGroups(scope);
    const events = new LogEvents(scope, groups);
    this.operations = {
      ...groups.operations,
      PutLogEvents: (input: api.PutLogEventsCommandInput) => events.put(input),
      GetLogEvents: (input: api.GetLogEventsCommandInput) => events.get(input),
      FilterLogEvents: (input: api.FilterLogEventsCommandInput) => events.filter(input),
      PutResourcePolicy: ({ policyName, policyDocument }: api.PutResourcePolicyCommandInput) => {
        this.policies.set(policyName!, { policyDocument, lastUpdatedTime: scope.clock.now() });
        return { resourcePolicy: { policyName, policyDocument } };
      },
      DescribeResourcePolicies: () => ({
        resourcePolicies: [...this.policies].map(([policyName, policy]) => ({ policyName, ...policy })),
      }),
      DeleteResourcePolicy: ({ policyName }: api.DeleteResourcePolicyCommandInput) => {
        if (!this.policies.delete(policyName!)) {
          throw new AwsError('ResourceNotFoundException', `Policy ${policyName} does not exist.`);
        }
      },
    };
  }
}
