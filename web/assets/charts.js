// Draws a uPlot chart above the table in each `figure.chart`.

const COLOURS = ["primary", "orange", "purple", "red", "green", "yellow"];
/** Element that computes colours, because a canvas can't use CSS variables. */
const probe = document.body.appendChild(document.createElement("i"));
function colour(name) {
  probe.style.color = `var(--tblr-${name})`;
  return getComputedStyle(probe).color;
}

const SPANS = [
  ["d", 86_400],
  ["h", 3600],
  ["min", 60],
  ["s", 1],
];
const SIZES = ["B", "kB", "MB", "GB", "TB"];
const short = (value) => String(Number(value.toPrecision(3)));

const TEXTS = {
  count: (value) => value.toLocaleString("en"),
  share: (value) => `${short(value * 100)} %`,
  seconds(value) {
    const [unit, size] = SPANS.find(([, one]) => value >= one) ?? ["s", 1];
    return `${short(value / size)} ${unit}`;
  },
  bytes(value) {
    const power = Math.min(4, Math.floor(Math.log10(Math.max(1, value)) / 3));
    return `${short(value / 1000 ** power)} ${SIZES[power]}`;
  },
};

/** Returns a table's column names, times (Unix, in seconds) and values. A missing value is null. */
function read(table) {
  const names = [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent);
  const rows = [...table.tBodies[0].rows];
  const times = rows.map((row) => Date.parse(row.querySelector("time").dateTime) / 1000);
  const values = names.map((_, n) =>
    rows.map((row) => {
      const { value } = row.cells[n + 1].dataset;
      return value === undefined ? null : Number(value);
    }),
  );
  return { names, times, values };
}

function stacked(values) {
  const sums = values[0]?.map(() => 0) ?? [];
  return values.map((column) =>
    column.map((value, n) => {
      sums[n] += value ?? 0;
      return sums[n];
    }),
  );
}

/** Returns formatters for the times of a chart: days in UTC, hours in the reader's time zone. */
function timesIn(figure) {
  const [first, ...others] = [...figure.querySelectorAll("time")].map((time) => time.dateTime);
  const isOfDays = !first.includes("T");
  const span = Date.parse(others.at(-1) ?? first) - Date.parse(first);
  const zone = isOfDays ? { timeZone: "UTC" } : {};
  const day = { day: "numeric", month: "short", ...zone };
  const hour = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...zone };
  const writer = (options) => {
    const format = new Intl.DateTimeFormat("en-GB", options);
    return (seconds) => format.format(seconds * 1000);
  };
  return {
    short: writer(isOfDays || span > 2 * 86_400_000 ? day : hour),
    long: writer(isOfDays ? day : { ...day, ...hour }),
  };
}

/** The charts by figure. Each must be destroyed before it is drawn again, because uPlot keeps its event listeners. */
const charts = new Map();

function draw(figure) {
  const { kind, unit } = figure.dataset;
  const { names, times, values } = read(figure.querySelector("table"));
  if (times.length === 0) return;
  const text = TEXTS[unit];
  const columns = kind === "bars" ? stacked(values) : values;
  const band = `color-mix(in srgb, ${colour("secondary")} 22%, transparent)`;
  const series = names.map((label, n) => {
    const isBand = kind === "range" && n > 0;
    const stroke = isBand ? "transparent" : colour(COLOURS[n % COLOURS.length]);
    const points = { show: kind === "lines" && times.length < 40 };
    const value = (_, __, ___, at) => {
      const known = at === null ? null : values[n][at];
      return known === null || known === undefined ? "–" : text(known);
    };
    const line = { label, value, stroke, points };
    if (isBand) return line;
    if (kind === "lines") return { ...line, width: 2 };
    return { ...line, fill: stroke, paths: uPlot.paths.bars({ size: [0.7, 60] }) };
  });
  const timeText = timesIn(figure);
  const order = names.map((_, n) => n);
  // The tallest of a stack is drawn first, so that the others are in front of it. The range is drawn behind the bars.
  if (kind !== "lines") order.reverse();
  const axis = {
    stroke: colour("body-color"),
    grid: { stroke: colour("border-color"), width: 1 },
    ticks: { show: false },
    font: "12px system-ui, sans-serif",
  };
  const options = {
    width: figure.clientWidth,
    height: 220,
    padding: [8, 24, 0, 0],
    legend: { live: true },
    hooks: {
      setLegend: [
        ({ root, cursor }) => root.classList.toggle("idle", (cursor.idx ?? null) === null),
      ],
    },
    cursor: { points: { show: false }, drag: { x: false, y: false } },
    scales: { y: { range: (_, __, most) => [0, most > 0 ? most * 1.08 : 1] } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 32,
        space: 60,
        values: (_, ticks) => ticks.map(timeText.short),
      },
      {
        ...axis,
        size: unit === "count" ? 44 : 64,
        values: (_, ticks) => ticks.map((tick) => (unit === "count" && tick % 1 ? "" : text(tick))),
      },
    ],
    series: [
      { label: "Time", value: (_, at) => (at === null ? "–" : timeText.long(at)) },
      ...order.map((n) => series[n]),
    ],
    ...(kind === "range" && {
      bands: [{ series: [1, 2], fill: band }],
      legend: { live: true, markers: { fill: (_, n) => series[order[n - 1]].fill ?? band } },
    }),
  };
  const chart = new uPlot(options, [times, ...order.map((n) => columns[n])], (drawn, init) => {
    figure.prepend(drawn.root);
    init();
  });
  charts.set(figure, chart);
}

function drawAll() {
  for (const chart of charts.values()) chart.destroy();
  charts.clear();
  document.querySelectorAll("figure.chart").forEach(draw);
}

new ResizeObserver(() => {
  for (const [figure, chart] of charts) {
    const width = figure.clientWidth;
    if (Math.abs(chart.width - width) > 1) chart.setSize({ width, height: chart.height });
  }
}).observe(document.querySelector("main"));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
document.addEventListener("newsgather:content", drawAll);
drawAll();
