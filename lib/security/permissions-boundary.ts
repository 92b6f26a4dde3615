import { PERMISSIONS_BOUNDARY_CONTEXT_KEY } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * Bounds every role of the app, those that the CDK makes for itself among them, by the managed policy of that name in
 * the role's account. The CDK reads it from the context, which, unlike an aspect, reaches into stages.
 */
export function boundPermissions(scope: Construct, policyName: string): void {
  scope.node.root.node.setContext(PERMISSIONS_BOUNDARY_CONTEXT_KEY, { name: policyName });
}
