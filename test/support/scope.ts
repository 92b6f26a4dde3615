import fs from 'node:fs';
import path from 'node:path';
import { SteppedClock } from '../../region/clock/clock';
import { Journal } from '../../region/journal/journal';
import { Ledger } from '../../region/ledger/ledger';
import type { Credentials, Scope } from '../../region/service';
import type { ServiceName, Services } from '../../region/services';
import { atEnd, temporaryFolder } from './folder';

export interface TestScope extends Scope {
  readonly clock: SteppedClock;
}

/**
 * An account and region without a gateway, on a stepped clock: for tests of one service.
 * @param fakes services that stand in for the played ones, or functions that make one for this scope
 */
export function testScope(fakes: Partial<Record<ServiceName, unknown>> = {}): TestScope {
  const root = temporaryFolder('scope');
  const clock = new SteppedClock();
  const running = new Map<ServiceName, any>(Object.entries(fakes) as [ServiceName, unknown][]);
  const credentials = (): Credentials => ({
    accessKeyId: 'AKIATEST',
    secretAccessKey: 'secret',
    sessionToken: 'token',
    expiration: new Date(clock.now() + 3600_000),
  });
  const scope: TestScope = {
    accountId: '111111111111',
    region: 'us-east-1',
    clock,
    journal: new Journal(clock),
    ledger: new Ledger(),
    endpoint: 'http://127.0.0.1:1',
    service<Name extends ServiceName>(name: Name): Services[Name] {
      const given = running.get(name);
      if (typeof given === 'function') running.set(name, given(scope));
      if (!running.has(name)) {
        const { SERVICES } = require('../../region/services');
        running.set(name, new SERVICES[name](scope));
      }
      return running.get(name);
    },
    at: () => scope,
    all: () => [scope],
    folder(service) {
      const folder = path.join(root, service);
      fs.mkdirSync(folder, { recursive: true });
      return folder;
    },
    credentials,
    environment: () => ({ AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }),
  };
  atEnd(async () => {
    for (const service of running.values()) await service.stop?.();
  });
  return scope;
}
