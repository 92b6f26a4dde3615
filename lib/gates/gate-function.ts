import { Stack, Validations } from 'aws-cdk-lib';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { wildcardResource } from '../findings';
import { JobFunction } from './job-function';

/** The function that looks before a release enters a stage: lambda/gate. */
export class GateFunction extends JobFunction {
  constructor(
    scope: Construct,
    id: string,
    private readonly pipelineName: string,
  ) {
    super(scope, id, {
      description: 'Lets a release into a stage unless an alarm is red or the stage is frozen',
      entry: 'lambda/gate/handler.ts',
      environment: { PIPELINE: pipelineName },
    });
  }

  /** A role that refuses is judged by whether the pipeline has released to its environment before. */
  override grantAssume(roleArn: string): void {
    super.grantAssume(roleArn);
    const pipeline = Stack.of(this).formatArn({ service: 'codepipeline', resource: this.pipelineName });
    this.role.addToPolicy(
      new PolicyStatement({ actions: ['codepipeline:ListActionExecutions'], resources: [pipeline] }),
    );
  }

  /** Lets a role call the function in a rule. The construct of a rule grants it nothing. */
  grantRule(role: IRole): void {
    role.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [this.function.functionArn] }),
    );
    role.addToPrincipalPolicy(new PolicyStatement({ actions: ['lambda:ListFunctions'], resources: ['*'] }));
    Validations.of(role).acknowledge({
      id: wildcardResource(role, '*'),
      reason: 'lambda:ListFunctions, which CodePipeline asks for, has no resource.',
    });
  }
}
