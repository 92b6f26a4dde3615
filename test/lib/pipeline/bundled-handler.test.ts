import fs from 'node:fs';
import path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { bundledHandler, inlineHandler } from '../../../lib/pipeline/bundled-handler';
import { temporaryFolder } from '../../support/folder';

test('the bundle is one file that exports the handler and holds neither the SDK nor a path of this machine', () => {
  process.env.CDK_VALIDATION = 'false';
  const outdir = temporaryFolder('assembly');
  const app = new App({ outdir });
  new LambdaFunction(new Stack(app, 'Stack'), 'Function', {
    code: bundledHandler('lambda/bake/handler.ts'),
    handler: 'index.handler',
    runtime: Runtime.NODEJS_24_X,
  });
  app.synth();

  const [asset] = fs.readdirSync(outdir).filter((name) => name.startsWith('asset.'));
  expect(fs.readdirSync(path.join(outdir, asset))).toEqual(['index.js']);
  const file = path.join(outdir, asset, 'index.js');
  expect(require(file).handler).toBeInstanceOf(Function);
  expect(fs.readFileSync(file, 'utf8')).not.toContain(process.cwd());
  expect(fs.statSync(file).size).toBeLessThan(20_000);
});

test('in a template, the same code stands as text that CloudFormation writes to index.js', () => {
  const inline = inlineHandler('lambda/bake/handler.ts').bind(new Stack()).inlineCode!;
  const file = path.join(temporaryFolder('inline'), 'index.js');
  fs.writeFileSync(file, inline);

  expect(require(file).handler).toBeInstanceOf(Function);
  expect(inline).not.toContain(process.cwd());
});
