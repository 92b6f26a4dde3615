import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock/clock';
import { randomCharacters } from '../random';
import type { Credentials, SessionOptions } from '../service';

/** Keys that the region has issued, with whom they stand for. */
export interface IssuedKey extends Credentials {
  readonly accountId: string;
  /** `arn:aws:iam::ACCOUNT:root`, or `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`. */
  readonly principalArn: string;
}

const ROLE_SECONDS = 12 * 3600;
const ROOT_SECONDS = 365 * 24 * 3600;

/**
 * The keys a region signs and checks with: made at run time, kept in memory, gone when the region stops.
 * They expire by wall time, for they are held by real processes.
 */
export class KeyRing {
  private readonly issued = new Map<string, IssuedKey>();

  constructor(private readonly clock: Clock) {}

  /** New keys of a role's session, or of the account's root user when no role is given. */
  issue(accountId: string, roleArn?: string, session: SessionOptions = {}): IssuedKey {
    const seconds = session.durationSeconds ?? (roleArn ? ROLE_SECONDS : ROOT_SECONDS);
    const key: IssuedKey = {
      accessKeyId: `ASIA${base32(16)}`,
      secretAccessKey: randomBytes(30).toString('base64'),
      sessionToken: randomBytes(96).toString('base64'),
      expiration: new Date(this.clock.wall() + seconds * 1000),
      accountId,
      principalArn: roleArn
        ? `arn:aws:sts::${accountId}:assumed-role/${roleArn.split('/').pop()}/${session.sessionName ?? 'tidegate'}`
        : `arn:aws:iam::${accountId}:root`,
    };
    this.issued.set(key.accessKeyId, key);
    return key;
  }

  find(accessKeyId: string): IssuedKey | undefined {
    return this.issued.get(accessKeyId);
  }

  isExpired(key: IssuedKey): boolean {
    return key.expiration.getTime() <= this.clock.wall();
  }
}

/** Characters as access key ids and unique ids of IAM have them. */
export function base32(length: number): string {
  return randomCharacters(length, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567');
}
