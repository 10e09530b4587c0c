// The page "Claims": each claim of the essay as an experiment that can fail, tried live at the quick setting.

import { h, say, two, write } from "./dom.js";

/** The page; `on(trait)` tells what has arrived. */
export default function claims({ model, stage, send }) {
  let page = null;
  function build() {
    const listed = model.get("claims");
    if (!listed?.words || page) return;
    page = createPage({ listed, stage, send });
    page.draw(model.get("trial"));
  }
  build();
  return {
    on: (trait) => (trait === "claims" ? build() : trait === "trial" && page?.draw(model.get("trial"))),
    destroy: () => {},
  };
}

function createPage({ listed, stage, send }) {
  const { words, claims: all } = listed;
  const said = words.claim;
  let running = null;

  const cards = all.map((claim) => {
    const verdict = h("span", { class: "verdict-tag", hidden: true });
    const result = h("div", { class: "trial", "aria-live": "polite" });
    const button = h("button", { type: "button", class: "press main", onclick: () => toggle(claim.id) }, said.run);
    const part = (head, ...body) => [h("h3", {}, head), ...body];
    const details = h(
      "details",
      { class: "claim", "data-claim": claim.id },
      h("summary", {}, h("b", {}, claim.id), " ", claim.claim, " ", verdict),
      h("div", { class: "claim-body" },
        h("p", { class: "hint" }, claim.sentence.length ? say(said.sentence, { ids: claim.sentence.join(", ") }) : said.none),
        h("div", { class: "try" }, button), result,
        part(said.says, h("p", {}, claim.says)),
        part(said.stands_for, h("p", {}, claim.stands_for)),
        part(said.arms, h("dl", { class: "arm-list" }, Object.entries(claim.arms).map(([arm, does]) => h("div", {}, h("dt", {}, arm.replaceAll("_", " ")), h("dd", {}, does))))),
        part(said.estimand, h("p", {}, claim.estimand)),
        part(said.refuted_if, h("p", {}, claim.refuted_if)),
        claim.counter_force.length > 0 && part(said.counter_force, h("p", {}, claim.counter_force.map((name) => name.replaceAll("_", " ")).join(" · "))),
      ),
    );
    return { claim, details, verdict, result, button, text: Object.values(claim).join(" ").toLowerCase() };
  });

  function toggle(id) {
    const card = cards.find((one) => one.claim.id === id);
    const stop = running === id;
    release();
    send({ do: "try", claim: stop ? null : id });
    if (stop) return card.result.replaceChildren();
    running = id;
    write(card.button, said.stop);
    card.result.replaceChildren(h("p", {}, said.waiting));
    return undefined;
  }

  function release() {
    const card = cards.find((one) => one.claim.id === running);
    if (card) write(card.button, card.verdict.hidden ? said.run : said.again);
    running = null;
  }

  function draw(trial) {
    const card = cards.find((one) => one.claim.id === trial?.of);
    if (!card) return;
    if (trial.failure) {
      release();
      card.result.replaceChildren(h("p", { class: "stale" }, say(said.failed, { reason: trial.failure })));
    } else if (trial.verdict) {
      show(card, trial.verdict);
      release();
    } else if (running === card.claim.id)
      card.result.replaceChildren(h("p", {}, say(said.running, { done: trial.done, arms: trial.arms, futures: listed.futures.toLocaleString("en") })),
        h("progress", { value: trial.done, max: trial.arms, "aria-label": card.claim.claim }));
  }

  function show(card, found) {
    card.verdict.hidden = false;
    card.verdict.className = `verdict-tag is-${found.verdict.replace(" ", "-")}`;
    write(card.verdict, words.verdict[found.verdict]);
    card.details.open = true;
    card.result.replaceChildren(
      ...[
        h("p", { class: `verdict-line is-${found.verdict.replace(" ", "-")}` }, words.verdict[found.verdict]),
        found.hard_wired && h("p", { class: "stale" }, said.hard),
        h("div", { class: "tests" }, found.tests.map(test)),
        found.separators.length > 0 && h("p", {}, h("b", {}, said.separators), ": ", found.separators.map((item) => (typeof item === "string" ? item : item.parameter ?? item.name ?? Object.values(item)[0])).join(" · ")),
        h("p", { class: "hint" }, `${said.interval} ${say(said.size, { ...found })}`),
      ].filter(Boolean),
    );
  }

  function test(item) {
    const known = Array.isArray(item.interval) && item.interval.every(Number.isFinite);
    const values = { effect: two(item.effect), low: two(item.interval?.[0]), high: two(item.interval?.[1]), unit: item.unit };
    const reach = known ? Math.max(...item.interval.map(Math.abs), item.smallest ?? 0) * 1.1 || 1 : 1;
    const at = (value) => 50 + (50 * value) / reach;
    return h("div", { class: "one-test" },
      h("p", {}, h("b", {}, item.what), " ", h("span", { class: `verdict-tag is-${item.verdict.replace(" ", "-")}` }, words.verdict[item.verdict]), item.beside && h("small", {}, ` ${said.beside}`)),
      known && h("span", { class: "forest wide-forest", role: "img", "aria-label": say(said.alt, values) },
        item.smallest > 0 && h("span", { class: "no-interest", style: `left:${at(-item.smallest)}%;width:${at(item.smallest) - at(-item.smallest)}%` }),
        h("span", { class: "reach", style: `left:${at(item.interval[0])}%;width:${at(item.interval[1]) - at(item.interval[0])}%` }),
        h("span", { class: "point", style: `left:${at(item.effect)}%` })),
      h("p", { class: "hint" }, `${say(said.effect, values)} · ${item.size}`));
  }

  const count = h("p", { class: "hint", role: "status" });
  const search = h("input", { type: "search", id: "find-claim", placeholder: words.page.search, "aria-label": words.page.search, oninput: sift });
  function sift() {
    const wanted = search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    let n = 0;
    for (const { details, text } of cards) {
      details.hidden = !wanted.every((word) => text.includes(word));
      n += !details.hidden;
    }
    write(count, say(words.page.found, { n, all: cards.length }));
  }
  sift();
  stage.replaceChildren(
    h("div", { class: "watch claimspage", "data-drawn": cards.length },
      h("a", { class: "skip", href: "#claim-list" }, words.page.skip),
      h("header", { class: "top" }, h("div", { class: "top-title" }, h("h1", { tabindex: -1 }, words.page.title), h("p", { class: "question" }, words.page.lead))),
      h("main", { class: "card", id: "claim-list", tabindex: -1 }, h("div", { class: "find" }, search), count, cards.map((card) => card.details))),
  );
  document.title = `${words.page.title} · regime_abm`;
  return { draw };
}
