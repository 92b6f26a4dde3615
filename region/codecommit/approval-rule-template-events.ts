import type { ApprovalRuleTemplate } from '@aws-sdk/client-codecommit';
import type { Scope } from '../service';
import { eventDate } from './event-text';
import type { Repository } from './repository';

type TemplateEvent =
  | 'approvalRuleTemplateCreated'
  | 'approvalRuleTemplateUpdated'
  | 'approvalRuleTemplateDeleted'
  | 'approvalRuleTemplateAssociatedWithRepository'
  | 'approvalRuleTemplateDisassociatedFromRepository';

/** What happened to a template of approval rules: an event on the default bus and a journal entry. */
export class TemplateEvents {
  constructor(private readonly scope: Scope) {}

  /** @see https://docs.aws.amazon.com/codecommit/latest/userguide/monitoring-events.html */
  publish(
    event: TemplateEvent,
    template: ApprovalRuleTemplate,
    callerUserArn: string,
    repositories: readonly Repository[],
  ): void {
    const { approvalRuleTemplateName: name } = template;
    const happened = event
      .replace('approvalRuleTemplate', '')
      .replace(/(?!^)[A-Z]/g, ' $&')
      .toLowerCase();
    const names = repositories.map((repository) => ` ${repository.name}`).join(',');
    const message = `approval rule template ${name}: ${happened}${names}`;
    const detail = {
      event,
      approvalRuleTemplateId: template.approvalRuleTemplateId,
      approvalRuleTemplateName: name,
      approvalRuleTemplateContentSha256: template.ruleContentSha256,
      creationDate: eventDate(template.creationDate!),
      lastModifiedDate: eventDate(template.lastModifiedDate!),
      repositories: Object.fromEntries(
        repositories.map(({ metadata }) => [metadata.repositoryName, metadata.repositoryId]),
      ),
      callerUserArn,
      notificationBody: `AWS CodeCommit, ${message}, by ${callerUserArn}.`,
    };
    this.scope.journal.append({
      source: 'codecommit',
      type: 'ApprovalRuleTemplateChange',
      subject: name!,
      message,
      detail,
    });
    this.scope.service('events').emit({
      source: 'aws.codecommit',
      detailType: 'CodeCommit Approval Rule Template Change',
      resources: repositories.map(({ metadata }) => metadata.Arn),
      detail,
    });
  }
}
