import { Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { grantDescribeAlarms } from '../cloudwatch-access';
import { wildcardResource } from '../findings';
import { HandlerFunction, type HandlerFunctionProps } from '../handler-function';

/** A function that the pipeline calls with a job: it looks at the alarms of environments and answers CodePipeline. */
export abstract class JobFunction extends HandlerFunction {
  constructor(scope: Construct, id: string, props: HandlerFunctionProps) {
    super(scope, id, props);
    grantDescribeAlarms(this.role, '*');
    this.role.addToPolicy(
      new PolicyStatement({
        actions: ['codepipeline:PutJobSuccessResult', 'codepipeline:PutJobFailureResult'],
        resources: ['*'],
      }),
    );
    Validations.of(this.role).acknowledge({
      id: wildcardResource(this, '*'),
      reason: 'An answer to a CodePipeline job has no resource to name.',
    });
  }

  /** Lets the function look with the role of another account. */
  grantAssume(roleArn: string): void {
    this.role.addToPolicy(new PolicyStatement({ actions: ['sts:AssumeRole'], resources: [roleArn] }));
  }
}
