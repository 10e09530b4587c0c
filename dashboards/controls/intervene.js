// The palette of acts: whatever the model knows as a lever or an event, with what it costs and whom it can harm.

import { after, h, inWords, say, write } from "../widgets/dom.js";

const SHOWN = 30; // differences drawn at once

/** The card. `memory` keeps what was chosen when the page is built anew; `draw(frame, apart)` shows where things stand. */
export function createIntervene({ fixed, words, send, memory, titles, onCompare }) {
  const said = words.act;
  const kinds = Object.fromEntries(fixed.palette.map((item) => [item.kind, item]));
  const kind = h("select", { id: "act-kind", onchange: () => choose(kind.value) },
    [[said.lever, true], [said.event, false]].map(([label, lever]) =>
      h("optgroup", { label }, fixed.palette.filter((item) => item.lever === lever).map((item) => h("option", { value: item.kind }, item.kind)))));
  const fields = h("div", { class: "act-fields" });
  const meaning = h("p", { class: "act-meaning" });
  const price = h("dl", { class: "price" });
  const go = h("button", { class: "press main", id: "act-do" });
  const ends = h("p", { class: "hint", hidden: true }, said.end);
  const done = h("ol", { class: "act-list" });
  const none = h("p", { class: "hint" }, said.none);
  const standing = h("p", { class: "act-standing", role: "status" });
  const apartTitle = h("h3", {}, said.apart);
  const apartList = h("ol", { class: "apart-list" });
  const caution = h("p", { class: "hint" }, said.caution);
  const ask = h("button", { type: "button", class: "press", id: "act-compare", onclick: onCompare }, said.compare);
  const result = h("div", { class: "act-result" }, standing, apartTitle, apartList, caution, ask);
  const form = h("form", { class: "act-form", onsubmit: submit },
    h("div", { class: "field" }, h("label", { for: "act-kind" }, said.kind), kind), fields, meaning, price, go, ends);
  const section = h("section", { class: "intervene", "aria-labelledby": "act-title" },
    h("h2", { id: "act-title" }, said.title), h("p", { class: "hint" }, said.hint), form, h("h3", {}, said.list), none, done, result);
  let date = null;
  let inputs = {};

  function choose(name) {
    memory.kind = name;
    const item = kinds[name];
    inputs = {};
    fields.replaceChildren(...item.fields.map(fieldOf));
    write(meaning, item.meaning);
    price.replaceChildren(
      ...(item.cost || item.harm
        ? [h("div", {}, h("dt", {}, said.cost), h("dd", {}, item.cost)), h("div", {}, h("dt", {}, said.harm), h("dd", {}, item.harm))]
        : [h("div", {}, h("dt", {}, said.cost), h("dd", {}, said.nobody))]),
    );
  }

  function fieldOf(item) {
    const id = `act-${item.name}`;
    const kept = memory.values?.[item.name];
    let input;
    if (item.choices.length) {
      const start = item.name === "other" ? item.choices[1] : item.choices[0];
      input = h("select", { id },
        item.optional && h("option", { value: "" }, said.leave),
        item.choices.map((code) => h("option", { value: code }, fixed.names[code] && fixed.names[code] !== code ? `${fixed.names[code]} (${code})` : code)));
      const wanted = kept ?? item.default ?? (item.optional ? "" : start);
      input.value = [...input.options].some((option) => option.value === String(wanted)) ? String(wanted) : start;
    } else
      input = h("input", { id, type: "number", min: item.low, max: item.high, step: item.whole ? 1 : "any", required: !item.optional,
        value: kept ?? item.default ?? (item.optional ? "" : (item.low + item.high) / 2) });
    inputs[item.name] = { item, input };
    return h("div", { class: "field" }, h("label", { for: id }, words.label[item.name] ?? item.name, item.unit ? h("small", {}, ` ${item.unit}`) : null), input);
  }

  function submit(event) {
    event.preventDefault();
    const entry = { month: date, kind: kind.value };
    memory.values = {};
    for (const [name, { item, input }] of Object.entries(inputs)) {
      if (input.value === "") continue;
      memory.values[name] = input.value;
      entry[name] = item.choices.join() === "yes,no" ? input.value === "yes" : item.choices.length ? input.value : Number(input.value);
    }
    send({ do: "act", entry });
  }

  function list(acts) {
    none.hidden = acts.length > 0;
    result.hidden = !acts.length;
    done.replaceChildren(...acts.map((act, place) =>
      h("li", {},
        h("span", { class: "when" }, act.month), " ", act.text, " ",
        h("button", { type: "button", class: "plain", "aria-label": `${said.back}: ${act.text}`, onclick: () => send({ do: "withdraw", place }) }, said.back))));
  }

  function draw(frame, apart) {
    const [year, month] = after(fixed.start, frame.month + 1);
    date = `${year}-${String(month).padStart(2, "0")}`;
    go.disabled = frame.month >= fixed.months;
    ends.hidden = !go.disabled;
    write(go, say(said.do, { date: inWords(date) }));
    if (result.hidden) return;
    write(standing, frame.outcome ? say(said.standing, { first: titles[frame.outcome], twin: titles[frame.twin.outcome] ?? "" }) : "");
    const seen = apart.filter((event) => event[0] <= frame.month);
    write(apartTitle, seen.length ? said.apart : said.alike);
    apartList.replaceChildren(
      ...seen.slice(-SHOWN).reverse().map(([, at, , text, , side]) =>
        h("li", { class: side }, h("span", { class: "when" }, at), h("span", { class: "side-tag" }, side === "twin" ? said.twin : said.first), h("span", {}, text))),
      ...(seen.length > SHOWN ? [h("li", { class: "hint" }, say(said.more, { n: seen.length - SHOWN }))] : []),
    );
  }

  kind.value = memory.kind && kinds[memory.kind] ? memory.kind : fixed.palette[0].kind;
  choose(kind.value);
  return { section, list, draw };
}
