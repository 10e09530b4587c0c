// One slider for each number of the model, grouped by mechanism, with its prior drawn above it. None is named here.

import { h, s, say, set, write } from "../widgets/dom.js";

/** The panel. `send` takes changes; `groups(list)` lists them, `draw(desk)` shows the values in force. */
export function createSliders({ words, send }) {
  const said = words.sliders;
  const search = h("input", { type: "search", id: "find-number", placeholder: said.search, "aria-label": said.search, oninput: () => sift() });
  const only = h("input", { type: "checkbox", id: "only-changed", onchange: () => sift() });
  const found = h("p", { class: "hint", role: "status" });
  const clear = h("button", { type: "button", class: "press", "data-do": "clear", onclick: () => send({ do: "clear" }) }, said.clear);
  const list = h("div", { class: "slider-groups" });
  const section = h(
    "section",
    { class: "sliders", id: "sliders", tabindex: -1, "aria-labelledby": "sliders-title" },
    h("div", { class: "section-head" }, h("h2", { id: "sliders-title" }, said.title), clear),
    h("p", { class: "hint" }, said.hint),
    h("div", { class: "find" }, search, h("span", { class: "field" }, only, h("label", { for: "only-changed" }, said.only))),
    found,
    list,
  );
  let rows = [];
  let sets = [];
  let desk = null;

  // one question at a time while a slider is dragged: the newest wish goes out when the last one is answered
  let asked = null;
  let wish = null;
  function ask(name, value, drag) {
    wish = { do: "set", name, value, drag };
    if (asked) return;
    asked = wish;
    wish = null;
    send(asked);
  }

  const digits = (value) => (Math.abs(value) >= 100 ? value.toFixed(0) : Number(value.toPrecision(3)).toString()).replace("-", "−");
  const who = (name) => desk?.values[name]?.[1] || said.default;

  function slider(item) {
    let drag = 0;
    const id = `p-${item.name}`;
    const input = h("input", {
      type: "range", id, min: item.low, max: item.high, step: "any", value: item.default,
      oninput: () => {
        drag ||= Date.now();
        const value = Math.min(item.high, Math.max(item.low, Math.round(input.value / item.step) * item.step));
        show(value);
        ask(item.name, value, `d${drag}`);
      },
      onchange: () => { drag = 0; },
    });
    const output = h("output", { for: id });
    const back = h("button", { type: "button", class: "plain", onclick: () => ask(item.name, null) });
    const width = 240;
    const bar = width / item.curve.length;
    const prior = s("svg", { class: "prior", viewBox: `0 0 ${width} 22`, preserveAspectRatio: "none", "aria-hidden": "true" },
      item.curve.map((height, k) => s("rect", { x: k * bar, y: 22 - 20 * height, width: bar + 0.3, height: 20 * height })));
    const stated = h("span", { class: "stated", "aria-hidden": "true" });
    const row = h(
      "div",
      { class: "param", "data-name": item.name },
      h("div", { class: "param-head" }, h("label", { for: id }, item.title), output),
      h("div", { class: "track" }, prior, stated, input),
      h("p", { class: "ends" }, h("span", {}, digits(item.low)), back, h("span", {}, digits(item.high))),
      h("p", { class: "param-meaning" }, item.meaning),
      h("p", { class: "hint" }, [say(said.prior, { prior: item.prior }), said.sources[item.evidence], item.source && say(said.source, { source: item.source })].filter(Boolean).join(" · ")),
    );
    function show(value) {
      write(output, `${digits(value)} ${item.unit}`);
      set(input, "aria-valuetext", say(said.one_move, { name: item.title, value: digits(value), unit: item.unit }));
    }
    return {
      item,
      row,
      text: `${item.name} ${item.title} ${item.meaning} ${item.unit} ${item.source}`.toLowerCase(),
      draw() {
        const mine = desk.parameters[item.name];
        const value = mine ?? desk.values[item.name]?.[0] ?? item.default;
        const plain = desk.stated[item.name] ?? item.default;
        if (!drag) input.value = value;
        show(drag ? Number(input.value) : value);
        row.classList.toggle("moved", mine !== undefined);
        back.hidden = mine === undefined;
        write(back, say(said.back, { value: digits(plain) }));
        stated.style.left = `${(100 * (plain - item.low)) / (item.high - item.low)}%`;
        stated.title = who(item.name);
      },
    };
  }

  function groups(all) {
    rows = [];
    sets = all.map((group) => {
      const own = group.parameters.map(slider);
      rows.push(...own);
      const count = h("span", { class: "tag" });
      const body = h("div", { class: "group-body" });
      const details = h("details", { class: "group", "data-group": group.name },
        h("summary", {}, h("span", { class: "group-name" }, group.name), " ", count), h("p", { class: "hint" }, group.claim), body);
      // the numbers of a group are made into elements when it is opened: there are hundreds
      const fill = () => details.open && !body.childElementCount && body.append(...own.map((one) => one.row));
      details.addEventListener("toggle", fill);
      return { group, own, count, body, details, fill };
    });
    list.replaceChildren(...sets.map((one) => one.details));
    sift();
  }

  function sift() {
    const wanted = search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const sifting = wanted.length > 0 || only.checked;
    let n = 0;
    for (const one of sets) {
      let mine = 0;
      for (const { item, row, text } of one.own) {
        const fits = wanted.every((word) => text.includes(word) || one.group.name.includes(word)) && (!only.checked || desk?.parameters[item.name] !== undefined);
        row.hidden = !fits;
        mine += fits;
      }
      one.details.hidden = mine === 0;
      if (sifting !== one.sifted) one.details.open = sifting;
      one.sifted = sifting;
      one.fill();
      n += mine;
    }
    write(found, n ? say(said.found, { n, all: rows.length }) : said.none);
  }

  function draw(next) {
    desk = next;
    if (asked) {
      asked = null;
      if (wish) {
        const { name, value, drag } = wish;
        ask(name, value, drag);
      }
    }
    for (const one of rows) one.draw();
    for (const { own, count } of sets) {
      const n = own.filter(({ item }) => desk.parameters[item.name] !== undefined).length;
      write(count, n ? say(said.group, { n }) : "");
      count.hidden = !n;
    }
    clear.disabled = !desk.preset && !Object.keys(desk.parameters).length;
    if (only.checked) sift();
  }

  return { section, groups, draw, refused: () => { asked = null; if (desk) draw(desk); } };
}
