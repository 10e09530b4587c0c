// The page "Model": the month as a list, what each number rests on, and what the answers can say.

import { h, say, write } from "./dom.js";

const EVIDENCE = ["measured", "estimated", "expert", "assumed"];

/** The page; `on(trait)` tells what has arrived. */
export default function modelPage({ model, stage }) {
  function build() {
    const about = model.get("about");
    if (!about?.words) return;
    stage.replaceChildren(createPage(about));
    document.title = `${about.words.page.title} · regime_abm`;
  }
  build();
  return { on: (trait) => trait === "about" && build(), destroy: () => {} };
}

function createPage({ words, steps, parameters }) {
  const short = (value) => String(+Number(value).toPrecision(4)).replace("-", "−");
  const own = (step) => parameters.filter((item) => item.name.split(".")[0] === step.name);

  function use() {
    return h("section", { class: "card", "aria-labelledby": "use-title" }, h("h2", { id: "use-title" }, words.use.title), h("ul", { class: "plain-list" }, words.use.lines.map((line) => h("li", {}, line))));
  }

  function known() {
    const most = Math.max(...steps.map((step) => own(step).length));
    const row = (step, place) => {
      const counts = EVIDENCE.map((key) => own(step).filter((item) => item.evidence === key).length);
      if (steps.findIndex((other) => other.name === step.name) !== place || !counts.some(Boolean)) return null;
      const told = EVIDENCE.map((key, k) => counts[k] && `${counts[k]} ${words.known.sources[key]}`).filter(Boolean).join(", ");
      return h("li", {}, h("span", { class: "known-name" }, step.title),
        h("span", { class: "known-bar", role: "img", "aria-label": say(words.known.alt, { name: step.title, counts: told }) },
          counts.map((n, k) => n > 0 && h("span", { class: `rests-${EVIDENCE[k]}`, style: `width:${(100 * n) / most}%`, title: told }, n))));
    };
    return h("section", { class: "card", "aria-labelledby": "known-title" }, h("h2", { id: "known-title" }, words.known.title), h("p", { class: "hint" }, words.known.hint),
      h("p", { class: "legend" }, EVIDENCE.map((key) => h("span", { class: "sample" }, h("span", { class: `swatch rests-${key}` }), words.known.sources[key]))),
      h("ul", { class: "known" }, steps.map(row)));
  }

  function month() {
    return h("section", { class: "card", id: "month-list", tabindex: -1, "aria-labelledby": "month-title" },
      h("h2", { id: "month-title" }, words.month.title), h("p", { class: "hint" }, words.month.hint),
      h("ol", { class: "month-steps" }, steps.map((step) =>
        h("li", { "data-step": step.name },
          h("details", {},
            h("summary", {}, h("b", {}, step.title), step.when === "optional" && h("span", { class: "tag" }, words.month.optional), h("span", { class: "claim" }, step.claim)),
            step.sections.map(([head, text]) => [h("h3", {}, head), h("p", {}, text)]),
            h("h3", {}, words.month.reads), h("p", { class: "hint" }, step.reads.replaceAll("_", " ")),
            h("h3", {}, words.month.writes), h("p", { class: "hint" }, step.writes.replaceAll("_", " ")),
            own(step).length > 0 && [h("h3", {}, words.month.numbers), h("ul", { class: "plain-list" }, own(step).map((item) => h("li", {}, h("b", {}, item.name.split(".")[1].replaceAll("_", " ")), ` ${short(item.default)} ${item.unit}. ${item.meaning}`)))],
          )))));
  }

  function table() {
    const said = words.table;
    const rows = parameters.map((item) => ({
      text: Object.values(item).join(" ").toLowerCase(),
      row: h("tr", { "data-name": item.name }, h("th", { scope: "row" }, item.name.replaceAll("_", " ")), h("td", { class: "number" }, short(item.default)), h("td", {}, `${short(item.low)} to ${short(item.high)}`),
        h("td", {}, item.prior), h("td", {}, item.unit), h("td", { class: "wide" }, item.meaning), h("td", {}, words.known.sources[item.evidence]), h("td", { class: "wide" }, item.source || "–")),
    }));
    const found = h("p", { class: "hint", role: "status" });
    const search = h("input", { type: "search", id: "find-parameter", placeholder: said.search, "aria-label": said.search, oninput: sift });
    function sift() {
      const wanted = search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
      let n = 0;
      for (const { text, row } of rows) {
        row.hidden = !wanted.every((word) => text.includes(word));
        n += !row.hidden;
      }
      write(found, say(said.found, { n, all: rows.length }));
    }
    sift();
    const heads = ["name", "value", "range", "prior", "unit", "meaning", "evidence", "source"];
    return h("section", { class: "card", "aria-labelledby": "table-title" }, h("h2", { id: "table-title" }, said.title), h("div", { class: "find" }, search), found,
      h("div", { class: "scroll-x tall", tabindex: 0, role: "group", "aria-labelledby": "table-title" },
        h("table", { class: "number-table" }, h("thead", {}, h("tr", {}, heads.map((key) => h("th", { scope: "col" }, said[key])))), h("tbody", {}, rows.map(({ row }) => row)))));
  }

  return h("div", { class: "watch modelpage", "data-drawn": steps.length },
    h("a", { class: "skip", href: "#month-list" }, words.page.skip),
    h("header", { class: "top" }, h("div", { class: "top-title" }, h("h1", { tabindex: -1 }, words.page.title), h("p", { class: "question" }, words.page.lead))),
    h("main", { class: "pictures" }, h("div", { class: "grid" }, use(), known()), month(), table()));
}
