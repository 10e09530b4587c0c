// What happened, in plain words, newest first, with a filter by kind and by state.

import { h, inWords, say } from "../widgets/dom.js";

const SHOWN = 60; // entries drawn at once; a button shows the rest

/** The event log. `draw(events, month, quiet)`: events up to `month` are shown; quiet = playing, so nothing is read aloud. */
export function createLog({ setup, words, onMonth }) {
  const said = words.log;
  const redraw = () => latest && draw(...latest, true);
  const kind = h("select", { id: "log-kind", onchange: redraw });
  const state = h(
    "select",
    { id: "log-state", onchange: redraw },
    h("option", { value: "" }, said.all_states),
    setup.states.map((code, index) => h("option", { value: code }, setup.names[index])),
  );
  const list = h("ol", { class: "log-list" });
  const empty = h("p", { class: "hint log-empty" }, said.empty);
  const more = h("button", { type: "button", class: "plain", hidden: true, onclick: () => { all = true; redraw(); } });
  const section = h(
    "section",
    { class: "log", "aria-labelledby": "log-title" },
    h(
      "div",
      { class: "section-head" },
      h("h2", { id: "log-title" }, said.title),
      h("div", { class: "field" }, h("label", { for: "log-kind" }, said.filter), kind),
      h("div", { class: "field" }, h("label", { for: "log-state" }, said.state), state),
    ),
    h("div", { class: "log-scroll", tabindex: 0, role: "log", "aria-live": "off", "aria-labelledby": "log-title" }, empty, list, more),
  );
  const scroll = section.querySelector(".log-scroll");
  let latest = null;
  let drawn = "";
  let all = false;
  let kinds = null;

  const kindName = (key) => said.kinds[key] ?? key.replaceAll("_", " ");

  function listKinds(events) {
    const found = [...new Set(events.map((event) => event[2]))].sort();
    if (found.join() === kinds) return;
    kinds = found.join();
    const chosen = kind.value;
    kind.replaceChildren(h("option", { value: "" }, said.all), ...found.map((key) => h("option", { value: key }, kindName(key))));
    kind.value = found.includes(chosen) ? chosen : "";
  }

  function draw(events, month, quiet, force) {
    latest = [events, month, quiet];
    listKinds(events);
    const seen = events.filter(
      (event) => event[0] <= month && (!kind.value || event[2] === kind.value) && (!state.value || event[4].includes(state.value)),
    );
    const stamp = `${seen.length},${seen.at(-1)?.[0]},${kind.value},${state.value}`;
    scroll.setAttribute("aria-live", quiet ? "off" : "polite");
    if (stamp === drawn && !force) return;
    drawn = stamp;
    empty.textContent = month === 0 && !kind.value && !state.value ? said.empty : said.none;
    empty.hidden = seen.length > 0;
    const shown = all ? seen : seen.slice(-SHOWN);
    list.replaceChildren(
      ...shown.reverse().map((event) =>
        h(
          "li",
          { class: event[0] === month ? "new" : "", "data-kind": event[2] },
          h("button", { type: "button", class: "when", title: inWords(event[1]), onclick: () => onMonth(event[0]) }, event[1]),
          h("span", { class: "kind" }, kindName(event[2])),
          h("span", { class: "what" }, event[3]),
        ),
      ),
    );
    more.hidden = shown.length === seen.length;
    more.textContent = say(said.more, { n: seen.length });
  }

  return { section, draw };
}
