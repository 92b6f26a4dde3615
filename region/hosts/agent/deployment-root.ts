import fs from 'node:fs';
import path from 'node:path';

/** Revisions kept of a deployment group, the current one included: agent 1.8.1; the user guide leaves it out. */
const REVISIONS_KEPT = 5;

type Pointer = 'last_successful_install' | 'most_recent_install';

/** The agent's folder on an instance, `/opt/codedeploy-agent/deployment-root`, and what it remembers there. */
export class DeploymentRoot {
  constructor(readonly folder: string) {}

  deployment(groupId: string, deploymentId: string): string {
    return path.join(this.folder, groupId, deploymentId);
  }

  /** Where a deployment's bundle is downloaded to; the agent calls it so whatever its format. */
  bundle(groupId: string, deploymentId: string): string {
    return path.join(this.deployment(groupId, deploymentId), 'bundle.tar');
  }

  /** What the scripts of all deployments have written. */
  get log(): string {
    return path.join(this.folder, 'deployment-logs/codedeploy-agent-deployments.log');
  }

  get instructions(): string {
    return path.join(this.folder, 'deployment-instructions');
  }

  /** Folder of the deployment that was recorded last, if any. */
  recorded(pointer: Pointer, groupId: string): string | undefined {
    const file = this.pointerFile(pointer, groupId);
    return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim() : undefined;
  }

  record(pointer: Pointer, groupId: string, deploymentId: string): void {
    fs.mkdirSync(this.instructions, { recursive: true });
    fs.writeFileSync(this.pointerFile(pointer, groupId), this.deployment(groupId, deploymentId));
  }

  /** Removes the oldest revisions beyond those kept, never the last successful one. */
  removeOldRevisions(groupId: string): void {
    const group = path.join(this.folder, groupId);
    const revisions = fs.readdirSync(group).map((name) => path.join(group, name));
    const lastSuccessful = this.recorded('last_successful_install', groupId);
    const age = (folder: string) => fs.statSync(folder, { bigint: true }).mtimeNs;
    revisions
      .filter((folder) => folder !== lastSuccessful)
      .sort((a, b) => (age(a) < age(b) ? -1 : 1))
      .slice(0, Math.max(0, revisions.length - REVISIONS_KEPT))
      .forEach((folder) => {
        fs.rmSync(folder, { recursive: true });
      });
  }

  private pointerFile(pointer: Pointer, groupId: string): string {
    return path.join(this.instructions, `${groupId}_${pointer}`);
  }
}
