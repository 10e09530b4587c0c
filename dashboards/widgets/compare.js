// The page "Compare": the same futures, with the same luck, under two or three questions.

import { createDots, LETTERS, sign } from "./dots.js";
import { h, say, write } from "./dom.js";
import { effects } from "./effects.js";
import { flows } from "./flows.js";

const OWN = ["mine", "without"]; // arms that ask what the reader asks

/** The page; `on(trait)` tells what has arrived. */
export default function compare({ model, stage, send }) {
  let page = null;

  function build() {
    if (!model.get("choices")?.words) return;
    page?.destroy();
    page = createPage({ model, stage, send });
    page.desk();
  }

  build();
  const on = { choices: build, fixed: build, desk: () => page?.desk(), comparison: () => page?.draw() };
  return { on: (trait) => on[trait]?.(), destroy: () => page?.destroy() };
}

function createPage({ model, stage, send }) {
  const { words, scenarios } = model.get("choices");
  const fixed = model.get("fixed");
  const dots = createDots({ words });
  const count = h("p", { class: "count", role: "status" });
  const arms = h("div", { class: "arms" });
  const answers = h("div", { class: "answers" });
  const body = h("div", { class: "pictures", id: "answers", tabindex: -1 }, h("div", { class: "card" }, count, dots.section), answers);
  const root = h(
    "div",
    { class: "watch compare" },
    h("a", { class: "skip", href: "#answers" }, words.page.skip),
    h("header", { class: "top" },
      h("div", { class: "top-title" }, h("h1", { tabindex: -1 }, words.page.title), h("p", { class: "question" }, words.page.lead)),
      h("p", { class: "creed" }, words.page.creed)),
    h("main", {}, h("section", { class: "card arms-card", "aria-labelledby": "arms-title" }, h("h2", { id: "arms-title" }, words.arms.title), arms), body),
  );
  stage.replaceChildren(root);
  document.title = `${words.page.title} · regime_abm`;

  function choose(list) {
    send({ do: "arms", arms: list });
  }

  function armCard(arm, place, all) {
    const [name, preset] = arm.split("+");
    const said = words.arms;
    const put = (value) => choose(all.map((known, k) => (k === place ? value : known)));
    const scenario = h("select", { id: `arm-${place}`, onchange: () => put(OWN.includes(scenario.value) ? scenario.value : [scenario.value, reading.value].filter(Boolean).join("+")) },
      OWN.map((key) => h("option", { value: key }, said[key])), scenarios.map((known) => h("option", { value: known.name }, known.title)));
    const reading = h("select", { id: `reading-${place}`, disabled: OWN.includes(name), onchange: () => put([name, reading.value].filter(Boolean).join("+")) },
      h("option", { value: "" }, said.none), fixed.presets.map((known) => h("option", { value: known.name }, known.title)));
    scenario.value = name;
    reading.value = preset ?? "";
    return h(
      "fieldset",
      { class: "arm" },
      h("legend", {}, sign(place), " ", say(place ? said.other : said.control, { letter: LETTERS[place] })),
      h("div", { class: "field wide" }, h("label", { for: `arm-${place}` }, said.scenario), scenario),
      h("div", { class: "field wide" }, h("label", { for: `reading-${place}` }, said.preset), reading),
      all.length > 2 && h("button", { type: "button", class: "plain", onclick: () => choose(all.filter((_, k) => k !== place)) }, say(said.remove, { letter: LETTERS[place] })),
    );
  }

  function desk() {
    const all = model.get("desk").arms;
    const focus = document.activeElement?.id;
    const asked = model.get("desk");
    const plain = !asked.preset && !asked.acts.length && !Object.keys(asked.parameters).length;
    const spare = [...(plain ? [] : ["mine"]), ...fixed.presets.map((known) => `${fixed.name}+${known.name}`)].find((arm) => !all.includes(arm));
    arms.replaceChildren(
      ...all.map(armCard),
      ...(all.length < 3 ? [h("button", { type: "button", class: "press add-arm", onclick: () => choose([...all, spare]) }, words.arms.add)] : []),
    );
    if (focus) document.getElementById(focus)?.focus();
    draw();
  }

  function draw() {
    const { compared } = model.get("desk");
    const found = model.get("comparison");
    const fits = found?.of === compared;
    root.classList.toggle("waiting", !fits || !found.arms);
    if (fits && found.failure) return void write(count, say(words.page.failed, { reason: found.failure }));
    if (!fits || !found.arms) return void write(count, words.page.waiting);
    write(count, say(words.page.count, { done: found.replicates.toLocaleString("en"), wanted: found.wanted.toLocaleString("en"), years: Math.round(found.months / 12) }));
    dots.draw(found);
    answers.replaceChildren(...Object.keys(found.arms).slice(1).flatMap((_, k) => [
      h("div", { class: "card" }, effects({ found, place: k + 1, words })),
      h("div", { class: "card" }, flows({ found, place: k + 1, words, width: Math.max(Math.min(body.clientWidth - 30, 1240), 260) })),
    ]));
    root.dataset.drawn = found.replicates;
    return undefined;
  }

  let width = 0;
  const resized = new ResizeObserver(() => {
    if (body.clientWidth === width) return;
    width = body.clientWidth;
    dots.redraw();
    draw();
  });
  resized.observe(body);
  return { desk, draw, destroy: () => resized.disconnect() };
}
