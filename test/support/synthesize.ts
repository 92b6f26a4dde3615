import fs from 'node:fs';
import path from 'node:path';
import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { checkDescription } from '../../lib/config/check';
import type { DeliveryDescription, EnvironmentDescription } from '../../lib/config/description';
import { PipelineStack } from '../../lib/pipeline/pipeline-stack';

export const FLAGS = JSON.parse(fs.readFileSync(path.join(__dirname, '../../cdk.json'), 'utf8')).context;

/** A delivery that stands still while delivery.ts changes: what the assertions and snapshots are made from. */
export const DESCRIPTION: DeliveryDescription & { readonly environments: readonly EnvironmentDescription[] } =
  {
    service: 'harbor',
    environments: [
      { name: 'beta', capacity: { min: 2, max: 2 } },
      { name: 'prod', capacity: { min: 4, max: 8 }, deploymentConfiguration: 'HalfAtATime', bakeMinutes: 30 },
    ],
  };

/** An app with the feature flags of cdk.json, as the CLI makes it. Handlers are not bundled: their code has its own tests. */
export function testApp(): App {
  process.env.CDK_VALIDATION = 'false'; // seconds for every test file; test/bin synthesizes with it
  return new App({
    context: { ...FLAGS, 'aws:cdk:bundling-stacks': [] },
    // What no template holds, and takes a third of the time.
    analyticsReporting: false,
    stackTraces: false,
    treeMetadata: false,
  });
}

export interface Synthesized {
  readonly app: App;
  readonly pipeline: Template;
  /** The stack of an environment. */
  environment(name: string): Template;
}

const synthesized = new Map<string, Synthesized>();

/** Equal descriptions are synthesized once: a test that changes what it gets makes an app of its own. */
export function synthesize(description: DeliveryDescription = DESCRIPTION): Synthesized {
  const key = JSON.stringify(description);
  let found = synthesized.get(key);
  if (!found) {
    const app = testApp();
    const stack = new PipelineStack(app, checkDescription(description, 'delivery.ts'));
    found = {
      app,
      pipeline: Template.fromStack(stack),
      environment: (name) =>
        Template.fromStack(stack.node.findChild(name).node.findChild('Service') as Stack),
    };
    synthesized.set(key, found);
  }
  return found;
}

/** The same delivery with its pipeline in one account and its environments in others, the last in another region. */
export const ACROSS_ACCOUNTS: DeliveryDescription = {
  ...DESCRIPTION,
  account: '111111111111',
  region: 'eu-central-1',
  environments: [
    { ...DESCRIPTION.environments[0], account: '222222222222' },
    { ...DESCRIPTION.environments[1], account: '333333333333', region: 'us-west-2' },
  ],
};
