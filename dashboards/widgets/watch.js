// The page "Watch": receives months, keeps what was received, and draws the newest once per picture of the screen.

import { createChoose } from "../controls/choose.js";
import { createHelp } from "../controls/help.js";
import { createIntervene } from "../controls/intervene.js";
import { createLog } from "../controls/log.js";
import { createTransport } from "../controls/transport.js";
import { createWhy } from "../controls/why.js";
import { h, inWords, numbers, say, two, write } from "./dom.js";
import { createMap } from "./map.js";
import { forumState } from "./marks.js";
import { createOutcomes } from "./outcomes.js";
import { createSeries } from "./series.js";

const ANSWER_EVERY = 300; // ms between two words to the server that months have been drawn
const ADDRESS_EVERY = 1500; // ms between two changes of the address while playing

/** The page: built again for each run, and told what arrives. */
export default function watch({ model, stage, send, keepAddress, turn }) {
  let page = null;
  let shown = "";
  const memory = {};

  function rebuild() {
    const setup = model.get("setup");
    if (!setup?.run) return;
    const again = page !== null;
    // an act or an undo changes the run under the reader's hands: he stays where he is
    const same = [setup.scenario.name, setup.seed, setup.replicate].join() === shown;
    const [top, focus] = [window.scrollY, document.activeElement?.id];
    shown = [setup.scenario.name, setup.seed, setup.replicate].join();
    page?.destroy();
    page = createPage({ setup, model, memory, el: stage, send, showAddress: keepAddress, turn });
    page.desk(model.get("desk"));
    page.receive(model.get("frame"));
    page.band(model.get("band"));
    if (again && !same) page.arrive();
    else if (again) {
      window.scrollTo(0, top);
      if (focus) document.getElementById(focus)?.focus({ preventScroll: true });
    }
  }

  const listeners = {
    setup: rebuild,
    desk: () => page?.desk(model.get("desk")),
    frame: () => page?.receive(model.get("frame")),
    band: () => page?.band(model.get("band")),
    why: () => page?.why(model.get("why")),
  };
  rebuild();
  return { on: (trait) => listeners[trait]?.(), destroy: () => page?.destroy() };
}

function createPage({ setup, model, memory, el, send, showAddress, turn }) {
  const words = setup.words;
  const many = setup.horizon + 1;
  const stop = new AbortController();
  let run = null;
  let top = -1;
  let values = {};
  let twinValues = null; // of the branch, where there is one
  let apart = [];
  let events = [];
  let frame = null;
  let band = null;
  let due = 0;
  let answered = 0;
  let addressed = 0;
  let addressTimer = 0;

  // ---- parts

  const select = (codes, side) => {
    map.pick(side ? [] : codes);
    twinMap?.pick(side ? codes : []);
    why.ask(codes, side);
    root.classList.add("explaining");
    if (frame?.playing) send({ do: "pause" });
  };
  const map = createMap({ setup, words, onPick: (codes) => select(codes, "") });
  const twinMap = setup.twin ? createMap({ setup, words, onPick: (codes) => select(codes, "twin") }) : null;
  const branchWords = model.get("fixed").act_words;
  const titles = Object.fromEntries(setup.outcomes.map((item) => [item.key, item.title]));
  const onCompare = () => {
    send({ do: "arms", arms: ["without", "mine"] });
    turn("compare");
  };
  const intervene = createIntervene({ fixed: model.get("fixed"), words: branchWords, send, memory, titles, onCompare });
  const series = createSeries({ setup, words });
  const outcomes = createOutcomes({ setup, words });
  const transport = createTransport({ setup, words, send });
  const log = createLog({ setup, words, onMonth: (month) => send({ do: "go", month }) });
  const choose = createChoose({ setup, words, send });
  const help = createHelp({ words });
  const why = createWhy({ words, send, onClose: closeWhy, onPick: select, tiesOf });

  const layerName = (layer) =>
    layer.startsWith("forum:") ? `${layer.slice(6)} · ${setup.forums[layer.slice(6)]}` : words.layer[layer].name;
  const option = (layer) => h("option", { value: layer }, layerName(layer));
  const layers = h(
    "select",
    { id: "layer", onchange: () => send({ do: "layer", value: layers.value }) },
    setup.layers.filter((layer) => !layer.startsWith("forum:")).map(option),
    h("optgroup", { label: words.map.forum_group }, setup.layers.filter((layer) => layer.startsWith("forum:")).map(option)),
  );
  const date = h("p", { class: "date" });
  const count = h("p", { class: "month-count" });
  const question = h("p", { class: "layer-question" });
  const table = h("table", { class: "matrix" });
  const details = h("details", { class: "as-table", ontoggle: () => drawTable() }, h("summary", {}, words.map.table), h("div", { class: "scroll-x", tabindex: 0 }, table));
  const heading = h("h1", { tabindex: -1 }, setup.scenario.title);

  const root = h(
    "div",
    { class: "watch" },
    h("a", { class: "skip", href: "#controls" }, words.page.skip),
    h(
      "header",
      { class: "top" },
      h("div", { class: "top-title" }, heading, h("p", { class: "question" }, setup.scenario.question)),
      h("p", { class: "creed" }, words.page.creed),
      help.button,
    ),
    h(
      "main",
      { class: "grid" },
      h(
        "div",
        { class: "column" },
        h(
          "section",
          { class: "card map-card", "aria-label": words.map.title },
          h(
            "div",
            { class: "map-head" },
            h("div", { class: "when-now" }, date, count),
            h("div", { class: "field" }, h("label", { for: "layer" }, words.map.layer), layers),
            question,
          ),
          twinMap
            ? h("div", { class: "two-maps" },
              h("div", {}, h("h2", { class: "map-title" }, branchWords.map.first), map.box),
              h("div", { class: "branch" }, h("h2", { class: "map-title" }, branchWords.map.twin), twinMap.box))
            : map.box,
          transport.section,
          map.key,
          details,
        ),
        h("div", { class: "card" }, intervene.section),
        h("div", { class: "card" }, log.section),
        h("div", { class: "card" }, choose.section),
      ),
      h("div", { class: "card side" }, series.section, outcomes.section, why.section),
    ),
    help.dialog,
  );
  el.replaceChildren(root);
  document.title = `${setup.scenario.title} · regime_abm`;

  // ---- what arrives

  function receive(next) {
    if (!next?.n || next.run < setup.run) return undefined; // of the run before: the first picture follows the setup
    if (next.run !== run) {
      if (next.since > 0) return send({ do: "resend" });
      run = next.run;
      top = -1;
      const blank = () => Object.fromEntries(setup.measures.map((m) => [m.name, new Float64Array(many).fill(NaN)]));
      values = blank();
      twinValues = setup.twin ? blank() : null;
      events = [];
      apart = [];
    }
    if (next.since > top + 1) return send({ do: "resend" });
    const rows = numbers(next.series, Float64Array);
    fill(values, rows, next.since);
    if (rows.length || next.since === 0) events = events.filter((event) => event[0] < next.since).concat(next.events);
    if (twinValues) {
      fill(twinValues, numbers(next.twin.series, Float64Array), next.since);
      if (rows.length || next.since === 0) apart = apart.filter((event) => event[0] < next.since).concat(next.twin.apart);
    }
    top = Math.max(top, next.top);
    if (frame && next.run === frame.run && next.n < frame.n) return undefined;
    const drawable = (part) => ({ values: numbers(part.tie, Float64Array), acts: numbers(part.severity, Uint8Array) });
    frame = { ...next, ...drawable(next) };
    if (twinValues) frame.other = { ...next, exclusivity: null, ...next.twin, ...drawable(next.twin) };
    // the newest month wins: months that arrive between two pictures of the screen are kept but never queued for drawing
    if (!due) due = requestAnimationFrame(draw);
    return undefined;
  }

  /** Put the rows of a message, months x measures, into the lines. */
  function fill(lines, rows, since) {
    const width = setup.measures.length;
    setup.measures.forEach((measure, k) => {
      for (let row = 0; row * width < rows.length; row++) lines[measure.name][since + row] = rows[row * width + k];
    });
  }

  function takeBand(next) {
    if (next?.failure && next.of === setup.of) series.told(null, next.failure);
    if (!next?.bands || next.of !== setup.of) return;
    const measures = Object.fromEntries(Object.entries(next.bands).map(([name, bytes]) => [name, numbers(bytes, Float32Array)]));
    band = { ...next, measures };
    series.told(band);
    outcomes.draw(band);
    if (!due) due = requestAnimationFrame(draw);
  }

  // ---- drawing

  function draw() {
    due = 0;
    if (!frame) return;
    map.draw(frame);
    twinMap?.draw(frame.other);
    intervene.draw(frame, apart);
    series.draw({ values, twin: twinValues, month: frame.month, top: frame.top, band });
    transport.draw(frame);
    outcomes.stand(frame.outcome, frame.quiet);
    log.draw(events, frame.month, frame.playing);
    why.age(frame);
    write(date, inWords(frame.date));
    write(count, `${say(words.page.month, { month: frame.month, horizon: setup.horizon })} · ${say(words.page.future, { replicate: setup.replicate, seed: setup.seed })}`);
    const base = frame.layer.split(":")[0];
    const forum = frame.forum ? ` ${forumState(frame.forum, words)}.` : "";
    write(question, say(words.layer[base].question, { code: frame.layer.slice(6) }) + forum);
    if (document.activeElement !== layers) layers.value = frame.layer;
    root.dataset.month = frame.month;
    root.dataset.drawn = frame.n;
    root.classList.toggle("playing", frame.playing);
    if (!frame.playing) {
      series.describe({ values, month: frame.month, date: frame.date, band });
      drawTable();
    }
    answer();
    keepAddress();
  }

  function answer() {
    const now = performance.now();
    if (answered && (!frame.playing || now - answered < ANSWER_EVERY)) return;
    answered = now;
    send({ do: "drawn", n: frame.n });
  }

  /** The address always holds the run and the month, so a reload, or a server that comes back, shows the same. */
  function keepAddress(at_once) {
    const wait = at_once || !frame.playing ? 0 : Math.max(0, ADDRESS_EVERY - (performance.now() - addressed));
    if (addressTimer && wait) return;
    clearTimeout(addressTimer);
    const put = () => {
      addressTimer = 0;
      addressed = performance.now();
      showAddress({ month: frame.month, layer: frame.layer });
    };
    if (wait) addressTimer = setTimeout(put, wait);
    else put();
  }

  function drawTable() {
    if (!details.open || !frame || !frame.values.length) return;
    const size = setup.states.length;
    const header = h("tr", {}, h("td", {}, words.map.table_corner), ...setup.states.map((code) => h("th", { scope: "col" }, code)));
    const rows = setup.states.map((code, i) =>
      h("tr", {}, h("th", { scope: "row" }, code), ...setup.states.map((_, j) =>
        h("td", {}, i === j ? "" : ["hostility", "talks"].includes(frame.layer) ? frame.values[i * size + j] : two(frame.values[i * size + j])))));
    const said = words.layer[frame.layer.split(":")[0]];
    table.replaceChildren(h("caption", {}, `${said.name}, ${said.unit}`), h("thead", {}, header), h("tbody", {}, rows));
  }

  // ---- why

  function tiesOf(state) {
    if (!frame || frame.layer.startsWith("forum:")) return [];
    const from = setup.states.indexOf(state);
    return setup.states.flatMap((other, to) => (to === from ? [] : [[[state, other], map.describe(from, to)]]));
  }

  function showWhy(answer) {
    if (!answer?.of || answer.run !== run) return;
    const pair = answer.of.length === 2 ? ` "${answer.of.join(">")}"` : ` ${answer.of[0]}`;
    const desk = model.get("desk");
    const set = Object.entries(desk.parameters).map(([name, value]) => ` --set ${name}=${value}`).join("");
    const reading = (desk.preset ? ` --preset ${desk.preset}` : "") + set;
    why.show(answer, answer.side ? null : `regime-abm why ${setup.scenario.name}${reading} --seed ${setup.seed} --replicate ${setup.replicate} --month ${answer.date}${pair}`);
  }

  function closeWhy() {
    if (!why.open) return;
    const subject = why.subject;
    why.close();
    root.classList.remove("explaining");
    map.pick([]);
    twinMap?.pick([]);
    (why.side ? twinMap : map)?.focusOn(subject);
  }

  // ---- keys, size, theme

  function keys(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || help.dialog.open) return;
    const tag = event.target.tagName;
    const typing = tag === "SELECT" || tag === "TEXTAREA" || (tag === "INPUT" && event.target.type !== "range");
    if (event.key === "Escape") return void (why.open && closeWhy());
    if (typing) return;
    const slider = tag === "INPUT";
    const pressing = tag === "BUTTON" || tag === "SUMMARY" || tag === "A";
    const action = {
      " ": () => !pressing && transport.toggle(),
      ArrowRight: () => !slider && send({ do: "step", by: 1 }),
      ArrowLeft: () => !slider && send({ do: "step", by: -1 }),
      Home: () => send({ do: "reset" }),
      "?": () => help.open(),
    }[event.key];
    if (!action || event.target.closest?.(".log-scroll, .scroll-x")) return;
    if (action() !== false) event.preventDefault();
  }

  const options = { signal: stop.signal };
  document.addEventListener("keydown", keys, options);
  window.addEventListener("beforeunload", () => frame && keepAddress(true), options);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    series.retheme();
    map.retheme();
    twinMap?.retheme();
    if (!due) due = requestAnimationFrame(draw);
  }, options);
  const resized = new ResizeObserver(() => {
    if (!due) due = requestAnimationFrame(draw);
  });
  resized.observe(map.box);
  resized.observe(series.section);
  series.told(null);

  return {
    receive,
    band: takeBand,
    why: showWhy,
    desk: (desk) => intervene.list(desk.acts),
    arrive: () => heading.focus(),
    destroy() {
      stop.abort();
      resized.disconnect();
      cancelAnimationFrame(due);
      clearTimeout(addressTimer);
    },
  };
}
