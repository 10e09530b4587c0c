// The page "Futures": what a thousand futures do when an assumption moves.

import { createSliders } from "../controls/sliders.js";
import { createFan } from "./fan.js";
import { h, numbers, say, write } from "./dom.js";
import { createPassage } from "./passage.js";
import { createShares } from "./shares.js";

/** The page; `on(trait)` tells what has arrived. */
export default function futures({ model, stage, send }) {
  let page = null;

  function build() {
    const sliders = model.get("sliders");
    if (!sliders?.words) return;
    page?.destroy();
    page = createPage({ model, stage, send });
    page.band();
    page.desk();
  }

  build();
  const on = {
    fixed: build,
    sliders: build,
    desk: () => page?.desk(),
    band: () => page?.band(),
    base: () => page?.band(),
    notice: () => page?.refused(),
  };
  return { on: (trait) => on[trait]?.(), destroy: () => page?.destroy() };
}

function taken(news, of) {
  if (!news?.bands || news.of !== of) return null;
  const unpack = (all) => Object.fromEntries(Object.entries(all).map(([name, bytes]) => [name, numbers(bytes, Float32Array)]));
  return { ...news, measures: unpack(news.bands), passage: unpack(news.passage) };
}

function createPage({ model, stage, send }) {
  const fixed = model.get("fixed");
  const { words } = model.get("sliders");
  const span = { months: fixed.months, start: fixed.start };
  const shares = createShares({ outcomes: fixed.outcomes, years: Math.round(fixed.months / 12), words });
  const fan = createFan({ measures: fixed.measures, ...span, words });
  const passage = createPassage({ outcomes: fixed.outcomes, ...span, words });
  const sliders = createSliders({ words, send });
  const count = h("p", { class: "count", role: "status" });
  const beside = h("p", { class: "hint beside", hidden: true }, words.page.beside);
  // where the pictures are out of sight, the largest shares stay at the foot of the screen while a slider moves
  const mini = h("div", { class: "mini", "aria-hidden": "true" });
  const acts = h("p", { class: "hint acts-note", hidden: true }, words.page.acts);
  const preset = (name, title, why) =>
    h("button", { type: "button", class: "press preset", "data-preset": name, title: why, onclick: () => send({ do: "preset", name }) }, title);
  const presets = h("div", { class: "presets" }, preset("", words.presets.none, words.presets.none_why), fixed.presets.map((p) => preset(p.name, p.title, p.why)));
  const why = h("p", { class: "hint" });
  const pictures = h("div", { class: "pictures" }, h("div", { class: "card" }, count, shares.section, beside, acts), h("div", { class: "card" }, fan.section), h("div", { class: "card" }, passage.section));
  const root = h(
    "div",
    { class: "watch futures" },
    h("a", { class: "skip", href: "#sliders" }, words.page.skip),
    h(
      "header",
      { class: "top" },
      h("div", { class: "top-title" }, h("h1", { tabindex: -1 }, words.page.title), h("p", { class: "question" }, `${fixed.title}. ${fixed.question}`)),
      h("p", { class: "creed" }, words.page.creed),
      h("a", { class: "press to-sliders", href: "#sliders" }, words.page.to_sliders),
    ),
    h(
      "main",
      { class: "grid" },
      pictures,
      h("div", { class: "card assume" },
        h("section", { "aria-labelledby": "presets-title" }, h("h2", { id: "presets-title" }, words.presets.title), presets, why),
        sliders.section, mini),
    ),
  );
  stage.replaceChildren(root);
  document.title = `${words.page.title} · ${fixed.title} · regime_abm`;
  sliders.groups(model.get("sliders").groups);

  function band() {
    const { of } = model.get("desk");
    const news = model.get("band");
    const now = taken(news, of);
    const base = taken(model.get("base"), `base ${of}`);
    root.classList.toggle("waiting", !now);
    if (news?.failure && news.of === of) return void write(count, say(words.page.failed, { reason: news.failure }));
    if (!now) return void write(count, words.page.waiting);
    write(count, say(words.page.count, { done: now.done.toLocaleString("en"), wanted: now.wanted.toLocaleString("en") }));
    shares.draw(now, base);
    const largest = [...now.outcomes].sort((a, b) => b[1] - a[1]).slice(0, 3);
    mini.replaceChildren(
      h("span", { class: "mini-count" }, say(words.page.count, { done: now.done.toLocaleString("en"), wanted: now.wanted.toLocaleString("en") })),
      ...largest.map(([key, share, low, high]) => h("span", {}, h("b", {}, `${Math.round(100 * share)} %`), h("small", {}, ` ${Math.floor(100 * low)}–${Math.ceil(100 * high)}`), ` ${fixed.outcomes.find((item) => item.key === key).title}`)),
    );
    fan.draw(now, base);
    passage.draw(now, base);
    beside.hidden = !base;
    root.dataset.drawn = now.done;
    root.dataset.of = of;
    return undefined;
  }

  function desk() {
    const asked = model.get("desk");
    sliders.draw(asked);
    acts.hidden = !asked.acts.length;
    for (const button of presets.children) button.setAttribute("aria-pressed", String(button.dataset.preset === asked.preset));
    write(why, fixed.presets.find((p) => p.name === asked.preset)?.why ?? words.presets.none_why);
    band();
  }

  const resized = new ResizeObserver(() => {
    fan.redraw();
    passage.redraw();
  });
  resized.observe(pictures);
  if (!model.get("band")?.of) send({ do: "drawn", n: model.get("frame").n });
  return { band, desk, refused: sliders.refused, destroy: () => resized.disconnect() };
}
