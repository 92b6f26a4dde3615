import fs from 'node:fs';
import path from 'node:path';
import type { InstallOptions } from './installer';
import { matches, type Permission } from './permission';
import type { SelinuxContext } from './selinux-context';

/** One step of an installation, as written to `<deployment group id>-install.json`. */
export type Instruction =
  | { type: 'mkdir'; directory: string }
  | { type: 'copy'; source: string; destination: string }
  | { type: 'chmod'; file: string; mode: string }
  | { type: 'setfacl'; file: string; acl: readonly string[] }
  | { type: 'semanage'; file: string; context: SelinuxContext }
  | { type: 'chown'; file: string; owner: string | null; group: string | null };

/**
 * Everything an installation will do, without doing any of it.
 * @throws when files are in the way, or when the AppSpec file asks for one path twice
 */
export function planInstall(options: InstallOptions): Instruction[] {
  return new Plan(options).make();
}

class Plan {
  private readonly instructions: Instruction[] = [];
  /** Source by destination. */
  private readonly copies = new Map<string, string>();
  private readonly directories = new Set<string>();
  private readonly permitted = new Set<string>();

  constructor(private readonly options: InstallOptions) {}

  make(): Instruction[] {
    const { spec, archive } = this.options;
    for (const { source, destination } of spec.files) {
      const from = path.join(archive, source);
      const to = this.onHost(destination);
      if (isDirectory(from)) {
        this.makeParents(to);
        this.copyDirectory(from, to);
      } else {
        // A file always lands below its destination, even one that looks like a file's name.
        const file = path.join(to, path.basename(from));
        this.makeParents(file);
        this.copyFile(from, file);
      }
    }
    for (const permission of spec.permissions) this.permit(permission);
    return this.instructions;
  }

  private onHost(target: string): string {
    return path.resolve('/', path.join(this.options.root, target));
  }

  private makeParents(target: string): void {
    const missing: string[] = [];
    for (let parent = path.dirname(target); !fs.existsSync(parent); parent = path.dirname(parent)) {
      missing.unshift(parent);
    }
    for (const directory of missing) this.makeDirectory(directory);
  }

  private makeDirectory(directory: string): void {
    if (this.copies.has(directory)) {
      throw new Error(`${directory} is to be both a directory and a copy of ${this.copies.get(directory)}`);
    }
    if (this.directories.has(directory)) return;
    this.directories.add(directory);
    this.instructions.push({ type: 'mkdir', directory });
  }

  private copyDirectory(from: string, to: string): void {
    if (!isDirectory(to, true)) this.makeDirectory(to);
    for (const name of fs.readdirSync(from)) {
      const [source, destination] = [path.join(from, name), path.join(to, name)];
      if (isDirectory(source)) this.copyDirectory(source, destination);
      else this.copyFile(source, destination);
    }
  }

  private copyFile(source: string, destination: string): void {
    const { spec, fileExistsBehavior } = this.options;
    const behavior = spec.fileExistsBehavior ?? fileExistsBehavior;
    if (fs.existsSync(destination)) {
      // A retained file is not recorded for cleanup: agent 1.8.1, against the user guide.
      if (behavior === 'RETAIN') return;
      if (behavior === 'DISALLOW') throw new Error(`a file already exists at ${destination}`);
      if (behavior !== 'OVERWRITE') {
        throw new Error(`fileExistsBehavior is ${behavior}; allowed is DISALLOW, OVERWRITE or RETAIN`);
      }
    }
    const other = this.copies.get(destination);
    if (other) throw new Error(`two sources for ${destination}: ${other} and ${source}`);
    if (this.directories.has(destination)) {
      throw new Error(`${destination} is to be both a copy of ${source} and a directory`);
    }
    this.copies.set(destination, source);
    this.instructions.push({ type: 'copy', source, destination });
  }

  private permit(permission: Permission): void {
    const object = this.onHost(permission.object);
    if (this.copies.has(object)) {
      if (!permission.type.includes('file')) return;
      if (permission.pattern !== '**' || permission.except.length > 0) {
        throw new Error(
          `permissions: ${permission.object} is a file, so pattern and except do not apply to it`,
        );
      }
      this.setPermissions(object, permission);
    } else if (this.directories.has(object) || isDirectory(object, true)) {
      const candidates = [
        ...(permission.type.includes('file') ? this.copies.keys() : []),
        ...(permission.type.includes('directory') ? this.directories : []),
      ];
      for (const file of candidates.filter((file) => matches(permission, object, file))) {
        this.setPermissions(file, permission);
      }
    }
  }

  private setPermissions(file: string, { mode, acls, context, owner, group }: Permission): void {
    if (this.permitted.has(file)) throw new Error(`permissions: ${file} is given permissions more than once`);
    this.permitted.add(file);
    if (acls?.some((entry) => entry.startsWith('default:')) && this.copies.has(file)) {
      throw new Error(`permissions: ${file} is a file; default acls are for directories`);
    }
    if (mode !== null) this.instructions.push({ type: 'chmod', file, mode });
    if (acls !== null) this.instructions.push({ type: 'setfacl', file, acl: acls });
    if (context !== null) this.instructions.push({ type: 'semanage', file, context });
    if (owner !== null || group !== null) this.instructions.push({ type: 'chown', file, owner, group });
  }
}

function isDirectory(target: string, followLinks = false): boolean {
  const stat = followLinks ? fs.statSync : fs.lstatSync;
  return stat(target, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
