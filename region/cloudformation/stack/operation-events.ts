import type { DescribeEventsInput, OperationEvent } from '@aws-sdk/client-cloudformation';
import type { Stacks } from './stacks';

/** What DescribeEvents returns: newest first, of one change set, of one operation, or of a stack. */
export function operationEvents(
  { StackName, ChangeSetName, OperationId, Filters }: DescribeEventsInput,
  stacks: Stacks,
): OperationEvent[] {
  if (ChangeSetName !== undefined) return stacks.changeSet(ChangeSetName, StackName).events();
  return [...stacks.existing(StackName).events]
    .reverse()
    .map(({ StackName: _name, ...event }): OperationEvent => ({ ...event, EventType: 'STACK_EVENT' }))
    .filter(({ OperationId: id }) => OperationId === undefined || id === OperationId)
    .filter(({ ResourceStatus }) => !Filters?.FailedEvents || ResourceStatus?.endsWith('_FAILED'));
}
