/** What the pipeline hands to the bake in its action's user parameters, as JSON. */
export interface BakeParameters {
  /** Names of the alarms to watch, metric or composite: at most 100. With none, the bake is a wait. */
  readonly alarms: readonly string[];
  /** Minutes for which none of them may be in ALARM: 0 or more. */
  readonly minutes: number;
  /**
   * Region of the alarms.
   * @default - the function's own
   */
  readonly region?: string;
  /**
   * Role to read the alarms with, in their own account.
   * @default - the function's own role
   */
  readonly roleArn?: string;
}

/** @throws Error that says what is wrong with the user parameters */
export function parseParameters(text: string | undefined): BakeParameters {
  if (!text) throw new Error('The action has no user parameters; expected JSON with "alarms" and "minutes"');
  let value: Partial<BakeParameters> | null;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`The user parameters are not JSON: ${(error as Error).message}`);
  }
  const { alarms, minutes, region, roleArn } = value ?? {};
  if (!isListOfNames(alarms))
    throw new Error(
      `User parameter "alarms": found ${show(alarms)}, allowed is a list of at most 100 alarm names`,
    );
  if (typeof minutes !== 'number' || !(minutes >= 0))
    throw new Error(`User parameter "minutes": found ${show(minutes)}, allowed is a number from 0`);
  for (const [key, text] of Object.entries({ region, roleArn })) {
    if (text !== undefined && typeof text !== 'string')
      throw new Error(`User parameter "${key}": found ${show(text)}, allowed is a string`);
  }
  return { alarms, minutes, region, roleArn };
}

function isListOfNames(value: unknown): value is string[] {
  return (
    Array.isArray(value) &&
    value.length <= 100 &&
    value.every((name) => typeof name === 'string' && name !== '')
  );
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
