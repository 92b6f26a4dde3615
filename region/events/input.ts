import type { Target } from '@aws-sdk/client-eventbridge';
import type { AwsEvent } from './event';

/**
 * What a target receives: the event, a part of it, a constant, or a template filled from it.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
export function targetInput(target: Target, event: AwsEvent, ruleArn: string): string {
  if (target.Input !== undefined) return target.Input;
  if (target.InputPath !== undefined) return JSON.stringify(atPath(event, target.InputPath) ?? null);
  if (!target.InputTransformer) return JSON.stringify(event);

  const { InputPathsMap = {}, InputTemplate = '' } = target.InputTransformer;
  const values: Record<string, unknown> = {
    'aws.events.rule-arn': ruleArn,
    'aws.events.rule-name': ruleArn.split('/').at(-1),
    'aws.events.event.ingestion-time': event.time,
    'aws.events.event': withoutDetailOf(event),
    'aws.events.event.json': event,
  };
  for (const [name, path] of Object.entries(InputPathsMap)) values[name] = atPath(event, path);
  return fill(InputTemplate, values);
}

/** The value at `$.detail.state`, `$.resources[0]` or `$`; `undefined` when there is none. */
export function atPath(event: unknown, path: string): unknown {
  const steps = [...path.matchAll(/\.([\w-]+)|\[(\d+)\]|\['([^']+)'\]/g)].map(
    (step) => step[1] ?? step[2] ?? step[3],
  );
  return steps.reduce<any>((value, step) => value?.[step], event);
}

/**
 * Fills `<name>` in a template. Inside a quoted text a value stands as it is, with its quotes escaped; elsewhere as
 * JSON. A path that the event does not have gives an empty text inside quotes and nothing otherwise.
 */
function fill(template: string, values: Record<string, unknown>): string {
  let quoted = false;
  return template.replace(/\\.|"|<([\w.-]+)>/g, (found, name?: string) => {
    if (found === '"') quoted = !quoted;
    if (name === undefined || !(name in values)) return found;
    const value = values[name];
    if (!quoted) return value === undefined ? '""' : JSON.stringify(value);
    const text = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
    return JSON.stringify(text).slice(1, -1);
  });
}

/** `<aws.events.event>` is the event without its detail. */
function withoutDetailOf({ detail: _detail, ...envelope }: AwsEvent): unknown {
  return envelope;
}
