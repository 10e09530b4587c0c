// What is drawn on and beside the ties: signs of acts, the one forum that is shown, the key.

import { h, s, say, set, two } from "./dom.js";
import { UNDIRECTED, legend } from "./layers.js";

export const HEAD = "M0,0L-9,4.2L-9,-4.2Z";

/** Small signs on ties: {at: [x, y], text, fill, kind}; the elements are kept and reused. */
export function drawBadges(badgeLayer, badges) {
  while (badgeLayer.children.length < badges.length)
    badgeLayer.append(s("g", {}, s("rect", {}), s("text", {})));
  Array.from(badgeLayer.children).forEach((group, index) => {
    const badge = badges[index];
    set(group, "class", badge ? `badge ${badge.kind}` : "badge off");
    if (!badge) return;
    const [shape, text] = group.children;
    const half = badge.kind === "dot" ? 5 : 9;
    set(group, "transform", `translate(${badge.at[0].toFixed(1)},${badge.at[1].toFixed(1)})`);
    set(shape, "x", -half);
    set(shape, "y", -half);
    set(shape, "width", 2 * half);
    set(shape, "height", 2 * half);
    set(shape, "rx", badge.kind === "act" ? 1 : half);
    set(shape, "transform", badge.kind === "act" ? "rotate(45)" : "");
    set(shape, "fill", badge.fill);
    if (text.textContent !== String(badge.text)) text.textContent = badge.text;
  });
}

/** A forum is one small square with a spoke to each member: hulls of several forums would be mud. */
export function drawForum(hub, frame, { place, size, radius }) {
  hub.replaceChildren();
  if (!frame) return;
  const forum = frame.forum;
  const members = place.map((_, index) => index).filter((index) => forum.members[index]);
  const at = hubPlace(members, place, size);
  for (const index of members) {
    const [x, y] = place[index];
    const far = Math.hypot(x - at[0], y - at[1]) || 1;
    const end = [x - ((x - at[0]) / far) * (radius + 2), y - ((y - at[1]) / far) * (radius + 2)];
    const came = forum.attended[index];
    hub.append(s("line", {
      class: came ? "spoke came" : "spoke", x1: at[0], y1: at[1], x2: end[0], y2: end[1],
    }));
  }
  const code = frame.layer.slice(6);
  const wide = Math.max(code.length * 10 + 20, 56);
  hub.append(
    s("rect", { class: forum.met ? "hub-box met" : "hub-box", x: at[0] - wide / 2, y: at[1] - 15, width: wide, height: 30, rx: 4 }),
    s("text", { class: "hub-code", x: at[0], y: at[1] + 5 }, code),
  );
}

/** One line on how the forum stands. */
export function forumState(forum, words) {
  return [
    forum.active ? say(words.map.level, { level: Math.round(forum.level), name: words.map.levels[Math.round(forum.level)] ?? "" }) : words.map.dormant,
    say(words.map.vitality, { value: two(forum.vitality) }),
    forum.met ? words.map.met : "",
  ].filter(Boolean).join(" · ");
}

/** The middle of the members, moved to where no state is in the way. */
function hubPlace(members, place, size) {
  if (!members.length) return [size.width / 2, size.height / 2];
  const mean = [0, 1].map((k) => members.reduce((sum, index) => sum + place[index][k], 0) / members.length);
  let best = mean;
  let least = Infinity;
  for (let x = 60; x <= size.width - 60; x += 12)
    for (let y = 40; y <= size.height - 40; y += 12) {
      const room = Math.min(...place.map(([px, py]) => Math.hypot(px - x, py - y)));
      const cost = Math.hypot(x - mean[0], y - mean[1]) + Math.max(0, 78 - room) * 6;
      if (cost < least) [best, least] = [[x, y], cost];
    }
  return best;
}

/** The key under the map. */
export function drawLegend(key, layer, words, colours) {
  const base = layer.split(":")[0];
  const said = words.layer[base];
  const samples = base === "forum"
    ? [[said.low, { stroke: colours.ink, width: 3, dash: "none" }], [said.middle, { stroke: colours.ink, width: 2, dash: "5 4" }], [said.high, null]]
    : legend(base, words, colours);
  key.replaceChildren(
    ...samples.map(([text, style]) => h("span", { class: "sample" }, style && sample(style, base, colours), text)),
    ...[said.width, words.map.events, words.map.campaign, words.map.hint].filter(Boolean).map((text) => h("span", { class: "sample" }, text)),
  );
}

function sample(style, base, colours) {
  const picture = s("svg", { width: 40, height: 14, viewBox: "0 0 40 14", "aria-hidden": "true" });
  if (style.show === false) return picture;
  const end = UNDIRECTED.has(base) || base === "forum" ? 38 : 30;
  picture.append(s("line", { x1: 2, y1: 7, x2: end, y2: 7, stroke: style.stroke, "stroke-width": style.width, "stroke-dasharray": style.dash }));
  if (style.double) picture.append(s("line", { x1: 2, y1: 7, x2: end, y2: 7, stroke: colours.card, "stroke-width": style.width * 0.4 }));
  if (end === 30) picture.append(s("path", { d: HEAD, fill: style.stroke, transform: "translate(39,7)" }));
  if (style.dot) picture.append(s("circle", { cx: 20, cy: 7, r: 5, fill: style.stroke }));
  return picture;
}
