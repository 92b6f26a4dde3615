import net from 'node:net';
import { createInterface } from 'node:readline';
import { type AwsCall, CONTROL_CHANNEL, type FromSupervisor, type ToSupervisor } from './protocol';

type Answer = Extract<ToSupervisor, { type: 'answer' }>;
type Order = Exclude<ToSupervisor, Answer>;

/** The supervisor's end of the channel to the region. */
export class Channel {
  private readonly socket = new net.Socket({ fd: CONTROL_CHANNEL });
  private readonly waiting = new Map<number, (answer: Answer) => void>();
  private calls = 0;

  /** @param onEnd called when the region is gone */
  open(onOrder: (order: Order) => void, onEnd: () => void): void {
    this.socket.on('error', onEnd);
    createInterface(this.socket)
      .on('line', (line) => {
        const message: ToSupervisor = JSON.parse(line);
        if (message.type !== 'answer') return onOrder(message);
        this.waiting.get(message.id)?.(message);
        this.waiting.delete(message.id);
      })
      .on('close', onEnd);
  }

  send(message: FromSupervisor): void {
    this.socket.write(`${JSON.stringify(message)}\n`);
  }

  journal(type: string, message: string, detail?: Record<string, unknown>): void {
    this.send({ type: 'journal', entry: { type, message, detail } });
  }

  /**
   * Calls an operation of an AWS service in the host's account and region. What comes back has been JSON: times are text.
   * @throws Error with AWS's own code as its name
   */
  call(call: AwsCall): Promise<any> {
    const id = ++this.calls;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, ({ output, error }) => {
        if (error) reject(Object.assign(new Error(error.message), { name: error.name }));
        else resolve(output);
      });
      this.send({ type: 'call', id, ...call });
    });
  }
}
