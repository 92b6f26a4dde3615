import { AutoScaling } from './autoscaling/autoscaling';
import { CloudFormation } from './cloudformation/cloudformation';
import { CloudWatch } from './cloudwatch/cloudwatch';
import { CodeBuild } from './codebuild/codebuild';
import { CodeCommit } from './codecommit/codecommit';
import { CodeDeploy } from './codedeploy/codedeploy';
import { CodePipeline } from './codepipeline/codepipeline';
import { Ec2 } from './ec2/ec2';
import { Ecr } from './ecr/ecr';
import { ElasticLoadBalancing } from './elasticloadbalancing/elasticloadbalancing';
import { Events } from './events/events';
import { Iam } from './iam/iam';
import { Inspector2 } from './inspector2/inspector2';
import { Kms } from './kms/kms';
import { Lambda } from './lambda/lambda';
import { Logs } from './logs/logs';
import { S3 } from './s3/s3';
import { Sns } from './sns/sns';
import { Ssm } from './ssm/ssm';
import { Sts } from './sts/sts';
import { XRay } from './xray/xray';

/** Every AWS service that the region plays, by the name its code asks for it. */
export const SERVICES = {
  s3: S3,
  sts: Sts,
  ssm: Ssm,
  ecr: Ecr,
  iam: Iam,
  kms: Kms,
  cloudformation: CloudFormation,
  codecommit: CodeCommit,
  codebuild: CodeBuild,
  codepipeline: CodePipeline,
  codedeploy: CodeDeploy,
  autoscaling: AutoScaling,
  ec2: Ec2,
  elasticloadbalancing: ElasticLoadBalancing,
  cloudwatch: CloudWatch,
  logs: Logs,
  lambda: Lambda,
  sns: Sns,
  events: Events,
  xray: XRay,
  inspector2: Inspector2,
} as const;

export type ServiceName = keyof typeof SERVICES;

export type Services = { readonly [Name in ServiceName]: InstanceType<(typeof SERVICES)[Name]> };
