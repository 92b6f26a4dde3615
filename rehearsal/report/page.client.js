/* global uPlot, report */
const ink = getComputedStyle(document.body).color;
const axis = {
  stroke: ink,
  grid: { stroke: 'rgba(128,128,128,.2)' },
  ticks: { stroke: 'rgba(128,128,128,.2)' },
};

/** Room above the highest value for the acts' names. */
const fromZero = (least) => ({ range: (_plot, _low, high) => [0, Math.max(least, 1.25 * high)] });

/** Shades every second act, so that a dip can be told from the act it fell in. */
const acts = {
  hooks: {
    drawClear: [
      (plot) => {
        const { ctx, bbox } = plot;
        report.acts.forEach((act, index) => {
          const left = Math.max(bbox.left, plot.valToPos(act.from, 'x', true));
          const right = Math.min(bbox.left + bbox.width, plot.valToPos(act.to, 'x', true));
          ctx.fillStyle = index % 2 ? 'rgba(128,128,128,.06)' : 'rgba(128,128,128,.14)';
          ctx.fillRect(left, bbox.top, right - left, bbox.height);
          ctx.fillStyle = ink;
          ctx.fillText(`act ${index + 1}`, left + 6, bbox.top + 14);
        });
      },
    ],
  },
};

for (const { environment, points } of report.traffic) {
  const place = document.createElement('div');
  place.className = 'chart';
  document.getElementById('traffic').append(place);
  new uPlot(
    {
      title: `${environment}: requests a second`,
      width: place.clientWidth,
      height: 220,
      plugins: [acts],
      scales: { x: { time: false, range: [0, report.wallSeconds] }, y: fromZero(1), p99: fromZero(50) },
      axes: [
        { ...axis, values: (_plot, values) => values.map((value) => `${value} s`) },
        axis,
        {
          ...axis,
          side: 1,
          size: 70,
          scale: 'p99',
          grid: { show: false },
          values: (_plot, values) => values.map((value) => `${value} ms`),
        },
      ],
      series: [
        { label: 'time' },
        { label: 'sent', stroke: '#3566b8', width: 2 },
        { label: 'failed', stroke: '#d1342f', width: 2, fill: 'rgba(209,52,47,.25)' },
        { label: 'p99', scale: 'p99', stroke: '#a87a1c', width: 1 },
      ],
    },
    ['at', 'sent', 'failed', 'p99'].map((name) => points.map((point) => point[name])),
    place,
  );
}
