// Exact terms as tables: signed bars that add up, the chances of acts, and where the inputs came from.

import { h, say } from "./dom.js";

/** The three tables, in the words of the page "Watch". */
export function createTerms(words) {
  const said = words.why;

  /** A table of signed bars from a common middle; `data-value` holds every number in full. */
  function part(piece) {
    const largest = Math.max(...piece.terms.map(([, value]) => Math.abs(value)), Math.abs(piece.total), 1e-9);
    const bar = (value) =>
      h(
        "span",
        { class: "signed", "aria-hidden": "true" },
        h("span", {
          class: value < 0 ? "minus" : "plus",
          style: `width:${(50 * Math.abs(value)) / largest}%;${value < 0 ? "right" : "left"}:50%`,
        }),
      );
    const number = (value) => h("td", { class: "number", title: say(said.exact, { value }), "data-value": value }, (value > 0 ? "+" : "") + exact(value));
    return h(
      "div",
      { class: "why-part" },
      h(
        "table",
        {},
        h("caption", {}, piece.title, piece.unit ? h("small", {}, ` ${piece.unit}`) : null),
        h(
          "tbody",
          {},
          piece.terms.map(([name, value, source]) =>
            h("tr", { class: "term" }, h("th", { scope: "row" }, name, source ? h("small", {}, ` ${source}`) : null), h("td", {}, bar(value)), number(value)),
          ),
        ),
        h("tfoot", {}, h("tr", { class: "total" }, h("th", { scope: "row" }, said.sum), h("td", {}, bar(piece.total)), number(piece.total))),
      ),
      piece.note ? h("p", { class: "hint" }, piece.note) : null,
    );
  }

  function chances(probabilities, action) {
    const rows = Object.entries(probabilities ?? {});
    if (!rows.length) return null;
    return h(
      "div",
      { class: "why-part" },
      h(
        "table",
        { class: "chances" },
        h("caption", {}, said.actions),
        h(
          "tbody",
          {},
          rows.map(([name, value]) =>
            h(
              "tr",
              { class: name === action ? "drawn" : "" },
              h("th", { scope: "row" }, name.replaceAll("_", " "), name === action ? h("small", {}, ` ${said.drawn}`) : null),
              h("td", {}, h("span", { class: "bar", "aria-hidden": "true" }, h("span", { class: "fill", style: `width:${100 * value}%` }))),
              h("td", { class: "number", "data-value": value, title: say(said.exact, { value }) }, `${Math.round(100 * value)} %`),
            ),
          ),
        ),
      ),
    );
  }

  function inputs(rows) {
    if (!rows?.length) return null;
    return h(
      "details",
      { class: "why-part" },
      h("summary", {}, said.inputs),
      h(
        "table",
        { class: "inputs" },
        h("thead", {}, h("tr", {}, h("th", { scope: "col" }, ""), ...[said.value, said.source, said.certainty].map((name) => h("th", { scope: "col" }, name)))),
        h(
          "tbody",
          {},
          rows.map(([name, value, source, certainty]) =>
            h(
              "tr",
              {},
              h("th", { scope: "row" }, name),
              h("td", { class: "number" }, typeof value !== "number" ? String(value) : Number.isInteger(value) ? value : exact(value)),
              h("td", {}, source || "–"),
              h("td", {}, certainty || "–"),
            ),
          ),
        ),
      ),
    );
  }

  return { part, chances, inputs };
}

/** Four places are enough to check a sum by eye; the full number is in the tooltip. */
function exact(value) {
  if (!Number.isFinite(value)) return "–";
  return (Math.abs(value) >= 100 ? value.toFixed(2) : value.toFixed(4)).replace("-", "−");
}
