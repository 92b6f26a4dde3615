import { randomUUID } from 'node:crypto';

/** Questions that wait for an answer from outside, each known by a token that only the one asked knows. */
export class Answers<Answer> {
  private readonly open = new Map<string, (answer: Answer) => void>();

  /** @param signal closes the question: an answer after that is refused */
  ask(signal: AbortSignal): { token: string; answer: Promise<Answer> } {
    const token = randomUUID();
    const answer = new Promise<Answer>((resolve) => this.open.set(token, resolve));
    signal.addEventListener('abort', () => this.open.delete(token), { once: true });
    return { token, answer };
  }

  isOpen(token: string): boolean {
    return this.open.has(token);
  }

  /** @returns whether the question was still open */
  give(token: string, answer: Answer): boolean {
    const resolve = this.open.get(token);
    this.open.delete(token);
    resolve?.(answer);
    return resolve !== undefined;
  }
}
