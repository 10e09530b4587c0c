// The page "Why": the terms behind a state, a tie or a forum, and the chain of events behind an agreement.

import { h, inWords, say, set, write } from "./dom.js";
import { createTerms } from "./terms.js";

/** The page; `on(trait)` tells what has arrived. */
export default function why({ model, stage, send, keepAddress }) {
  let page = null;

  function build() {
    if (!model.get("subjects")?.words) return;
    page?.destroy();
    page = createPage({ model, stage, send, keepAddress });
  }

  build();
  const on = {
    subjects: build,
    setup: () => page?.ask(),
    explained: () => page?.draw(),
    notice: () => page?.refused(),
  };
  return { on: (trait) => on[trait]?.(), destroy: () => page?.destroy() };
}

function createPage({ model, stage, send, keepAddress }) {
  const { words, states, forums } = model.get("subjects");
  const fixed = model.get("fixed");
  const terms = createTerms(model.get("setup").words);
  const said = words.pick;
  let month = model.get("frame").month;
  let side = "";

  const name = (code) => (fixed.names[code] && fixed.names[code] !== code ? `${fixed.names[code]} (${code})` : code);
  const options = (codes) => codes.map((code) => h("option", { value: code }, name(code)));
  const kind = h("select", { id: "about-kind", onchange: () => pickKind() }, ["agreement", "tie", "state", "forum"].map((key) => h("option", { value: key }, said[key])));
  const which = h("select", { id: "about-which", onchange: () => ask() });
  const other = h("select", { id: "about-other", onchange: () => ask() });
  const whichLabel = h("label", { for: "about-which" });
  const otherField = h("div", { class: "field" }, h("label", { for: "about-other" }, said.to), other);
  const slider = h("input", { type: "range", id: "about-month", min: 0, max: fixed.months, step: 1, oninput: () => { month = Number(slider.value); ask(); } });
  const date = h("output", { for: "about-month" });
  const sides = h("select", { id: "about-side", onchange: () => { side = sides.value; ask(); } }, h("option", { value: "" }, said.first), h("option", { value: "twin" }, said.twin));
  const sideField = h("div", { class: "field", hidden: true }, h("label", { for: "about-side" }, said.side), sides);
  const listTitle = h("h2", {});
  const list = h("ul", {});
  const answer = h("section", { class: "card answer", id: "answer", tabindex: -1, "aria-live": "polite" }, h("p", {}, words.page.waiting));
  const root = h(
    "div",
    { class: "watch whypage" },
    h("a", { class: "skip", href: "#answer" }, words.page.skip),
    h("header", { class: "top" }, h("div", { class: "top-title" }, h("h1", { tabindex: -1 }, words.page.title), h("p", { class: "question" }, words.page.lead))),
    h("main", { class: "grid" },
      h("div", { class: "column" },
        h("section", { class: "card", "aria-labelledby": "pick-title" }, h("h2", { id: "pick-title" }, said.title),
          h("div", { class: "pick" },
            h("div", { class: "field" }, h("label", { for: "about-kind" }, said.kind), kind),
            h("div", { class: "field" }, whichLabel, which), otherField,
            h("div", { class: "field" }, h("label", { for: "about-month" }, said.month), date, slider), sideField)),
        h("section", { class: "card standing-list" }, listTitle, list)),
      answer),
  );
  stage.replaceChildren(root);
  document.title = `${words.page.title} · ${fixed.title} · regime_abm`;

  // one question at a time while the month is dragged: the newest goes out when the last one is answered
  let waiting = false;
  let wish = false;
  function ask(about) {
    if (waiting && !about) {
      wish = true;
      return;
    }
    waiting = true;
    send({ do: "explain", about: about ?? current(), month, side });
  }

  function current() {
    return kind.value === "tie" ? `tie:${which.value}>${other.value}` : `${kind.value}:${which.value}`;
  }

  function fill(about) {
    const [key, rest] = [about.split(":")[0], about.slice(about.indexOf(":") + 1)];
    kind.value = key;
    const codes = { agreement: agreementCodes, forum: Object.keys(forums), state: states, tie: states }[key];
    which.replaceChildren(...options(codes));
    other.replaceChildren(...options(states));
    const [one, two] = rest.split(">");
    which.value = one;
    other.value = two ?? states[1];
    otherField.hidden = key !== "tie";
    write(whichLabel, key === "tie" ? said.from : key === "state" ? said.one : said.which);
  }

  let agreementCodes = [];
  function pickKind() {
    const first = { agreement: agreementCodes[0], forum: Object.keys(forums)[0], state: states[0], tie: `${states[0]}>${states[1]}` }[kind.value];
    ask(`${kind.value}:${first}`);
  }

  function link(item) {
    return h(
      "li",
      { class: `is-${item.kind}` },
      h("button", { type: "button", class: "when", title: words.chain.go, onclick: () => { month = item.month; ask(); } }, inWords(item.date)),
      h("span", { class: "kind" }, words.kinds[item.kind]),
      h("p", { class: "link-text" }, item.text),
      ...item.parts.map((piece) => h("details", { open: item.kind === "end" }, h("summary", {}, say(words.chain.decided, { title: piece.title })), terms.part(piece))),
    );
  }

  function draw() {
    const found = model.get("explained");
    waiting = false;
    if (!found?.about) return;
    if (wish) {
      wish = false;
      return void ask();
    }
    month = found.month;
    side = found.side;
    agreementCodes = found.agreements.map((item) => item.code);
    if (current() !== found.about || !which.options.length) fill(found.about);
    slider.value = month;
    sides.value = side;
    sideField.hidden = !found.sides;
    write(date, inWords(found.date));
    set(slider, "aria-valuetext", inWords(found.date));
    write(listTitle, say(said.agreements, { date: inWords(found.date) }));
    list.replaceChildren(...found.agreements.map((item) =>
      h("li", {}, h("button", { type: "button", class: "plain", "aria-current": found.about === `agreement:${item.code}` ? "true" : null, onclick: () => ask(`agreement:${item.code}`) }, item.name),
        h("span", { class: `standing ${item.standing}` }, words.standing[item.standing]))));
    const { chain, why: sums } = found;
    if (chain)
      answer.replaceChildren(h("h2", {}, chain.question), h("p", { class: "verdict" }, chain.standing), h("h3", {}, words.chain.title),
        chain.links.length ? h("ol", { class: "chain" }, chain.links.map(link)) : h("p", {}, words.chain.nothing));
    else
      answer.replaceChildren(
        ...[h("h2", {}, sums.question), h("div", { class: "terms-grid" }, sums.parts.map(terms.part), terms.chances(sums.action_probabilities, sums.action)), terms.inputs(sums.inputs)].filter(Boolean));
    root.dataset.drawn = month;
    root.dataset.about = found.about;
    keepAddress({ month });
    return undefined;
  }

  send({ do: "explain", about: model.get("desk").about || null, month });
  waiting = true;
  return { ask: () => { waiting = false; ask(); }, draw, refused: () => { waiting = false; }, destroy: () => {} };
}
