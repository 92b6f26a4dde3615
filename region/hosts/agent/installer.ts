import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { AppSpec, FileExistsBehavior } from './appspec';
import { type Instruction, planInstall } from './install-plan';

export interface InstallOptions {
  readonly spec: AppSpec;
  /** The deployment's own setting, used when the AppSpec file has none. */
  readonly fileExistsBehavior: FileExistsBehavior;
  /** Where the revision was unpacked. */
  readonly archive: string;
  /** Where the plan and the cleanup list are kept, by deployment group. */
  readonly instructions: string;
  readonly deploymentGroupId: string;
  /** Prefix of absolute destinations; empty where the host has a file system view of its own. */
  readonly root: string;
  /** Told what is recorded only. */
  readonly note: (message: string) => void;
}

/**
 * Copies a revision's files, in the agent's order: what the last deployment of the group installed is removed first,
 * then all is planned, then the plan is carried out. So a conflict copies nothing, with the old files already gone.
 */
export function install(options: InstallOptions): void {
  const file = (name: string) => path.join(options.instructions, `${options.deploymentGroupId}-${name}`);
  fs.mkdirSync(options.instructions, { recursive: true });
  removePrevious(file('cleanup'));
  const plan = planInstall(options);
  fs.writeFileSync(file('install.json'), JSON.stringify({ instructions: plan }));
  const cleanup = fs.openSync(file('cleanup'), 'w');
  try {
    const created = (target: string) => fs.writeSync(cleanup, `${target}\n`);
    for (const instruction of plan) execute(instruction, created, options.note);
  } finally {
    fs.closeSync(cleanup);
  }
}

function removePrevious(cleanup: string): void {
  if (!fs.existsSync(cleanup)) return;
  // A last line without its end is a path that was not finished.
  const created = fs.readFileSync(cleanup, 'utf8').split('\n').slice(0, -1);
  for (const target of created.reverse()) {
    const found = fs.lstatSync(target, { throwIfNoEntry: false });
    if (found?.isDirectory()) removeEmpty(target);
    else if (found) fs.unlinkSync(target);
  }
  fs.unlinkSync(cleanup);
}

function removeEmpty(directory: string): void {
  try {
    fs.rmdirSync(directory);
  } catch (error: any) {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EBUSY') throw error;
  }
}

function execute(
  step: Instruction,
  created: (target: string) => void,
  note: (message: string) => void,
): void {
  switch (step.type) {
    case 'mkdir':
      fs.mkdirSync(step.directory);
      created(step.directory);
      break;
    case 'copy':
      created(step.destination);
      copy(step.source, step.destination);
      break;
    case 'chmod':
      fs.chmodSync(step.file, Number.parseInt(step.mode, 8));
      break;
    case 'chown':
      chown(step.file, step.owner, step.group, note);
      break;
    case 'setfacl':
      note(`${step.file}: acls ${step.acl.join(',')} are recorded, not set`);
      break;
    case 'semanage':
      note(`${step.file}: SELinux context ${step.context.type} is recorded, not set`);
      break;
  }
}

function copy(source: string, destination: string): void {
  const found = fs.lstatSync(source);
  if (found.isSymbolicLink()) {
    fs.symlinkSync(fs.readlinkSync(source), destination);
    return;
  }
  fs.copyFileSync(source, destination);
  fs.chmodSync(destination, found.mode);
  fs.utimesSync(destination, found.atime, found.mtime);
}

function chown(
  file: string,
  owner: string | null,
  group: string | null,
  note: (message: string) => void,
): void {
  const uid = owner === null ? -1 : idOf('passwd', owner, 'owner');
  const gid = group === null ? -1 : idOf('group', group, 'group');
  try {
    fs.chownSync(file, uid, gid);
  } catch (error: any) {
    if (error.code !== 'EPERM') throw error;
    note(`${file}: ownership ${owner ?? ''}:${group ?? ''} is recorded, not set: the region may not set it`);
  }
}

function idOf(database: 'passwd' | 'group', name: string, what: string): number {
  try {
    const entry = execFileSync('getent', [database, name], { encoding: 'utf8', stdio: 'pipe' });
    return Number(entry.split(':')[2]);
  } catch {
    throw new Error(`the ${what} ${name} does not exist on the instance`);
  }
}
