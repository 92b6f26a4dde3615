import { App, Stack, Stage } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { compareAssemblies } from '../../../../lib/review/compare/compare';
import { temporaryFolder } from '../../../support/folder';

/** The cloud assembly of an app with a topic in a stack, and one in the stack of a stage. */
function assembly(own: string, staged: string): string {
  process.env.CDK_VALIDATION = 'false';
  const outdir = temporaryFolder('assembly');
  const app = new App({ outdir });
  new Topic(new Stack(app, 'Pipeline'), 'Topic', { displayName: own });
  new Topic(new Stack(new Stage(app, 'beta'), 'Service'), 'Topic', { topicName: staged });
  app.synth();
  return outdir;
}

test('the stacks of the app and of its stages are compared, each with the one of the same path', () => {
  const before = assembly('one', 'one');
  expect(compareAssemblies(before, before)).toEqual({ resources: [], permissions: [], network: [] });

  const after = compareAssemblies(before, assembly('two', 'two'));
  expect(after?.resources).toEqual([
    expect.objectContaining({ stack: 'Pipeline', change: 'changed', properties: ['DisplayName'] }),
    expect.objectContaining({ stack: 'beta/Service', change: 'replaced', properties: ['TopicName'] }),
  ]);
});

test('without an assembly before there is nothing to compare with', () => {
  expect(compareAssemblies(temporaryFolder('empty'), assembly('one', 'one'))).toBeNull();
});

test('without an assembly after it fails', () => {
  expect(() => compareAssemblies(assembly('one', 'one'), temporaryFolder('empty'))).toThrow('manifest.json');
});
