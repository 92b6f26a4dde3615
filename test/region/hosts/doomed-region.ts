import path from 'node:path';
import { ScaledClock } from '../../../region/clock/clock';
import type { Host } from '../../../region/hosts/host';
import { createHosts } from '../../../region/hosts/hosts';
import { Journal } from '../../../region/journal/journal';
import { deploy } from './deployer';

/** A process that owns a host with a revision on it, to be killed: `doomed-region <folder> <mode> <instance> <bundle>`. */
async function main([folder, mode, instanceId, bundle]: string[]): Promise<void> {
  const clock = new ScaledClock();
  const hosts = createHosts(path.join(folder, 'hosts'), clock, new Journal(clock), {
    mode: mode as Host['mode'],
  });
  const host = await hosts.launch({ instanceId });
  console.log(JSON.stringify(await deploy(host, 'd-1', bundle)));
}

void main(process.argv.slice(2));
