// Small multiples on canvas: the watched line before the band of the other futures.

import { after, colour, h, inWords, say, two, write } from "./dom.js";

const PAD = { left: 34, right: 8, top: 8, bottom: 18 };
const HEIGHT = 86;

/** One chart for each measure. `draw(state)` wants {values, month, top, band}; values[name] is a Float64Array by month. */
export function createSeries({ setup, words }) {
  const months = setup.horizon;
  const [firstYear, firstMonth] = after(setup.scenario.start, 0);
  const charts = setup.measures.map((measure) => {
    const now = h("output", { class: "now" });
    const other = h("span", { class: "now-twin" });
    const canvas = h("canvas", { role: "img", height: HEIGHT });
    const figure = h(
      "figure",
      { class: "chart", "data-measure": measure.name },
      h("figcaption", {}, h("span", { class: "chart-title" }, measure.title), h("span", {}, now, other)),
      canvas,
      h("p", { class: "meaning" }, measure.meaning),
    );
    return { measure, now, other, canvas, figure, still: document.createElement("canvas"), stamp: "" };
  });
  const count = h("span", { class: "count" });
  const section = h(
    "section",
    { class: "series", "aria-labelledby": "series-title" },
    h("div", { class: "section-head" }, h("h2", { id: "series-title" }, words.series.title), count),
    h("div", { class: "charts" }, charts.map((chart) => chart.figure), h("p", { class: "hint reading" }, words.series.band)),
  );
  let ink = {};
  let theme = 0;

  function retheme() {
    ink = {
      line: colour("--watched"), band: colour("--band"), median: colour("--median"),
      twin: colour("--twin"), axis: colour("--faint"), text: colour("--soft"), cursor: colour("--ink"), card: colour("--card"),
    };
    theme += 1;
  }
  retheme();

  /** Axes and band change rarely: they are kept as a picture of their own under the line. */
  function drawStill(chart, width, ratio, band) {
    const { measure, still } = chart;
    still.width = Math.round(width * ratio);
    still.height = Math.round(HEIGHT * ratio);
    const pen = still.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    const { x, y } = chart;
    pen.font = `11px ${getComputedStyle(chart.canvas).fontFamily}`;
    pen.fillStyle = ink.text;
    pen.strokeStyle = ink.axis;
    pen.lineWidth = 1;
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    for (const value of [measure.low, (measure.low + measure.high) / 2, measure.high]) {
      const at = Math.round(y(value)) + 0.5;
      pen.beginPath();
      pen.moveTo(PAD.left, at);
      pen.lineTo(width - PAD.right, at);
      pen.stroke();
      pen.fillText(String(+value.toFixed(2)).replace("-", "−"), PAD.left - 5, at);
    }
    pen.textBaseline = "alphabetic";
    const step = width < 220 ? 10 : 5;
    for (let year = Math.ceil(firstYear / step) * step; ; year += step) {
      const month = (year - firstYear) * 12 + 1 - firstMonth;
      if (month > months) break;
      if (month < 0) continue;
      pen.textAlign = x(month) > width - 24 ? "right" : "center";
      pen.fillText(String(year), Math.max(x(month), PAD.left + 12), HEIGHT - 5);
    }
    if (!band) return;
    const [low, middle, high] = [0, 1, 2].map((row) => band.subarray(row * (months + 1), (row + 1) * (months + 1)));
    pen.fillStyle = ink.band;
    for (const [from, to] of runs(low)) {
      pen.beginPath();
      for (let m = from; m <= to; m++) pen.lineTo(x(m), y(high[m]));
      for (let m = to; m >= from; m--) pen.lineTo(x(m), y(low[m]));
      pen.fill();
    }
    pen.strokeStyle = ink.median;
    pen.lineWidth = 1.25;
    pen.setLineDash([4, 3]);
    stroke(pen, middle, 0, months, x, y);
    pen.setLineDash([]);
  }

  /** The branch beside the first line, with the difference between the two shaded. */
  function drawTwin(pen, line, twin, month, top, x, y) {
    pen.fillStyle = ink.twin;
    pen.globalAlpha = 0.22;
    const apart = line.map((value, m) => (m <= top && value !== twin[m] ? value + twin[m] : NaN));
    for (const [from, to] of runs(apart)) {
      pen.beginPath();
      const first = Math.max(from - 1, 0);
      for (let m = first; m <= to; m++) if (Number.isFinite(line[m])) pen.lineTo(x(m), y(line[m]));
      for (let m = to; m >= first; m--) if (Number.isFinite(twin[m])) pen.lineTo(x(m), y(twin[m]));
      pen.fill();
    }
    pen.strokeStyle = ink.twin;
    pen.setLineDash([6, 3]);
    pen.lineWidth = 2;
    pen.globalAlpha = 0.4;
    stroke(pen, twin, month, top, x, y);
    pen.globalAlpha = 1;
    stroke(pen, twin, 0, month, x, y);
    pen.setLineDash([]);
  }

  function draw({ values, twin, month, top, band }) {
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    for (const chart of charts) {
      const { measure, canvas } = chart;
      const width = canvas.clientWidth;
      if (!width) continue;
      chart.x = (m) => PAD.left + (m / months) * (width - PAD.left - PAD.right);
      chart.y = (v) => PAD.top + (1 - (v - measure.low) / (measure.high - measure.low)) * (HEIGHT - PAD.top - PAD.bottom);
      const stamp = [width, ratio, theme, band?.done].join();
      if (stamp !== chart.stamp) {
        chart.stamp = stamp;
        drawStill(chart, width, ratio, band?.measures[measure.name]);
        canvas.width = chart.still.width;
        canvas.height = chart.still.height;
      }
      const pen = canvas.getContext("2d");
      pen.setTransform(1, 0, 0, 1, 0, 0);
      pen.clearRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(chart.still, 0, 0);
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      const line = values[measure.name];
      pen.strokeStyle = ink.cursor;
      pen.globalAlpha = 0.5;
      pen.lineWidth = 1;
      pen.beginPath();
      pen.moveTo(Math.round(chart.x(month)) + 0.5, PAD.top);
      pen.lineTo(Math.round(chart.x(month)) + 0.5, HEIGHT - PAD.bottom);
      pen.stroke();
      pen.globalAlpha = 1;
      if (twin) drawTwin(pen, line, twin[measure.name], month, top, chart.x, chart.y);
      pen.strokeStyle = ink.line;
      pen.lineWidth = 1.5;
      pen.globalAlpha = 0.35; // months already seen, beyond where the reader has gone back to
      stroke(pen, line, month, top, chart.x, chart.y);
      pen.globalAlpha = 1;
      pen.lineWidth = 2.25;
      stroke(pen, line, 0, month, chart.x, chart.y);
      if (Number.isFinite(line[month])) {
        pen.fillStyle = ink.line;
        pen.strokeStyle = ink.card;
        pen.lineWidth = 1.5;
        pen.beginPath();
        pen.arc(chart.x(month), chart.y(line[month]), 4, 0, 7);
        pen.fill();
        pen.stroke();
      }
      write(chart.now, Number.isFinite(line[month]) ? two(line[month]) : words.series.undefined);
      const other = twin?.[measure.name][month];
      write(chart.other, Number.isFinite(other) && two(other) !== two(line[month]) ? ` ┄ ${two(other)}` : "");
      chart.now.classList.toggle("none", !Number.isFinite(line[month]));
    }
  }

  /** Say in words what each canvas shows; done at rest, not at every month of a playing run. */
  function describe({ values, month, date, band }) {
    for (const { measure, canvas } of charts) {
      const rows = band?.measures[measure.name];
      const at = (row) => (rows ? two(rows[row * (months + 1) + month]) : "–");
      canvas.setAttribute("aria-label", say(words.series.alt, {
        title: measure.title, unit: measure.unit, date: inWords(date), value: two(values[measure.name][month]),
        done: band?.done ?? 0, low: at(0), median: at(1), high: at(2),
      }));
      canvas.title = `${measure.meaning} (${measure.unit})`;
    }
  }

  function told(band, failure) {
    write(count, failure ? say(words.series.failed, { reason: failure })
      : band ? say(words.series.count, { done: band.done.toLocaleString("en"), wanted: band.wanted.toLocaleString("en") })
      : words.series.waiting);
  }

  return { section, draw, describe, retheme, told };
}

/** The stretches of a line where it is defined, as [first, last]. */
function runs(line) {
  const found = [];
  for (let m = 0, from = -1; m <= line.length; m++) {
    const defined = m < line.length && Number.isFinite(line[m]);
    if (defined && from < 0) from = m;
    if (!defined && from >= 0) {
      found.push([from, m - 1]);
      from = -1;
    }
  }
  return found;
}

function stroke(pen, line, from, to, x, y) {
  pen.beginPath();
  let down = false;
  for (let m = from; m <= to; m++) {
    if (Number.isFinite(line[m])) {
      if (down) pen.lineTo(x(m), y(line[m]));
      else pen.moveTo(x(m), y(line[m]));
      down = true;
    } else down = false;
  }
  pen.stroke();
}
