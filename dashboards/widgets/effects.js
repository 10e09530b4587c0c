// Paired differences, measure by measure: each on its own scale around zero, with its interval and what the pairs say.

import { h, say } from "./dom.js";
import { LETTERS, sign } from "./dots.js";

/** The table of one arm against the first. */
export function effects({ found, place, words }) {
  const said = words.effects;
  const arm = Object.keys(found.arms)[place];
  const rows = found.differences.filter((row) => row.arm === arm && row.difference !== null);
  const values = { letter: LETTERS[place], control: LETTERS[0] };
  return h(
    "section",
    { class: "effects", "data-arm": arm, "aria-labelledby": `effects-${place}` },
    h("h2", { id: `effects-${place}` }, sign(place), " ", say(said.title, values)),
    h("p", { class: "hint" }, said.hint),
    h(
      "div",
      { class: "scroll-x", tabindex: 0, role: "group", "aria-labelledby": `effects-${place}` },
      h(
        "table",
        { class: "effects-table" },
        h("thead", {}, h("tr", {}, ["measure", "", "difference", "twins"].map((key) => h("th", { scope: "col" }, key ? said[key] : "")))),
        h("tbody", {}, rows.map((row) => line(row, said))),
      ),
    ),
  );
}

function line(row, said) {
  const clear = row.low > 0 || row.high < 0;
  const reach = Math.max(Math.abs(row.low), Math.abs(row.high), 1e-12) * 1.08;
  const at = (value) => 50 + (50 * value) / reach;
  const whole = (share) => Math.round(100 * share);
  const pairs = row.better === null ? say(said.alike, { alike: whole(row.alike) }) : say(said.pairs, { better: whole(row.better), worse: whole(row.worse), alike: whole(row.alike) });
  return h(
    "tr",
    { class: clear ? "clear" : "unclear", "data-key": row.key },
    h("th", { scope: "row" }, row.title, h("small", {}, ` ${row.unit}`)),
    h("td", {}, h("span", { class: "forest", "aria-hidden": "true" },
      h("span", { class: "reach", style: `left:${at(row.low)}%;width:${Math.max(at(row.high) - at(row.low), 0.5)}%` }),
      h("span", { class: "point", style: `left:${at(row.difference)}%` }))),
    h("td", { class: "number" }, signed(row.difference), h("small", {}, ` ${say(said.interval, { low: signed(row.low), high: signed(row.high) })}${clear ? "" : ` · ${said.unclear}`}`)),
    h("td", { class: "pairs" }, row.better === null ? null : h("span", { class: "twins-bar", "aria-hidden": "true" },
      h("span", { class: "is-better", style: `width:${100 * row.better}%` }), h("span", { class: "is-alike", style: `width:${100 * row.alike}%` }), h("span", { class: "is-worse", style: `width:${100 * row.worse}%` })),
      h("small", {}, pairs)),
  );
}

/** Two meaningful digits with a sign. */
function signed(value) {
  if (Math.abs(value) < 5e-4) return value === 0 ? "0" : "≈ 0";
  const text = Math.abs(value) >= 10 ? Math.abs(value).toFixed(0) : Number(Math.abs(value).toPrecision(2)).toString();
  return (value > 0 ? "+" : "−") + text;
}
