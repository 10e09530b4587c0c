// The relation map: a node-link diagram with hand-placed states, one layer at a time. No borders, no coast, no distances.

import { h, s, say, set, two } from "./dom.js";
import { UNDIRECTED, look, palette, stateColours, word } from "./layers.js";
import { HEAD, drawBadges, drawForum, drawLegend } from "./marks.js";

/** Build the map for one region. `onPick([state] | [from, to])` is called when something is selected. */
export function createMap({ setup, words, onPick }) {
  const count = setup.states.length;
  const svg = s("svg", { class: "map-svg", role: "group", "aria-label": words.map.group });
  // What the keyboard reaches comes first, so that Tab goes from a state on to its ties; what is drawn on top comes last.
  const keyLayer = s("g", { class: "keys" });
  const tieLayer = s("g", { class: "ties" });
  const hub = s("g", { class: "hub", "aria-hidden": "true" });
  const nodeLayer = s("g", { class: "nodes" });
  const badgeLayer = s("g", { class: "badges", "aria-hidden": "true" });
  svg.append(keyLayer, tieLayer, hub, badgeLayer, nodeLayer);
  const tip = h("div", { class: "tip", "aria-hidden": "true", hidden: true });
  const box = h("div", { class: "map-box" }, svg, tip);
  const key = h("div", { class: "legend" });

  let colours = palette();
  let frame = null;
  let picked = [];
  let current = 0; // the state whose ties Tab goes through
  let size = { width: 0, height: 0 };
  let place = [];
  let radius = 22;

  const fullName = (index) =>
    setup.names[index] === setup.states[index] ? setup.names[index] : `${setup.names[index]}, ${setup.states[index]}`;

  // ---- elements

  const nodes = setup.states.map((code, index) => {
    const [fill, ink] = stateColours(index);
    const node = {
      index,
      ring: s("circle", { class: "ring" }),
      disc: s("circle", { class: "disc", fill }),
      code: s("text", { class: "code", fill: ink }, code),
      name: s("text", { class: "name" }, setup.names[index] === code ? "" : setup.names[index]),
      spot: s("circle", { r: 1, fill: "none" }),
    };
    node.group = s("g", { class: "node", "aria-hidden": "true" }, node.ring, node.disc, node.code, node.name);
    node.key = s(
      "g",
      { role: "button", tabindex: index === 0 ? 0 : -1, "aria-label": fullName(index), "data-state": code },
      node.spot,
    );
    nodeLayer.append(node.group);
    keyLayer.append(node.key);
    node.group.addEventListener("click", () => onPick([code]));
    node.key.addEventListener("focus", () => {
      makeCurrent(index);
      node.group.classList.toggle("focused", node.key.matches(":focus-visible"));
    });
    node.key.addEventListener("blur", () => node.group.classList.remove("focused"));
    node.key.addEventListener("keydown", (event) => nodeKey(event, index));
    hover(node.group, () => fullName(index), [code]);
    return node;
  });

  const ties = [];
  for (let from = 0; from < count; from++)
    for (let to = 0; to < count; to++) {
      if (from === to) continue;
      const tie = {
        from, to,
        hit: s("path", { class: "hit" }),
        line: s("path", { class: "line" }),
        inner: s("path", { class: "inner" }),
        head: s("path", { class: "head", d: HEAD }),
      };
      const codes = [setup.states[from], setup.states[to]];
      tie.group = s(
        "g",
        { class: "tie", role: "button", tabindex: -1, "data-tie": codes.join(">") },
        tie.hit, tie.line, tie.inner, tie.head,
      );
      tieLayer.append(tie.group);
      tie.group.addEventListener("click", () => onPick(codes));
      tie.group.addEventListener("keydown", (event) => tieKey(event, tie));
      tie.group.addEventListener("focus", () => label(tie));
      hover(tie.group, () => describe(tie), codes);
      ties.push(tie);
    }
  const tieOf = (from, to) => ties[from * (count - 1) + to - (to > from ? 1 : 0)];

  // ---- pointer and keys

  function hover(group, text, codes) {
    group.addEventListener("pointerenter", (event) => {
      if (event.pointerType === "touch" || !frame) return;
      tip.textContent = text();
      tip.hidden = false;
      emphasise(codes);
      follow(event);
    });
    group.addEventListener("pointermove", follow);
    group.addEventListener("pointerleave", () => {
      tip.hidden = true;
      emphasise(picked);
    });
  }

  function follow(event) {
    if (tip.hidden) return;
    const area = box.getBoundingClientRect();
    const left = Math.min(Math.max(event.clientX - area.left + 14, 4), area.width - tip.offsetWidth - 4);
    const below = event.clientY - area.top + 18;
    const top = below + tip.offsetHeight > area.height ? event.clientY - area.top - tip.offsetHeight - 10 : below;
    tip.style.transform = `translate(${left}px, ${top}px)`;
  }

  function activate(event, codes) {
    if (event.key !== "Enter" && event.key !== " ") return false;
    event.preventDefault();
    event.stopPropagation();
    onPick(codes);
    return true;
  }

  function nodeKey(event, index) {
    if (activate(event, [setup.states[index]])) return;
    const way = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    const next = nearest(index, way);
    if (next !== null) nodes[next].key.focus();
  }

  function tieKey(event, tie) {
    if (activate(event, [setup.states[tie.from], setup.states[tie.to]])) return;
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const own = tiesOf(current);
    own[(own.indexOf(tie) + step + own.length) % own.length]?.group.focus();
  }

  /** The state that lies most nearly in a direction. */
  function nearest(index, [dx, dy]) {
    let best = null;
    let least = Infinity;
    place.forEach(([x, y], other) => {
      if (other === index) return;
      const [ax, ay] = [x - place[index][0], y - place[index][1]];
      const along = ax * dx + ay * dy;
      if (along <= 0) return;
      const cost = along + 2 * Math.abs(ax * dy - ay * dx);
      if (cost < least) [best, least] = [other, cost];
    });
    return best;
  }

  const undirected = () => UNDIRECTED.has(frame?.layer);
  const drawn = (tie) => !undirected() || tie.from < tie.to;

  function tiesOf(index) {
    return ties.filter((tie) => !tie.group.classList.contains("off") &&
      (tie.from === index || (undirected() && tie.to === index)));
  }

  function makeCurrent(index) {
    current = index;
    nodes.forEach((node) => set(node.key, "tabindex", node.index === index ? 0 : -1));
    retab();
  }

  /** Only the ties of the current state are tab stops, in the order of the document that follows its node. */
  function retab() {
    const own = new Set(tiesOf(current));
    ties.forEach((tie) => set(tie.group, "tabindex", own.has(tie) ? 0 : -1));
  }

  function emphasise(codes) {
    const on = codes.map((code) => setup.states.indexOf(code));
    svg.classList.toggle("picking", on.length > 0);
    svg.classList.toggle("one-tie", on.length === 2);
    for (const tie of ties) {
      const mine = on.length === 1
        ? tie.from === on[0] || tie.to === on[0]
        : (tie.from === on[0] && tie.to === on[1]) || (undirected() && tie.from === on[1] && tie.to === on[0]);
      tie.group.classList.toggle("on", on.length > 0 && mine);
    }
    for (const node of nodes) node.group.classList.toggle("on", on.includes(node.index));
  }

  // ---- words

  function value(tie) {
    return frame.values[tie.from * count + tie.to];
  }

  function describe(tie) {
    const base = frame.layer.split(":")[0];
    if (base === "forum") return "";
    const said = words.layer[base];
    const who = say(said.tie, { from: setup.states[tie.from], to: setup.states[tie.to] });
    const number = base === "hostility" ? `${value(tie)} of 5` : base === "talks" ? "" : two(value(tie));
    return `${who}: ${number ? `${number}, ` : ""}${word(base, value(tie), words)}`;
  }

  function label(tie) {
    if (frame) set(tie.group, "aria-label", describe(tie) || `${setup.states[tie.from]} ${setup.states[tie.to]}`);
  }

  // ---- geometry

  function layOut() {
    const width = box.clientWidth;
    if (!width) return;
    const narrow = width < 520;
    const height = narrow ? Math.round(Math.min(width * 1.02, 420)) : Math.round(Math.min(Math.max(width * 0.56, 340), 470));
    if (width === size.width && height === size.height) return;
    size = { width, height };
    radius = narrow ? 24 : 23;
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("height", height);
    svg.classList.toggle("narrow", narrow);
    const pad = [radius + (narrow ? 6 : 46), radius + 10, radius + (narrow ? 8 : 28)];
    const xs = setup.positions.map((p) => p[0]);
    const ys = setup.positions.map((p) => p[1]);
    const span = (all) => Math.max(Math.max(...all) - Math.min(...all), 1);
    place = setup.positions.map(([x, y]) => [
      pad[0] + ((x - Math.min(...xs)) / span(xs)) * (width - 2 * pad[0]),
      pad[1] + ((y - Math.min(...ys)) / span(ys)) * (height - pad[1] - pad[2]),
    ]);
    nodes.forEach((node) => {
      const [x, y] = place[node.index];
      node.group.setAttribute("transform", `translate(${x},${y})`);
      node.spot.setAttribute("cx", x);
      node.spot.setAttribute("cy", y);
      node.ring.setAttribute("r", radius + 5);
      node.disc.setAttribute("r", radius);
      node.name.setAttribute("y", radius + 19);
    });
    ties.forEach(bend);
  }

  /** How far a line between two states bends so that it does not run through a third: 0 when nobody is in the way. */
  function dodge(tie, x1, y1, x2, y2, far) {
    let bow = 0;
    place.forEach(([x, y], other) => {
      if (other === tie.from || other === tie.to) return;
      const along = ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / far;
      const aside = ((y - y1) * (x2 - x1) - (x - x1) * (y2 - y1)) / far;
      if (along > 0 && along < far && Math.abs(aside) < radius + 8) bow = 2 * (radius + 12 - Math.abs(aside)) * (aside > 0 ? -1 : 1);
    });
    return bow;
  }

  function bend(tie) {
    const [x1, y1] = place[tie.from];
    const [x2, y2] = place[tie.to];
    const far = Math.hypot(x2 - x1, y2 - y1) || 1;
    const bow = undirected() ? dodge(tie, x1, y1, x2, y2, far) : far * 0.07 + 9;
    const middle = [(x1 + x2) / 2 - ((y2 - y1) / far) * bow, (y1 + y2) / 2 + ((x2 - x1) / far) * bow];
    const toward = (x, y, gap) => {
      const d = Math.hypot(middle[0] - x, middle[1] - y) || 1;
      return [x + ((middle[0] - x) / d) * gap, y + ((middle[1] - y) / d) * gap];
    };
    const start = toward(x1, y1, radius + 2);
    const end = toward(x2, y2, radius + (undirected() ? 2 : 9));
    const tip = toward(x2, y2, radius + 2);
    const d = `M${start}Q${middle} ${end}`;
    for (const path of [tie.hit, tie.line, tie.inner]) set(path, "d", d);
    const angle = (Math.atan2(y2 - middle[1], x2 - middle[0]) * 180) / Math.PI;
    tie.tip = `translate(${tip}) rotate(${angle.toFixed(1)})`;
    tie.at = (t) => [0, 1].map((k) => (1 - t) ** 2 * start[k] + 2 * t * (1 - t) * middle[k] + t * t * end[k]);
  }

  // ---- drawing

  let layerDrawn = null;

  function draw(next) {
    frame = next;
    layOut();
    if (!place.length) return;
    if (frame.layer !== layerDrawn) {
      layerDrawn = frame.layer;
      svg.dataset.layer = frame.layer;
      ties.forEach(bend);
      drawLegend(key, frame.layer, words, colours);
      queueMicrotask(retab);
    }
    const badges = [];
    const forum = frame.layer.startsWith("forum:");
    for (const tie of ties) {
      const style = forum || !drawn(tie) ? { show: false } : look(frame.layer, value(tie), colours, frame, tie.from, tie.to);
      tie.group.classList.toggle("off", !style.show);
      if (style.show) {
        set(tie.line, "stroke", style.stroke);
        set(tie.line, "stroke-width", style.width);
        set(tie.line, "stroke-dasharray", style.dash);
        set(tie.line, "opacity", style.opacity);
        set(tie.inner, "stroke-width", style.double ? style.width * 0.4 : 0);
        set(tie.head, "fill", style.stroke);
        set(tie.head, "opacity", undirected() ? 0 : Math.min(style.opacity + 0.2, 1));
        set(tie.head, "transform", `${tie.tip} scale(${Math.round((0.65 + style.width * 0.1) * 20) / 20})`);
        if (style.rung) badges.push({ at: tie.at(0.5), text: style.rung, fill: style.stroke, kind: "rung" });
        if (style.dot) badges.push({ at: tie.at(0.5), text: "", fill: style.stroke, kind: "dot" });
      }
      const act = frame.acts[tie.from * count + tie.to];
      if (act > 1) badges.push({ at: undirected() || forum ? towards(tie, 0.68) : tie.at(0.68), text: act, fill: colours.ink, kind: "act" });
      if (!frame.playing) label(tie);
    }
    drawBadges(badgeLayer, badges);
    nodes.forEach((node) => node.group.classList.toggle("outside", forum && !frame.forum.members[node.index]));
    drawForum(hub, forum ? frame : null, { place, size, radius });
    nodes.forEach((node) => node.group.classList.toggle("campaign", Boolean(frame.campaign[node.index])));
  }

  function towards(tie, t) {
    return [0, 1].map((k) => place[tie.from][k] * (1 - t) + place[tie.to][k] * t);
  }

  return {
    box,
    key,
    draw,
    describe: (from, to) => describe(tieOf(from, to)),
    resize() {
      if (frame) draw(frame);
    },
    retheme() {
      colours = palette();
      layerDrawn = null;
      if (frame) draw(frame);
    },
    pick(codes) {
      picked = codes;
      emphasise(codes);
    },
    focusOn(codes) {
      const index = codes.map((code) => setup.states.indexOf(code));
      makeCurrent(index[0]);
      (index.length === 1 ? nodes[index[0]].key : tieOf(...index).group).focus();
    },
  };
}
