import fs from 'node:fs';
import path from 'node:path';
import { SteppedClock } from '../../../region/clock/clock';
import { Journal, type NewEntry } from '../../../region/journal/journal';
import { temporaryFolder } from '../../support/folder';

const entry = (type: string): NewEntry => ({
  source: 'test',
  type,
  subject: 'it',
  message: `${type} happened`,
});

test('entries are numbered, dated in AWS time and kept in order', async () => {
  const clock = new SteppedClock(Date.UTC(2026, 0, 1));
  const journal = new Journal(clock);
  journal.append(entry('One'));
  await clock.advance(1500);
  journal.append({ ...entry('Two'), detail: { count: 2 } });
  expect(journal.entries().map(({ seq, time, type, detail }) => ({ seq, time, type, detail }))).toEqual([
    { seq: 1, time: '2026-01-01T00:00:00.000Z', type: 'One', detail: {} },
    { seq: 2, time: '2026-01-01T00:00:01.500Z', type: 'Two', detail: { count: 2 } },
  ]);
});

test('every entry stands in the file the moment it is appended, and an earlier run is kept', () => {
  const folder = temporaryFolder('journal');
  for (const type of ['First', 'Second']) {
    const journal = new Journal(new SteppedClock(), folder);
    journal.append(entry(type));
    const lines = fs.readFileSync(path.join(folder, 'journal.jsonl'), 'utf8').trim().split('\n');
    expect(JSON.parse(lines[lines.length - 1]).type).toBe(type);
    journal.close();
  }
  expect(fs.readFileSync(path.join(folder, 'journal.jsonl'), 'utf8').trim().split('\n')).toHaveLength(2);
});

describe('waitFor', () => {
  test('finds what happened before and what happens later', async () => {
    const journal = new Journal(new SteppedClock());
    journal.append(entry('Past'));
    expect((await journal.waitFor(({ type }) => type === 'Past')).seq).toBe(1);
    const later = journal.waitFor(({ type }) => type === 'Future');
    journal.append(entry('Other'));
    journal.append(entry('Future'));
    expect((await later).seq).toBe(3);
  });

  test('looks only behind the position it is given', async () => {
    const journal = new Journal(new SteppedClock());
    journal.append(entry('Same'));
    const second = journal.waitFor(({ type }) => type === 'Same', { since: journal.position });
    journal.append(entry('Same'));
    expect((await second).seq).toBe(2);
  });

  test('rejects when its signal aborts', async () => {
    const stop = new AbortController();
    const waiting = new Journal(new SteppedClock()).waitFor(() => false, { signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });
});
