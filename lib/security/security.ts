import type { IRepository } from 'aws-cdk-lib/aws-codecommit';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Delivery } from '../config/delivery';
import { pipelineNames } from '../names';
import { AuditTrail } from './audit-trail';
import { BranchProtection } from './branch-protection';
import { detectThreats } from './threat-detection';

export interface SecurityProps {
  readonly delivery: Delivery;
  /** Undefined where the repository is not CodeCommit's. */
  readonly repository?: IRepository;
  readonly artifacts: readonly IBucket[];
}

/** What the description asks for in the pipeline's account beyond the protection that is always there. */
export class Security extends Construct {
  constructor(scope: Construct, id: string, { delivery, repository, artifacts }: SecurityProps) {
    super(scope, id);
    const { branch, security } = delivery;
    if (security.protectBranch && repository)
      new BranchProtection(this, 'BranchProtection', { ...security.protectBranch, repository, branch });
    if (security.cloudTrail)
      new AuditTrail(this, 'AuditTrail', { trailName: pipelineNames(delivery).trail, artifacts });
    detectThreats(this, delivery);
  }
}
