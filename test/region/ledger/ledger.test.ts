import { Ledger } from '../../../region/ledger/ledger';

test('keeps the last word on each resource and property, and forgets a deleted resource', () => {
  const ledger = new Ledger();
  const fleet = {
    stackName: 'beta',
    logicalId: 'Fleet',
    type: 'AWS::AutoScaling::AutoScalingGroup',
  } as const;
  ledger.record({ ...fleet, disposition: 'modelled' });
  ledger.record({ ...fleet, property: 'MinSize', disposition: 'recorded' });
  ledger.record({ ...fleet, property: 'MinSize', disposition: 'executed' });
  ledger.record({ ...fleet, stackName: 'prod', disposition: 'modelled' });
  expect(ledger.entries()).toHaveLength(3);
  expect(ledger.entries().find(({ property }) => property)?.disposition).toBe('executed');
  ledger.forget('beta', 'Fleet');
  expect(ledger.entries().map(({ stackName }) => stackName)).toEqual(['prod']);
});
