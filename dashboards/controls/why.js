// The terms behind a tie or a state, exactly as the model summed them.

import { h, inWords, say } from "../widgets/dom.js";
import { createTerms } from "../widgets/terms.js";

/** The panel; `show(why)` opens it with an answer of the session, `close()` shuts it. */
export function createWhy({ words, send, onClose, onPick, tiesOf }) {
  const said = words.why;
  const { part, chances, inputs } = createTerms(words);
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
