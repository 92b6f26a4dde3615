import type { AutoRollbackConfiguration, AutoRollbackEvent } from '@aws-sdk/client-codedeploy';
import { AwsError } from '../service';
import type { Deployment } from './deployment';

/**
 * Whether an automatic rollback watches the group's alarms. AWS does not say; were it so, the alarm that caused the
 * rollback would stop it as well. Both behaviours are here, and the journal's `RollbackStarted` says which one ran.
 */
export type RollbackAlarms = 'ignored' | 'watched';
export const ROLLBACK_ALARMS: RollbackAlarms = 'ignored';

/** @throws AwsError InvalidAutoRollbackConfigException */
export function validAutoRollback(config: AutoRollbackConfiguration | undefined): void {
  if (!config) return;
  const allowed: readonly AutoRollbackEvent[] = [
    'DEPLOYMENT_FAILURE',
    'DEPLOYMENT_STOP_ON_ALARM',
    'DEPLOYMENT_STOP_ON_REQUEST',
  ];
  for (const event of config.events ?? []) {
    if (!allowed.includes(event)) {
      throw new AwsError(
        'InvalidAutoRollbackConfigException',
        `autoRollbackConfiguration.events holds ${event}; allowed are ${allowed.join(', ')}`,
      );
    }
  }
  if (config.enabled && !config.events?.length) {
    throw new AwsError(
      'InvalidAutoRollbackConfigException',
      'autoRollbackConfiguration is enabled without events',
    );
  }
}

/** The event that ended the deployment, if it is one that rolls back. */
export function rollbackEvent({
  status,
  error,
}: Pick<Deployment, 'status' | 'error'>): AutoRollbackEvent | undefined {
  if (status === 'Failed') return 'DEPLOYMENT_FAILURE';
  if (status !== 'Stopped') return undefined;
  return error?.code === 'ALARM_ACTIVE' ? 'DEPLOYMENT_STOP_ON_ALARM' : 'DEPLOYMENT_STOP_ON_REQUEST';
}

/** Whether an ended deployment is rolled back by itself. */
export function rollsBack(deployment: Deployment): boolean {
  const { spec, stopReason } = deployment;
  // A rollback that fails is not rolled back again, and what Auto Scaling asked for is its own business.
  if (spec.creator === 'codeDeployRollback' || spec.occasion !== 'in-place') return false;
  if (stopReason?.code === 'MANUAL_STOP' && stopReason.rollback !== undefined) return stopReason.rollback;
  return configured(spec.autoRollback, rollbackEvent(deployment));
}

export function configured(
  config: AutoRollbackConfiguration | undefined,
  event: AutoRollbackEvent | undefined,
): boolean {
  return Boolean(config?.enabled && event && config.events?.includes(event));
}
