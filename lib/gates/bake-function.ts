import type { Construct } from 'constructs';
import { grantGetMetricData } from '../cloudwatch-access';
import { JobFunction } from './job-function';

/** The function behind the bake of every environment: lambda/bake. */
export class BakeFunction extends JobFunction {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      description: 'Lets a release on after its bake time, with enough requests and without an alarm',
      entry: 'lambda/bake/handler.ts',
    });
    grantGetMetricData(this.role);
  }
}
