import { AwsError } from '../service';

/** Attributes whose only playable value is the one they have by default. */
const FIXED = new Set(['stickiness.enabled', 'slow_start.duration_seconds']);
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  'load_balancing.algorithm.type': ['round_robin', 'least_outstanding_requests'],
};
const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  'deregistration_delay.timeout_seconds': [0, 3600],
  'idle_timeout.timeout_seconds': [1, 4000],
};

/**
 * Attributes of a target group or load balancer, checked.
 * @throws AwsError ValidationError for a value out of range, or one that the region cannot play
 */
export function validAttributes(
  given: readonly { Key?: string; Value?: string }[],
  defaults: Readonly<Record<string, string>>,
): Record<string, string> {
  const checked: Record<string, string> = {};
  for (const { Key = '', Value = '' } of given) {
    if (FIXED.has(Key) && Value !== defaults[Key]) {
      throw new AwsError(
        'ValidationError',
        `${Key} is ${Value}; the rehearsal region plays ${defaults[Key]}`,
      );
    }
    const choices = CHOICES[Key];
    if (choices && !choices.includes(Value)) {
      throw new AwsError('ValidationError', `${Key} is ${Value}; allowed are ${choices.join(', ')}`);
    }
    const range = RANGES[Key];
    if (range && !(/^\d+$/.test(Value) && Number(Value) >= range[0] && Number(Value) <= range[1])) {
      throw new AwsError('ValidationError', `${Key} is ${Value}; allowed is from ${range[0]} to ${range[1]}`);
    }
    checked[Key] = Value;
  }
  return checked;
}

export function describeAttributes(attributes: Readonly<Record<string, string>>) {
  return { Attributes: Object.entries(attributes).map(([Key, Value]) => ({ Key, Value })) };
}
