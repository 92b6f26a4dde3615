import { Ledger } from '../../../region/ledger/ledger';

test('keeps the last word on each resource and property, and forgets a deleted resource', () => {
  const ledger = new Ledger();
  const fleet = {
    place: '111111111111/us-east-1',
    stackName: 'beta',
    logicalId: 'Fleet',
    type: 'AWS::AutoScaling::AutoScalingGroup',
  } as const;
  ledger.record({ ...fleet, disposition: 'modelled' });
  ledger.record({ ...fleet, property: 'MinSize', disposition: 'recorded' });
  ledger.record({ ...fleet, property: 'MinSize', disposition: 'executed' });
  ledger.record({ ...fleet, stackName: 'prod', disposition: 'modelled' });
  ledger.record({ ...fleet, place: '222222222222/us-east-1', disposition: 'modelled' });
  expect(ledger.entries()).toHaveLength(4);
  expect(ledger.entries().find(({ property }) => property)?.disposition).toBe('executed');
  ledger.forget(fleet);
  expect(ledger.entries().map(({ place, stackName }) => [place, stackName])).toEqual([
    ['111111111111/us-east-1', 'prod'],
    ['222222222222/us-east-1', 'beta'],
  ]);
});
