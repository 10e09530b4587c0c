// Where the other futures end: one bar a class with its interval. Whole per cent, because more digits would be a pretence.

import { h, say, write } from "./dom.js";

/** Bars of the outcome classes; `draw(band)` with the latest ensemble. */
export function createOutcomes({ setup, words }) {
  const title = h("h2", { id: "outcomes-title" });
  const list = h("ul", { class: "outcomes-list" });
  const now = h("b", { class: "mine-now" });
  const badge = h("span", { class: "tag quiet-badge", title: words.outcomes.quiet_long, hidden: "" }, words.outcomes.quiet);
  const section = h(
    "section",
    { class: "outcomes", "aria-labelledby": "outcomes-title" },
    h("div", { class: "section-head" }, title, h("span", { class: "tag", title: words.outcomes.note_long }, words.outcomes.note)),
    h("p", { class: "hint" }, say(words.outcomes.after, { years: Math.round(setup.horizon / 12) })),
    list,
    h("p", { class: "mine-line" }, words.outcomes.mine, " ", now, " ", badge),
    h("p", { class: "meaning" }, words.outcomes.note_long),
  );
  const known = Object.fromEntries(setup.outcomes.map((item) => [item.key, item]));
  const named = (key) => known[key]?.title ?? key.replaceAll("_", " ");
  const whole = (share) => (share > 0 && share < 0.01 ? "< 1" : String(Math.round(share * 100)));

  function draw(band) {
    const values = { done: (band?.done ?? 0).toLocaleString("en"), wanted: (band?.wanted ?? 1000).toLocaleString("en") };
    write(title, say(words.outcomes.title, values));
    list.replaceChildren(
      ...(band?.outcomes ?? []).map(([key, share, low, high]) =>
        h(
          "li",
          { "data-outcome": key, title: known[key]?.rule },
          h("span", { class: "outcome-name" }, named(key)),
          h(
            "span",
            { class: "bar", "aria-hidden": "true" },
            h("span", { class: "fill", style: `width:${100 * share}%` }),
            h("span", { class: "whisker", style: `left:${100 * low}%;width:${100 * (high - low)}%` }),
          ),
          h("span", { class: "outcome-share" }, `${whole(share)} % `, h("small", {}, `${Math.floor(100 * low)}–${Math.ceil(100 * high)}`)),
        ),
      ),
    );
    stand(standing, quiet);
  }

  let standing = null;
  let quiet = false;

  /** Mark the class in which the watched future stands at the month that is shown, and say when quiet is no more than quiet. */
  function stand(key, isQuiet) {
    [standing, quiet] = [key, isQuiet];
    badge.hidden = !isQuiet;
    write(now, key ? named(key) : words.outcomes.early);
    for (const row of list.children) row.classList.toggle("mine", row.dataset.outcome === key);
  }

  draw(null);
  return { section, draw, stand };
}
