import { App, Stack } from 'aws-cdk-lib';

/** The least that `cdk synth` can do: what every CDK app pays before it declares anything. */
new Stack(new App(), 'Empty');
