/** The agent's own error codes; CodeDeploy's API knows the first five by these names. */
export const ERROR_CODES = {
  ScriptMissing: 1,
  ScriptNotExecutable: 2,
  ScriptTimedOut: 3,
  ScriptFailed: 4,
  UnknownError: 5,
  OutputsLeftOpen: 6,
} as const;

export type ErrorName = keyof typeof ERROR_CODES;

/** A hook script that failed its lifecycle event. */
export class ScriptError extends Error {
  constructor(
    readonly errorName: ErrorName,
    /** Its location in the revision. */
    readonly script: string,
    message: string,
    readonly logTail: string,
  ) {
    super(message);
  }
}
