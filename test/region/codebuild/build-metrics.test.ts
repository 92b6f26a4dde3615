import { build, noSource, project, scope } from './bench';

test('a build is counted and timed, for its project and for all', async () => {
  const name = await project(noSource('version: 0.2\nphases: { build: { commands: ["true"] } }'));
  const broken = await project(noSource('version: 0.2\nphases: { build: { commands: ["false"] } }'));
  await build(name);
  await build(broken);

  const count = async (MetricName: string, ProjectName?: string) => sum(MetricName, 'Sum', ProjectName);
  expect([await count('Builds', name), await count('Builds')]).toEqual([1, 2]);
  expect([await count('SucceededBuilds', name), await count('FailedBuilds', name)]).toEqual([1, 0]);
  expect([await count('SucceededBuilds', broken), await count('FailedBuilds', broken)]).toEqual([0, 1]);
  expect(await sum('Duration', 'SampleCount')).toBe(2);
  expect(await sum('QueuedDuration', 'SampleCount', name)).toBe(1);
});

async function sum(MetricName: string, Stat: string, ProjectName?: string): Promise<number> {
  const Dimensions = ProjectName ? [{ Name: 'ProjectName', Value: ProjectName }] : [];
  const Metric = { Namespace: 'AWS/CodeBuild', MetricName, Dimensions };
  const now = scope.clock.now();
  const { MetricDataResults }: any = await scope.service('cloudwatch').operations.GetMetricData!({
    StartTime: new Date(now - 3_600_000),
    EndTime: new Date(now + 3_600_000),
    MetricDataQueries: [{ Id: 'm', MetricStat: { Metric, Period: 60, Stat } }],
  } as never);
  return MetricDataResults[0].Values.reduce((total: number, value: number) => total + value, 0);
}
