// From which end to which: ribbons between the outcome classes of two arms.

import { h, s, say } from "./dom.js";
import { LETTERS } from "./dots.js";

const GAP = 8;

/** The picture of one arm against the first, drawn at a width. */
export function flows({ found, place, words, width }) {
  const said = words.flows;
  const arm = Object.keys(found.arms)[place];
  const titles = Object.fromEntries(found.shares.map((row) => [row.outcome, row.title]));
  const keys = [...new Set(found.shares.map((row) => row.outcome))];
  const count = (from, to) => found.flows[arm][from]?.[to] ?? 0;
  const sums = [keys.map((from) => keys.reduce((sum, to) => sum + count(from, to), 0)), keys.map((to) => keys.reduce((sum, from) => sum + count(from, to), 0))];
  const narrow = width < 520;
  const height = narrow ? 330 : 360;
  const left = narrow ? 4 : 170;
  const right = width - left;
  const seen = sums.map((side) => side.filter((n) => n > 0).length);
  const scale = (height - 34 - GAP * (Math.max(...seen) - 1)) / found.replicates;
  const parts = [];
  const tops = sums.map((side) => {
    let y = 26;
    return side.map((n) => {
      const top = y;
      if (n) y += n * scale + GAP;
      return top;
    });
  });
  const used = tops.map((side) => [...side]);
  keys.forEach((from, i) => keys.forEach((to, j) => {
    const n = count(from, to);
    if (!n) return;
    const [y1, y2, thick] = [used[0][i], used[1][j], n * scale];
    used[0][i] += thick;
    used[1][j] += thick;
    const middle = width / 2;
    const [x1, x2] = [left + 12, right - 12];
    parts.push(s("path", {
      class: `ribbon ${i === j ? "stays" : j < i ? "up" : "down"}`,
      d: `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}V${y2 + thick}C${middle} ${y2 + thick} ${middle} ${y1 + thick} ${x1} ${y1 + thick}Z`,
    }, s("title", {}, say(said.move, { n, from: titles[from], to: titles[to] }))));
  }));
  const name = (key, n) => `${titles[key]} ${n}`;
  sums.forEach((side, k) => side.forEach((n, i) => {
    if (!n) return;
    const x = k ? right - 12 : left;
    const y = tops[k][i] + (n * scale) / 2;
    parts.push(s("rect", { class: "stack", x, y: tops[k][i], width: 12, height: Math.max(n * scale, 1) }));
    const inside = narrow ? (k ? x - 4 : x + 16) : k ? x + 18 : x - 8;
    parts.push(s("text", { class: "row-name", x: inside, y, "text-anchor": (narrow ? k : !k) ? "end" : "start", "dominant-baseline": "central" }, name(keys[i], n)));
  }));
  parts.push(
    s("text", { class: "side-name", x: left, y: 12 }, say(said.from, { letter: LETTERS[0] })),
    s("text", { class: "side-name", x: right, y: 12, "text-anchor": "end" }, say(said.from, { letter: LETTERS[place] })),
  );
  const moves = keys.flatMap((from) => keys.filter((to) => to !== from).map((to) => [count(from, to), from, to])).filter(([n]) => n).sort((a, b) => b[0] - a[0]).slice(0, 3);
  const values = { letter: LETTERS[place], control: LETTERS[0] };
  const label = say(said.alt, {
    n: found.replicates,
    same: keys.reduce((sum, key) => sum + count(key, key), 0),
    moves: moves.map(([n, from, to]) => say(said.move, { n, from: titles[from], to: titles[to] })).join(", ") || said.none,
  });
  return h(
    "section",
    { class: "flows", "aria-labelledby": `flows-${place}` },
    h("h2", { id: `flows-${place}` }, say(said.title, values)),
    h("p", { class: "hint" }, say(said.hint, values)),
    s("svg", { class: "plot flow-plot", role: "img", viewBox: `0 0 ${width} ${height}`, height, "aria-label": label }, ...parts),
    h("p", { class: "hint" }, label),
  );
}
