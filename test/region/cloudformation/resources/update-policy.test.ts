import { propertiesToUpdate } from '../../../../region/cloudformation/resources/update-policy';
import { testScope } from '../../../support/scope';

const scope = testScope({
  autoscaling: {
    operations: {
      DescribeAutoScalingGroups: ({ AutoScalingGroupNames }: { AutoScalingGroupNames: string[] }) => ({
        AutoScalingGroups:
          AutoScalingGroupNames[0] === 'fleet' ? [{ MinSize: 2, MaxSize: 9, DesiredCapacity: 6 }] : [],
      }),
    },
  },
});

test.each<[boolean | string | undefined, object]>([
  [true, { MinSize: 3, MaxSize: 9, DesiredCapacity: 6, Cooldown: '60' }],
  ['true', { MinSize: 3, MaxSize: 9, DesiredCapacity: 6, Cooldown: '60' }],
  [false, { MinSize: 3, MaxSize: 4, Cooldown: '60' }],
  [undefined, { MinSize: 3, MaxSize: 4, Cooldown: '60' }],
])('IgnoreUnmodifiedGroupSizeProperties %s', async (ignore, expected) => {
  const properties = await propertiesToUpdate(
    {
      type: 'AWS::AutoScaling::AutoScalingGroup',
      physicalId: 'fleet',
      properties: { MinSize: 3, MaxSize: 4, Cooldown: '60' },
      previous: { MinSize: 2, MaxSize: 4 },
      updatePolicy:
        ignore === undefined
          ? undefined
          : { AutoScalingScheduledAction: { IgnoreUnmodifiedGroupSizeProperties: ignore } },
    },
    scope,
  );
  expect(properties).toEqual(expected);
});
