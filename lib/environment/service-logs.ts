import { RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { allowLogEncryption } from '../log-encryption';

export interface ServiceLogsProps {
  readonly logGroupName: string;
  /** Days for which they are kept. */
  readonly retention: number;
  readonly encryptionKey: IKey;
}

/** Where the CloudWatch agent of every instance writes. The logs go with their environment. */
export class ServiceLogs extends Construct {
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, { logGroupName, ...props }: ServiceLogsProps) {
    super(scope, id);
    allowLogEncryption(props.encryptionKey, logGroupName);
    this.logGroup = new LogGroup(this, 'LogGroup', {
      ...props,
      logGroupName,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}
