import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { HostPlace } from './program';
import type { SupervisorConfig } from './supervisor/protocol';

/** Folders of which a host sees a copy of its own: what it writes there is kept in memory. */
const OWN_FOLDERS = ['etc', 'home', 'opt', 'root', 'usr', 'var', 'srv'];
/** A host's folder and its programs, as the host sees them. */
const HOST_FOLDER = '/run/host';
const PROGRAM_FOLDER = '/run/program';
const DEPLOYMENT_ROOT = '/opt/codedeploy-agent/deployment-root';
const NAMESPACES = ['--mount', '--pid', '--net', '--uts', '--fork', '--kill-child', '--mount-proc'];
/** The process that asked for the namespaces takes them with it, however it ends. */
export const UNSHARE = ['setpriv', '--pdeathsig', 'KILL', 'unshare'];

/** Sources of bind mounts go under the new /run first: they may lie in a folder that is covered later. */
const SET_UP = `set -eu
host=$1 program=$2 name=$3
mount -t tmpfs tmpfs /run
mkdir ${HOST_FOLDER} ${PROGRAM_FOLDER}
mount --bind "$host" ${HOST_FOLDER}
mount --bind "$program" ${PROGRAM_FOLDER}
for folder in ${OWN_FOLDERS.join(' ')}; do
  [ -d /$folder ] || continue
  own=/run/own/$folder
  mkdir -p $own/upper $own/work
  mount -t overlay overlay -o lowerdir=/$folder,upperdir=$own/upper,workdir=$own/work /$folder
done
mount -t tmpfs -o mode=1777 tmpfs /tmp
mkdir -p ${DEPLOYMENT_ROOT} /var/log
mount --bind ${HOST_FOLDER}/deployment-root ${DEPLOYMENT_ROOT}
mount --bind ${HOST_FOLDER}/log /var/log
printf %s "$name" > /proc/sys/kernel/hostname
ip link set lo up
`;

/** The shell stays as the first process of the namespace, because it waits for orphans and node does not. */
const SUPERVISE = `"$4" ${PROGRAM_FOLDER}/"$5" "$6"
exit $?
`;

/**
 * Whether this machine lets us make such a host: tried, with a veth pair besides.
 * @param folder for what the trial leaves
 */
export function namespacesWork(folder: string): { works: boolean; why: string } {
  if (process.platform !== 'linux') return { works: false, why: `${process.platform} has no namespaces` };
  if (process.getuid?.() !== 0) return { works: false, why: 'the region does not run as root' };
  const trial = path.join(folder, '.trial');
  for (const name of ['deployment-root', 'log']) fs.mkdirSync(path.join(trial, name), { recursive: true });
  const script = `${SET_UP}ip link add trial type veth peer name eth0`;
  const [command, ...args] = [...UNSHARE, ...NAMESPACES, 'bash', '-c', script, 'bash', trial, trial, 'trial'];
  try {
    execFileSync(command, args, { stdio: 'pipe', encoding: 'utf8' });
    return { works: true, why: '' };
  } catch (error: any) {
    return { works: false, why: String(error.stderr || error.message).trim() };
  } finally {
    fs.rmSync(trial, { recursive: true });
  }
}

export function namespaceCommand({ instanceId, host, program, time }: HostPlace): string[] {
  const config: SupervisorConfig = {
    instanceId,
    mode: 'namespace',
    folder: HOST_FOLDER,
    deploymentRoot: DEPLOYMENT_ROOT,
    root: '',
    environment: {
      PATH: `/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:${path.dirname(process.execPath)}`,
      HOME: '/root',
      LANG: 'C.UTF-8',
    },
    time,
  };
  const args = [
    host,
    program.folder,
    instanceId,
    process.execPath,
    program.supervisor,
    JSON.stringify(config),
  ];
  return [...UNSHARE, ...NAMESPACES, 'bash', '-c', SET_UP + SUPERVISE, 'bash', ...args];
}
