// The course of one measure over all futures: median and the middle 80 %.

import { after, h, s, say, two, write } from "./dom.js";
import { area, frame, path } from "./plot.js";

/** The chart with its choice of measure; `draw(band, base)`. */
export function createFan({ measures, months, start, words }) {
  const said = words.fan;
  const choice = h("select", { id: "fan-measure", onchange: () => redraw() }, measures.map((m) => h("option", { value: m.name }, m.title)));
  choice.value = measures[0].name;
  const svg = s("svg", { class: "plot fan-plot", role: "img" });
  const now = h("p", { class: "fan-now" });
  const meaning = h("p", { class: "meaning" });
  const section = h(
    "section",
    { class: "fan", "aria-labelledby": "fan-title" },
    h("div", { class: "section-head" }, h("h2", { id: "fan-title" }, said.title), h("div", { class: "field" }, h("label", { for: "fan-measure" }, said.measure), choice)),
    meaning,
    svg,
    now,
    h("p", { class: "hint" }, said.caption),
  );
  let latest = null;
  const [year, month] = after(start, months);
  const end = `${year}-${String(month).padStart(2, "0")}`;

  function rows(band, name) {
    const line = band.measures[name];
    return [0, 1, 2].map((row) => line.subarray(row * (months + 1), (row + 1) * (months + 1)));
  }

  function redraw() {
    if (latest) draw(...latest);
  }

  function draw(band, base) {
    latest = [band, base];
    const measure = measures.find((m) => m.name === choice.value);
    const width = Math.max(svg.parentElement.clientWidth, 240);
    const height = width < 500 ? 200 : 240;
    const middle = (measure.low + measure.high) / 2;
    const places = frame({ width, height, months, start, low: measure.low, high: measure.high, ticks: [measure.low, middle, measure.high], format: (v) => String(+v.toFixed(2)).replace("-", "−") });
    const { x, y, axes } = places;
    const [low, median, high] = rows(band, measure.name);
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("height", height);
    svg.dataset.measure = measure.name;
    svg.replaceChildren(
      ...[
        s("path", { class: "band", d: area(low, high, x, y) }),
        axes,
        base && s("path", { class: "edge-before", d: path(rows(base, measure.name)[0], x, y) + path(rows(base, measure.name)[2], x, y) }),
        base && s("path", { class: "median-before", d: path(rows(base, measure.name)[1], x, y) }),
        s("path", { class: "median", d: path(median, x, y) }),
      ].filter(Boolean),
    );
    const last = [low, median, high].map((line) => two(line[months]));
    const values = { low: last[0], median: last[1], high: last[2] };
    write(now, Number.isFinite(median[months]) ? `${end}: ${say(said.now, values)} (${measure.unit})` : `${end}: ${said.undefined}`);
    write(meaning, measure.meaning);
    svg.setAttribute("aria-label", say(said.alt, { ...values, title: measure.title, unit: measure.unit, done: band.done, start, end }));
  }

  return { section, draw, redraw };
}
