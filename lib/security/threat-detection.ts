import { CfnDetector } from 'aws-cdk-lib/aws-guardduty';
import type { Construct } from 'constructs';
import type { Delivery, Environment } from '../config/delivery';
import { Inspector } from './inspector';

/**
 * Declares GuardDuty's detector and turns Inspector on in the stack of a place, an account and region, if the delivery
 * asks for them and no other stack of it declares the place's. The pipeline's stack goes before the environments, and
 * these in their order.
 *
 * @param environment whose stack it is; none for the pipeline's
 */
export function detectThreats(scope: Construct, delivery: Delivery, environment?: Environment): void {
  const { guardDuty, inspector } = delivery.security;
  const place = ({ account, region }: { readonly account?: string; readonly region?: string }) =>
    `${account}/${region}`;
  const others = [delivery, ...delivery.environments];
  const here = environment ?? delivery;
  if (others.find((other) => place(other) === place(here)) !== here) return;
  if (guardDuty) new CfnDetector(scope, 'ThreatDetector', { enable: true });
  if (inspector) new Inspector(scope, 'Inspector');
}
