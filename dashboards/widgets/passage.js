// When each outcome class is first reached: the share of futures that have been in it, month by month.

import { after, h, s, say, write } from "./dom.js";
import { area, frame, path } from "./plot.js";

/** Small multiples, one a class; `draw(band, base)`. */
export function createPassage({ outcomes, months, start, words }) {
  const said = words.passage;
  const charts = outcomes.map((item) => {
    const svg = s("svg", { class: "plot", role: "img" });
    const note = h("p", { class: "passage-note" });
    return { item, svg, note, figure: h("figure", { "data-class": item.key }, h("figcaption", { title: item.rule }, item.title), svg, note) };
  });
  const section = h(
    "section",
    { class: "passage", "aria-labelledby": "passage-title" },
    h("h2", { id: "passage-title" }, said.title),
    h("p", { class: "hint" }, said.hint),
    h("div", { class: "passage-grid" }, charts.map((chart) => chart.figure)),
  );
  const [lastYear] = after(start, months);
  let latest = null;

  function draw(band, base) {
    latest = [band, base];
    for (const { item, svg, note } of charts) {
      const width = Math.max(svg.parentElement.clientWidth, 130);
      const height = 104;
      const line = band.passage[item.key];
      const { x, y, axes } = frame({ width, height, months, start, low: 0, high: 1, ticks: [0, 0.5, 1], format: (v) => `${100 * v} %` });
      svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
      svg.setAttribute("height", height);
      svg.replaceChildren(
        ...[
          s("path", { class: "band", d: area(new Float32Array(line.length), line, x, y) }),
          axes,
          base && s("path", { class: "median-before", d: path(base.passage[item.key], x, y) }),
          s("path", { class: "median", d: path(line, x, y) }),
        ].filter(Boolean),
      );
      const share = line[months];
      const half = line.findIndex((value) => value >= 0.5);
      const values = { title: item.title, share: share > 0 && share < 0.01 ? "< 1" : Math.round(100 * share), end: lastYear, date: half >= 0 ? after(start, half)[0] : "" };
      write(note, share === 0 ? said.never : say(half > 0 ? said.half : said.part, values));
      svg.setAttribute("aria-label", say(said.alt, values));
    }
  }

  return { section, draw, redraw: () => latest && draw(...latest) };
}
