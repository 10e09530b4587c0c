// Outcome shares of two or three arms in one picture: a shape and a row for each, with intervals.

import { h, s, say } from "./dom.js";

export const MARKS = [
  (x, y) => s("circle", { cx: x, cy: y, r: 5.5 }),
  (x, y) => s("rect", { x: x - 5, y: y - 5, width: 10, height: 10 }),
  (x, y) => s("path", { d: `M${x} ${y - 6.5}L${x + 6.5} ${y + 5}H${x - 6.5}Z` }),
];
export const LETTERS = ["A", "B", "C"];

/** The sign of an arm for a legend. */
export function sign(place) {
  return s("svg", { class: `mark arm-${place}`, width: 16, height: 16, "aria-hidden": "true" }, MARKS[place](8, 8));
}

/** The picture; `draw(comparison)`. */
export function createDots({ words }) {
  const said = words.dots;
  const svg = s("svg", { class: "plot dots", role: "img" });
  const section = h("section", { "aria-labelledby": "dots-title" }, h("h2", { id: "dots-title" }, said.title), h("p", { class: "hint" }, said.hint), svg);
  let latest = null;

  function draw(found) {
    latest = found;
    const arms = Object.keys(found.arms);
    const width = Math.max(svg.parentElement.clientWidth, 260);
    const narrow = width < 560;
    const left = narrow ? 8 : 178;
    const right = 14;
    const rowHeight = arms.length * 15 + (narrow ? 26 : 10);
    const outcomes = found.shares.filter((row) => row.arm === arms[0]);
    const height = outcomes.length * rowHeight + 28;
    const most = Math.min(1, Math.ceil(Math.max(...found.shares.map((row) => row.high)) * 10 + 0.3) / 10);
    const x = (share) => left + (share / most) * (width - left - right);
    const parts = [];
    for (let tick = 0; tick <= most + 1e-9; tick += most > 0.5 ? 0.2 : 0.1) {
      parts.push(s("line", { class: "grid-line", x1: x(tick), x2: x(tick), y1: 0, y2: height - 22 }));
      parts.push(s("text", { x: x(tick), y: height - 6, "text-anchor": tick === 0 ? "start" : tick > most - 0.05 ? "end" : "middle" }, `${Math.round(100 * tick)} %`));
    }
    const told = [];
    outcomes.forEach((outcome, k) => {
      const top = k * rowHeight;
      parts.push(s("line", { class: "row-line", x1: 0, x2: width, y1: top, y2: top }));
      parts.push(s("text", { class: "row-name", x: narrow ? 4 : left - 12, y: narrow ? top + 15 : top + rowHeight / 2, "text-anchor": narrow ? "start" : "end", "dominant-baseline": narrow ? "auto" : "central" }, outcome.title));
      const shares = arms.map((arm, place) => {
        const row = found.shares.find((one) => one.arm === arm && one.outcome === outcome.outcome);
        const y = top + (narrow ? 24 : 5) + place * 15 + 7.5;
        parts.push(s("g", { class: `arm-${place}` }, s("line", { class: "whisker-line", x1: x(row.low), x2: x(row.high), y1: y, y2: y }), MARKS[place](x(row.share), y),
          s("title", {}, `${LETTERS[place]}: ${percent(row.share)} (${percent(row.low)}–${percent(row.high)})`)));
        return `${LETTERS[place]} ${percent(row.share)}`;
      });
      told.push(say(said.alt, { outcome: outcome.title, shares: shares.join(", ") }));
    });
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("height", height);
    svg.setAttribute("aria-label", told.join(". "));
    svg.replaceChildren(...parts);
  }

  return { section, draw, redraw: () => latest && draw(latest) };
}

/** A share in whole per cent. */
export function percent(share) {
  return share > 0 && share < 0.01 ? "< 1 %" : `${Math.round(100 * share)} %`;
}
