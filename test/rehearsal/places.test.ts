import { checkDescription } from '../../lib/config/check';
import { bootstraps } from '../../rehearsal/places';
import { ACROSS_ACCOUNTS, DESCRIPTION } from '../support/synthesize';

const bootstrapsOf = (description: object, accountId: string, region: string) =>
  bootstraps(checkDescription(description, 'delivery.ts'), { accountId, region });

test('a delivery without accounts needs the one account and region it is played in', () => {
  expect(bootstrapsOf(DESCRIPTION, '444444444444', 'us-east-1')).toEqual([
    { accountId: '444444444444', regions: ['us-east-1'] },
  ]);
});

test('other accounts trust the pipeline, whose own account is bootstrapped in every region it keeps artifacts in', () => {
  expect(bootstrapsOf(ACROSS_ACCOUNTS, '111111111111', 'eu-central-1')).toEqual([
    { accountId: '111111111111', regions: ['eu-central-1', 'us-west-2'] },
    { accountId: '222222222222', regions: ['eu-central-1'], trust: '111111111111' },
    { accountId: '333333333333', regions: ['us-west-2'], trust: '111111111111' },
  ]);
});
