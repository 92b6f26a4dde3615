import { isDeepStrictEqual } from 'node:util';
import { AwsError } from '../service';

/** A request that a client sends again with the same token is answered as it was the first time. */
export class Idempotency<Output> {
  private readonly answered = new Map<string, { request: unknown; output: Promise<Output> }>();

  /** @throws IdempotencyParameterMismatchException */
  once(
    token: string | undefined,
    request: unknown,
    carryOut: () => Output | Promise<Output>,
  ): Promise<Output> {
    const run = async () => carryOut();
    if (!token) return run();
    const before = this.answered.get(token);
    if (before) {
      if (isDeepStrictEqual(before.request, request)) return before.output;
      throw new AwsError(
        'IdempotencyParameterMismatchException',
        `The client request token ${token} was used before, for a request with other parameters.`,
      );
    }
    const output = run();
    this.answered.set(token, { request, output });
    output.catch(() => this.answered.delete(token));
    return output;
  }
}
