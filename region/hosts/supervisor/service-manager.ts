import fs from 'node:fs';
import path from 'node:path';
import { ServiceUnit, type UnitSurroundings } from './service-unit';
import { parseUnitFile } from './unit-file';

/** Where unit files are looked for, first match first. @see systemd.unit(5) */
const UNIT_PATH = [
  '/etc/systemd/system',
  '/run/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
];

export interface ManagerOptions extends Omit<UnitSurroundings, 'log' | 'locate'> {
  /** Folder for what units write to the journal, `<unit>.log`. */
  readonly logs: string;
  /** Told what is recorded and not played. */
  readonly note: (message: string) => void;
}

/** A request that fails as systemctl would: its message and exit status. */
export class SystemctlError extends Error {
  constructor(
    message: string,
    readonly exitStatus: number,
  ) {
    super(message);
  }
}

/** A model of systemd's service manager: it knows service units, and of those what {@link parseUnitFile} reads. */
export class ServiceManager {
  private readonly units = new Map<string, { unit: ServiceUnit; text: string }>();

  constructor(private readonly options: ManagerOptions) {
    fs.mkdirSync(options.logs, { recursive: true });
  }

  /**
   * The unit of that name. What was read once is used until the next daemon-reload, as systemd does.
   * @returns undefined when there is no such unit file
   */
  load(name: string): ServiceUnit | undefined {
    const known = this.units.get(name)?.unit;
    if (known) return known;
    const file = this.find(name);
    if (!file) return undefined;
    const text = fs.readFileSync(file, 'utf8');
    const { logs, note, ...surroundings } = this.options;
    const unit = new ServiceUnit(name, parseUnitFile(text, file), {
      ...surroundings,
      log: path.join(logs, `${name}.log`),
      locate: (target) => this.locate(target),
    });
    if (unit.file.recorded.length > 0) {
      note(`${name}: recorded, not played: ${unit.file.recorded.join(', ')}`);
    }
    this.units.set(name, { unit, text });
    return unit;
  }

  /** Reads all unit files anew; what runs goes on. */
  reload(): void {
    for (const [name, loaded] of this.units) {
      const file = this.find(name);
      if (file) {
        loaded.text = fs.readFileSync(file, 'utf8');
        loaded.unit.file = parseUnitFile(loaded.text, file);
      } else if (!loaded.unit.mainPid) this.units.delete(name);
    }
  }

  /** Whether the unit's file has changed since it was read. */
  isStale(name: string): boolean {
    const [loaded, file] = [this.units.get(name), this.find(name)];
    return loaded !== undefined && (!file || fs.readFileSync(file, 'utf8') !== loaded.text);
  }

  /** Path of the unit's file on this machine. */
  find(name: string): string | undefined {
    return UNIT_PATH.map((folder) => path.join(this.options.root, folder, name)).find((file) =>
      fs.existsSync(file),
    );
  }

  isEnabled(name: string): boolean {
    return this.wants(name).some((link) => fs.lstatSync(link, { throwIfNoEntry: false }));
  }

  /** @returns the links made */
  enable(name: string): string[] {
    const file = this.find(name);
    if (!file) throw new SystemctlError(`Failed to enable unit: Unit file ${name} does not exist.`, 1);
    const links = this.wants(name).filter((link) => !fs.lstatSync(link, { throwIfNoEntry: false }));
    for (const link of links) {
      fs.mkdirSync(path.dirname(link), { recursive: true });
      fs.symlinkSync(file, link);
    }
    return links;
  }

  disable(name: string): void {
    for (const link of this.wants(name)) fs.rmSync(link, { force: true });
  }

  /** The newest lines that the unit has written. */
  output(name: string, lines: number): string[] {
    const file = path.join(this.options.logs, `${name}.log`);
    return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines) : [];
  }

  /** Ends every process of every unit now. */
  kill(): void {
    for (const { unit } of this.units.values()) unit.kill();
  }

  private wants(name: string): string[] {
    const file = this.find(name);
    const targets = file ? parseUnitFile(fs.readFileSync(file, 'utf8'), file).wantedBy : [];
    return targets.map((target) => path.join(this.options.root, `/etc/systemd/system/${target}.wants`, name));
  }

  /** A path of the host on this machine: below the root where it is there, else the machine's own (a shell, node). */
  private locate(target: string): string {
    const below = path.join(this.options.root, target);
    return fs.existsSync(below) ? below : target;
  }
}
