import { timeZone } from '../../../region/clock/calendar';
import { AnomalyModel, type Training } from '../../../region/cloudwatch/anomaly-model';

const HOUR = 3600;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
/** A Monday. */
const NOW = Date.UTC(2026, 0, 26) / 1000;
const grid = AnomalyModel.trainingGrid(NOW + 5 * HOUR, HOUR / 2);

function learnt(value: (time: number) => number | undefined, training: Partial<Training> = {}) {
  return new AnomalyModel({
    grid,
    series: Array.from({ length: grid.length }, (_, index) => value(grid.start + index * grid.period)),
    begins: 0,
    zone: timeZone(),
    excluded: () => false,
    ...training,
  });
}

const hourOf = (time: number) => Math.floor(time / HOUR) % 24;

it('learns from the two weeks before the day', () => {
  expect(grid).toEqual({ start: NOW - 2 * WEEK, period: HOUR / 2, length: 2 * 7 * 48 });
});

it('tells the hours of the day and the days of the week apart', () => {
  const weekend = (time: number) => [5, 6].includes(Math.floor((time - grid.start) / DAY) % 7);
  const model = learnt(
    (time) => (weekend(time) ? 0.1 : 1) * (hourOf(time) < 6 ? 10 : 1000) + (time % HOUR ? 1 : -1),
  );
  expect(model.trained).toBe(true);
  expect(model.band(NOW + 3 * HOUR, 2)).toEqual({ lower: 8, upper: 12 });
  // 1 a second is less than 5 % of 1000: a metric that hardly varies still has a band.
  expect(model.band(NOW + 12 * HOUR, 2)).toEqual({ lower: 900, upper: 1100 });
  expect(model.band(NOW + 5 * DAY + 12 * HOUR, 2)).toEqual({ lower: 90, upper: 110 });
  expect(model.band(NOW + 12 * HOUR, 3)).toEqual({ lower: 850, upper: 1150 });
});

it('gives no negative band to what has never been negative', () => {
  const varying = (time: number) => (time % HOUR ? 100 : 0);
  expect(learnt(varying).band(NOW, 2)).toEqual({ lower: 0, upper: 150 });
  expect(learnt((time) => varying(time) - 1).band(NOW, 2)).toEqual({ lower: -51, upper: 149 });
});

it('has no band before the metric has seen a whole week', () => {
  expect(learnt(() => 5, { begins: NOW - WEEK }).band(NOW, 2)).toBeDefined();
  expect(learnt(() => 5, { begins: NOW - WEEK + 1 })).toMatchObject({ trained: false });
  expect(learnt(() => 5, { begins: undefined }).band(NOW, 2)).toBeUndefined();
});

it('does not learn from what was before the metric, is missing or is excluded', () => {
  const begins = NOW - WEEK - DAY;
  expect(learnt((time) => (time < begins ? 0 : 5), { begins }).band(NOW, 2)).toEqual({
    lower: 4.5,
    upper: 5.5,
  });
  const holes = learnt((time) => (hourOf(time) === 12 ? undefined : 5));
  expect(holes.band(NOW + 11 * HOUR, 2)).toBeDefined();
  expect(holes.band(NOW + 12 * HOUR, 2)).toBeUndefined();
  const outage = (time: number) => time >= NOW - 3 * DAY && time < NOW - 2 * DAY;
  const series = (time: number) => (outage(time) ? 0 : 100);
  const friday = NOW + 4 * DAY;
  expect(learnt(series).band(friday, 2)).toMatchObject({ lower: 0 });
  expect(learnt(series, { excluded: outage }).band(friday, 2)).toMatchObject({ lower: 90 });
});

it("goes by the hours of the metric's time zone, also when its clocks change", () => {
  // In Berlin 2026 summer time begins on 29 March.
  const after = Date.UTC(2026, 2, 30, 7) / 1000;
  const spring = AnomalyModel.trainingGrid(after, HOUR);
  const series = Array.from({ length: spring.length }, (_, index) =>
    hourOf(spring.start + index * HOUR) === 8 ? 1000 : 10,
  );
  const model = (name: string) =>
    new AnomalyModel({ grid: spring, series, begins: 0, zone: timeZone(name), excluded: () => false });
  // Work began at nine in Berlin, which was 8:00 UTC and is 7:00 UTC now.
  expect(model('Europe/Berlin').band(after, 2)).toMatchObject({ lower: 900 });
  expect(model('UTC').band(after, 2)).toMatchObject({ upper: 11 });
});
