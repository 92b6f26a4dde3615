import { randomUUID } from 'node:crypto';
import type * as sdk from '@aws-sdk/client-codecommit';
import { AwsError, type Scope } from '../service';
import { contentSha256, isForDestination, parseContent } from './approval-rule-content';
import { TemplateEvents } from './approval-rule-template-events';
import { checkName, checkSha256, newApprovalRule } from './approval-rules';
import { page } from './page';
import type { FindRepository, Repository } from './repository';

const MAXIMUM_TEMPLATES = 1000;
const MAXIMUM_ASSOCIATED = 25;
const MAXIMUM_DESCRIPTION = 1000;

/** A template and the repositories whose new pull requests get a rule of it. */
interface Kept {
  template: sdk.ApprovalRuleTemplate & { approvalRuleTemplateName: string };
  readonly repositories: Set<Repository>;
}

/** Templates of approval rules, and the repositories they are associated with. */
export class ApprovalRuleTemplates {
  private readonly kept = new Map<string, Kept>();
  private readonly events: TemplateEvents;

  constructor(
    private readonly scope: Scope,
    private readonly repository: FindRepository,
  ) {
    this.events = new TemplateEvents(scope);
  }

  readonly operations = {
    CreateApprovalRuleTemplate: (input: sdk.CreateApprovalRuleTemplateCommandInput, caller: string) =>
      this.create(input, caller),
    GetApprovalRuleTemplate: (input: sdk.GetApprovalRuleTemplateCommandInput) => ({
      approvalRuleTemplate: this.find(input.approvalRuleTemplateName).template,
    }),
    ListApprovalRuleTemplates: (input: sdk.ListApprovalRuleTemplatesCommandInput) =>
      namesPage([...this.kept.values()], input),
    UpdateApprovalRuleTemplateContent: (
      input: sdk.UpdateApprovalRuleTemplateContentCommandInput,
      caller: string,
    ) => {
      const kept = this.find(input.approvalRuleTemplateName);
      checkSha256(input.existingRuleContentSha256, kept.template.ruleContentSha256);
      return this.change(kept, content(input.newRuleContent), caller);
    },
    UpdateApprovalRuleTemplateName: (
      input: sdk.UpdateApprovalRuleTemplateNameCommandInput,
      caller: string,
    ) => {
      const kept = this.find(input.oldApprovalRuleTemplateName);
      return this.change(
        kept,
        { approvalRuleTemplateName: this.newName(input.newApprovalRuleTemplateName) },
        caller,
      );
    },
    UpdateApprovalRuleTemplateDescription: (
      input: sdk.UpdateApprovalRuleTemplateDescriptionCommandInput,
      caller: string,
    ) =>
      this.change(
        this.find(input.approvalRuleTemplateName),
        description(input.approvalRuleTemplateDescription),
        caller,
      ),
    DeleteApprovalRuleTemplate: (input: sdk.DeleteApprovalRuleTemplateCommandInput, caller: string) =>
      this.delete(input, caller),
    AssociateApprovalRuleTemplateWithRepository: (
      input: sdk.AssociateApprovalRuleTemplateWithRepositoryCommandInput,
      caller: string,
    ) =>
      this.associate(
        this.find(input.approvalRuleTemplateName),
        this.repository(input.repositoryName),
        caller,
      ),
    DisassociateApprovalRuleTemplateFromRepository: (
      input: sdk.DisassociateApprovalRuleTemplateFromRepositoryCommandInput,
      caller: string,
    ) => {
      const { template, repositories } = this.find(input.approvalRuleTemplateName);
      const repository = this.repository(input.repositoryName);
      if (!repositories.delete(repository)) return;
      this.events.publish('approvalRuleTemplateDisassociatedFromRepository', template, caller, [repository]);
    },
    ListAssociatedApprovalRuleTemplatesForRepository: (
      input: sdk.ListAssociatedApprovalRuleTemplatesForRepositoryCommandInput,
    ) => namesPage(this.associatedWith(this.repository(input.repositoryName)), input),
    ListRepositoriesForApprovalRuleTemplate: (
      input: sdk.ListRepositoriesForApprovalRuleTemplateCommandInput,
    ) => {
      const { repositories } = this.find(input.approvalRuleTemplateName);
      const { items, next } = page([...repositories], input.maxResults, input.nextToken);
      return { repositoryNames: items.map(({ name }) => name), nextToken: next };
    },
  };

  /** The rules that a new pull request to that branch gets. */
  rulesFor(repository: Repository, destinationReference: string, now: Date): sdk.ApprovalRule[] {
    return this.associatedWith(repository).flatMap(({ template }) => {
      const { approvalRuleTemplateContent: text, approvalRuleTemplateName: name } = template;
      if (!isForDestination(parseContent(text, 'ApprovalRuleTemplate'), destinationReference)) return [];
      const origin = {
        approvalRuleTemplateId: template.approvalRuleTemplateId,
        approvalRuleTemplateName: name,
      };
      return [newApprovalRule(name, text, template.lastModifiedUser!, now, origin)];
    });
  }

  /** Forgets a repository that was deleted. */
  forget(repository: Repository): void {
    for (const { repositories } of this.kept.values()) repositories.delete(repository);
  }

  private create(input: sdk.CreateApprovalRuleTemplateCommandInput, caller: string) {
    const name = this.newName(input.approvalRuleTemplateName);
    const now = new Date(this.scope.clock.now());
    const template = {
      approvalRuleTemplateId: randomUUID(),
      approvalRuleTemplateName: name,
      ...description(input.approvalRuleTemplateDescription),
      ...content(input.approvalRuleTemplateContent),
      creationDate: now,
      lastModifiedDate: now,
      lastModifiedUser: caller,
    };
    if (this.kept.size >= MAXIMUM_TEMPLATES) {
      throw new AwsError(
        'NumberOfRuleTemplatesExceededException',
        `The account has ${MAXIMUM_TEMPLATES} approval rule templates in this region, the most allowed.`,
      );
    }
    this.kept.set(template.approvalRuleTemplateId, { template, repositories: new Set() });
    this.events.publish('approvalRuleTemplateCreated', template, caller, []);
    return { approvalRuleTemplate: template };
  }

  private change(kept: Kept, changes: Partial<Kept['template']>, caller: string) {
    kept.template = {
      ...kept.template,
      ...changes,
      lastModifiedDate: new Date(this.scope.clock.now()),
      lastModifiedUser: caller,
    };
    this.events.publish('approvalRuleTemplateUpdated', kept.template, caller, [...kept.repositories]);
    return { approvalRuleTemplate: kept.template };
  }

  private delete(input: sdk.DeleteApprovalRuleTemplateCommandInput, caller: string) {
    const name = checkName(input.approvalRuleTemplateName, 'ApprovalRuleTemplate');
    const kept = this.named(name);
    // CodeCommit has no error for a template that is already gone.
    if (!kept) return {};
    const { template, repositories } = kept;
    if (repositories.size > 0) {
      const names = [...repositories].map((repository) => repository.name).join(', ');
      throw new AwsError(
        'ApprovalRuleTemplateInUseException',
        `The approval rule template ${name} is associated with: ${names}`,
      );
    }
    this.kept.delete(template.approvalRuleTemplateId!);
    this.events.publish('approvalRuleTemplateDeleted', template, caller, []);
    return { approvalRuleTemplateId: template.approvalRuleTemplateId };
  }

  private associate({ template, repositories }: Kept, repository: Repository, caller: string): void {
    if (repositories.has(repository)) return;
    if (this.associatedWith(repository).length >= MAXIMUM_ASSOCIATED) {
      throw new AwsError(
        'MaximumRuleTemplatesAssociatedWithRepositoryException',
        `${repository.name} has ${MAXIMUM_ASSOCIATED} approval rule templates, the most allowed.`,
      );
    }
    repositories.add(repository);
    this.events.publish('approvalRuleTemplateAssociatedWithRepository', template, caller, [repository]);
  }

  private associatedWith(repository: Repository): Kept[] {
    return [...this.kept.values()].filter(({ repositories }) => repositories.has(repository));
  }

  private find(givenName: string | undefined): Kept {
    const name = checkName(givenName, 'ApprovalRuleTemplate');
    const kept = this.named(name);
    if (kept) return kept;
    throw new AwsError(
      'ApprovalRuleTemplateDoesNotExistException',
      `The approval rule template ${name} does not exist.`,
    );
  }

  private named(name: string): Kept | undefined {
    return [...this.kept.values()].find(({ template }) => template.approvalRuleTemplateName === name);
  }

  private newName(givenName: string | undefined): string {
    const name = checkName(givenName, 'ApprovalRuleTemplate');
    if (!this.named(name)) return name;
    throw new AwsError(
      'ApprovalRuleTemplateNameAlreadyExistsException',
      `An approval rule template ${name} exists already.`,
    );
  }
}

function content(text: string | undefined) {
  parseContent(text, 'ApprovalRuleTemplate');
  return { approvalRuleTemplateContent: text, ruleContentSha256: contentSha256(text!) };
}

function description(text: string | undefined) {
  if ((text ?? '').length > MAXIMUM_DESCRIPTION) {
    throw new AwsError(
      'InvalidApprovalRuleTemplateDescriptionException',
      `The description has ${text!.length} characters; allowed are ${MAXIMUM_DESCRIPTION}.`,
    );
  }
  return { approvalRuleTemplateDescription: text };
}

function namesPage(
  kept: readonly Kept[],
  { maxResults, nextToken }: sdk.ListApprovalRuleTemplatesCommandInput,
) {
  const { items, next } = page(kept, maxResults, nextToken);
  return {
    approvalRuleTemplateNames: items.map(({ template }) => template.approvalRuleTemplateName),
    nextToken: next,
  };
}
