// Outcome shares with intervals; where something was changed, hollow marks tell what they were.

import { h, say } from "./dom.js";

const whole = (share) => (share > 0 && share < 0.01 ? "< 1" : String(Math.round(share * 100)));

/** Bars of the outcome classes; `draw(band, base)` with the ensemble and, or null, that of the unchanged scenario. */
export function createShares({ outcomes, years, words }) {
  const said = words.shares;
  const list = h("ul", { class: "outcomes-list shares-list" });
  const table = h("table", { class: "plain-table" });
  const section = h(
    "section",
    { class: "shares", "aria-labelledby": "shares-title" },
    h("h2", { id: "shares-title" }, say(said.title, { years })),
    list,
    h("p", { class: "hint" }, said.hint),
    h("details", {}, h("summary", {}, said.table), h("div", { class: "scroll-x", tabindex: 0 }, table)),
  );
  const named = Object.fromEntries(outcomes.map((item) => [item.key, item]));

  function draw(band, base) {
    const before = Object.fromEntries((base?.outcomes ?? []).map(([key, share]) => [key, share]));
    list.replaceChildren(
      ...band.outcomes.map(([key, share, low, high]) => {
        const shift = base ? Math.round(100 * share) - Math.round(100 * before[key]) : 0;
        return h(
          "li",
          { "data-outcome": key, title: named[key].rule },
          h("span", { class: "outcome-name" }, named[key].title),
          h(
            "span",
            { class: "bar", "aria-hidden": "true" },
            h("span", { class: "fill", style: `width:${100 * share}%` }),
            h("span", { class: "whisker", style: `left:${100 * low}%;width:${100 * (high - low)}%` }),
            base && h("span", { class: "ghost", style: `left:${100 * before[key]}%` }),
          ),
          h(
            "span",
            { class: "outcome-share" },
            `${whole(share)} % `,
            h("small", {}, `${Math.floor(100 * low)}–${Math.ceil(100 * high)}`),
            base && h("small", { class: "shift" }, shift ? ` ${shift > 0 ? "▲ +" : "▼ −"}${Math.abs(shift)}` : " ="),
          ),
        );
      }),
    );
    const head = [said.outcome, said.share, said.interval, ...(base ? [said.before] : [])];
    table.replaceChildren(
      h("thead", {}, h("tr", {}, head.map((text) => h("th", { scope: "col" }, text)))),
      h("tbody", {}, band.outcomes.map(([key, share, low, high]) =>
        h("tr", {}, h("th", { scope: "row" }, named[key].title), h("td", {}, whole(share)), h("td", {}, `${Math.floor(100 * low)}–${Math.ceil(100 * high)}`),
          base && h("td", {}, whole(before[key]))))),
    );
  }

  return { section, draw };
}
