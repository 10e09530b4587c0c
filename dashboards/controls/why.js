// The terms behind a tie or a state, exactly as the model summed them.

import { h, inWords, say } from "../widgets/dom.js";

/** The panel; `show(why)` opens it with an answer of the session, `close()` shuts it. */
export function createWhy({ words, send, onClose, onPick, tiesOf }) {
  const said = words.why;
  const title = h("h2", { id: "why-title", tabindex: -1 });
  const body = h("div", { class: "why-body" });
  const stale = h("p", { class: "stale", hidden: true });
  const section = h(
    "section",
    { class: "why", "aria-labelledby": "why-title", hidden: true },
    h("div", { class: "section-head" }, title, h("button", { type: "button", class: "press close", onclick: () => onClose() }, said.close)),
    stale,
    body,
  );
  let of = [];
  let side = ""; // "twin" where the branch is asked
  let month = null;

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

  function ties(state) {
    const rows = tiesOf(state);
    if (!rows.length) return null;
    return h(
      "div",
      { class: "why-part" },
      h("h3", {}, said.ties),
      h("ul", { class: "tie-list" }, rows.map(([codes, text]) => h("li", {}, h("button", { type: "button", class: "plain", onclick: () => onPick(codes) }, text)))),
    );
  }

  return {
    section,
    ask(codes, which) {
      of = codes;
      side = which ?? "";
      month = null;
      section.hidden = false;
      title.textContent = said.busy;
      body.replaceChildren();
      stale.hidden = true;
      send({ do: "why", state: codes[0], ...(codes.length === 2 ? { other: codes[1] } : {}), side });
    },
    show(why, command) {
      if (section.hidden || why.of.join() !== of.join() || why.side !== side) return;
      month = why.month;
      stale.hidden = true;
      title.textContent = why.title;
      body.replaceChildren(
        ...[
          h("p", { class: "hint" }, why.question),
          ...why.parts.map(part),
          chances(why.action_probabilities, why.action),
          why.of.length === 1 ? ties(why.of[0]) : null,
          inputs(why.inputs),
          command ? h("div", { class: "why-part" }, h("h3", {}, said.command), h("code", { class: "command" }, command)) : null,
        ].filter(Boolean),
      );
      section.scrollTop = section.parentElement.scrollTop = 0;
      title.focus({ preventScroll: true });
    },
    /** Say so when the picture is no longer at the month that is explained. */
    age(frame) {
      if (section.hidden || month === null) return;
      const old = frame.month !== month;
      if (old === !stale.hidden) return;
      stale.hidden = !old;
      if (old)
        stale.replaceChildren(
          say(said.stale, { date: inWords(frame.date) }),
          " ",
          h("button", { type: "button", class: "plain", onclick: () => this.ask(of, side) }, said.again.replace("{date}", "")),
        );
    },
    close() {
      section.hidden = true;
      month = null;
    },
    get open() {
      return !section.hidden;
    },
    get side() {
      return side;
    },
    get subject() {
      return of;
    },
  };
}

/** Four places are enough to check a sum by eye; the full number is in the tooltip. */
function exact(value) {
  if (!Number.isFinite(value)) return "–";
  return (Math.abs(value) >= 100 ? value.toFixed(2) : value.toFixed(4)).replace("-", "−");
}
