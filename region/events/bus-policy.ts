import { AwsError } from '../service';
import type { AwsEvent } from './event';

/** Conditions that are evaluated, by what they look at in an event. */
const KEYS: Readonly<Record<string, (event: AwsEvent) => string>> = {
  'events:source': ({ source }) => source,
  'events:detail-type': (event) => event['detail-type'],
};
const OPERATORS = ['StringEquals', 'ForAllValues:StringEquals'];

interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal: '*' | { readonly AWS: string | readonly string[] };
  readonly Action: string | readonly string[];
  readonly Resource: string;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/**
 * Who may put events on a bus from another account. An account needs nobody's leave for its own.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-perms.html
 */
export class BusPolicy {
  private readonly statements = new Map<string, Statement>();

  constructor(private readonly busArn: string) {}

  /** A statement as PutPermission and AWS::Events::EventBusPolicy give it: by its parts, or as a whole. */
  put({ StatementId, Statement: whole, Action, Principal, Condition }: any): void {
    if (!/^[a-zA-Z0-9-_]{1,64}$/.test(StatementId ?? ''))
      throw refused(`StatementId: found ${StatementId}; allowed are 1 to 64 of A-Z a-z 0-9 - _`);
    if (Condition) throw refused('Condition: the region plays conditions of a whole Statement');
    const statement: Statement = whole
      ? { ...whole, Sid: StatementId }
      : {
          Sid: StatementId,
          Effect: 'Allow',
          Principal: Principal === '*' ? '*' : { AWS: `arn:aws:iam::${Principal}:root` },
          Action,
          Resource: this.busArn,
        };
    checkConditions(statement);
    this.statements.set(StatementId, statement);
  }

  /** @throws AwsError ResourceNotFoundException */
  remove(statementId: string): void {
    if (!this.statements.delete(statementId))
      throw new AwsError('ResourceNotFoundException', `Statement with the id ${statementId} does not exist.`);
  }

  clear(): void {
    this.statements.clear();
  }

  /** The policy's JSON; `undefined` while there is none. */
  get document(): string | undefined {
    if (this.statements.size === 0) return undefined;
    return JSON.stringify({ Version: '2012-10-17', Statement: [...this.statements.values()] });
  }

  /** Whether an event of another account may come in. */
  allows(event: AwsEvent): boolean {
    const matching = [...this.statements.values()].filter((statement) => matches(statement, event));
    return (
      matching.some(({ Effect }) => Effect === 'Allow') && matching.every(({ Effect }) => Effect === 'Allow')
    );
  }
}

function matches({ Principal, Action, Condition = {} }: Statement, event: AwsEvent): boolean {
  const accounts = Principal === '*' ? ['*'] : [Principal.AWS].flat();
  return (
    accounts.some((one) => ['*', event.account, `arn:aws:iam::${event.account}:root`].includes(one)) &&
    [Action].flat().some((one) => ['events:PutEvents', 'events:*', '*'].includes(one)) &&
    Object.values(Condition).every((keys) =>
      Object.entries(keys).every(([key, values]) => [values].flat().includes(KEYS[key]!(event))),
    )
  );
}

function checkConditions({ Condition = {} }: Statement): void {
  for (const [operator, keys] of Object.entries(Condition)) {
    const unknown = Object.keys(keys).filter((key) => !KEYS[key]);
    if (!OPERATORS.includes(operator) || unknown.length > 0)
      throw refused(
        `Condition: found ${operator} of ${Object.keys(keys).join(', ')}; the region plays ${OPERATORS.join(', ')} ` +
          `of ${Object.keys(KEYS).join(', ')}`,
      );
  }
}

function refused(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
