import { App } from 'aws-cdk-lib';
import { delivery } from '../delivery';
import { checkDescription, DescriptionError } from '../lib/config/check';
import { checkLimits } from '../lib/limits';
import { PipelineStack } from '../lib/pipeline/pipeline-stack';

try {
  const checked = checkDescription(delivery, 'delivery.ts');
  const app = new App();
  new PipelineStack(app, checked);
  checkLimits(app.synth(), 'delivery.ts');
} catch (error) {
  if (!(error instanceof DescriptionError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
