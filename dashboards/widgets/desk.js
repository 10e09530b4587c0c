// The shell of all pages: the way from page to page, the question they share, and the address that holds it.

import claims from "./claims.js";
import compare from "./compare.js";
import { h, say, write } from "./dom.js";
import futures from "./futures.js";
import modelPage from "./modelpage.js";
import watch from "./watch.js";
import why from "./whypage.js";

const PAGES = { watch, futures, compare, why, claims, model: modelPage };
const TRAITS = ["fixed", "desk", "setup", "frame", "band", "base", "why", "notice", "sliders", "choices", "comparison", "subjects", "explained", "about", "claims", "trial"];

function render({ model, el }) {
  const stop = new AbortController();
  const send = (message) => model.send(message);
  const view = { month: 0, layer: "trust" };
  let open = null;
  let arriving = false;
  let name = model.get("desk").page;
  const said = () => model.get("fixed").words;

  // ---- the address

  const path = (page) => (page === "watch" ? "/" : `/${page}`);
  const href = (page) => `${path(page)}?${model.get("desk").link}&month=${view.month}&layer=${encodeURIComponent(view.layer)}`;

  /** The address always holds the whole question, so a reload, or a server that comes back, shows the same. */
  function keepAddress(seen) {
    Object.assign(view, seen);
    const address = href(name);
    if (address !== location.pathname + location.search) history.replaceState(history.state, "", address);
    for (const link of links) link.href = href(link.dataset.page);
  }

  // ---- parts

  const links = [];
  const nav = h("nav", { class: "desk-nav", "aria-label": said().nav.title });
  const undo = h("button", { type: "button", class: "press", "data-do": "undo", onclick: () => send({ do: "undo" }) });
  const redo = h("button", { type: "button", class: "press", "data-do": "redo", onclick: () => send({ do: "redo" }) });
  const changed = h("p", { class: "changed", role: "status" });
  const copied = h("span", { class: "copied", role: "status" });
  const copy = h("button", { type: "button", class: "press", "data-do": "copy", onclick: share });
  const line = h("p", { class: "notice desk-notice", role: "status" });
  const stage = h("div", { class: "stage" });
  const shell = h("div", { class: "desk" }, h("div", { class: "desk-bar" }, nav, h("div", { class: "desk-do" }, changed, undo, redo, copy, copied)), line, stage);

  for (const page of model.get("fixed").pages) {
    const link = h("a", { "data-page": page, href: href(page), onclick: (event) => follow(event, page) }, said().nav[page]);
    links.push(link);
    nav.append(link);
  }
  write(undo, said().strip.undo);
  write(redo, said().strip.redo);
  write(copy, said().strip.copy);

  async function share() {
    keepAddress({});
    await navigator.clipboard?.writeText(location.href);
    write(copied, said().strip.copied);
    setTimeout(() => write(copied, ""), 4000);
  }

  function follow(event, page) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button) return;
    event.preventDefault();
    turn(page, true);
  }

  // ---- turning pages

  function turn(page, push) {
    if (page === name && open) return;
    name = page;
    send({ do: "page", page });
    if (push) history.pushState(null, "", href(page));
    show(true);
  }

  function show(arrive) {
    open?.destroy();
    for (const link of links) {
      if (link.dataset.page === name) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    stage.replaceChildren();
    open = PAGES[name]({ model, stage, send, keepAddress, turn: (page) => turn(page, true) });
    arriving = arrive;
    if (arrive) window.scrollTo(0, 0);
    greet();
  }

  /** Who has turned to a page begins at its heading, which may have to wait for what the page needs. */
  function greet() {
    const heading = arriving && stage.querySelector("h1");
    if (!heading) return;
    arriving = false;
    heading.focus();
  }

  function drawStrip() {
    const desk = model.get("desk");
    const words = said().strip;
    const count = Object.keys(desk.parameters).length;
    const preset = model.get("fixed").presets.find((known) => known.name === desk.preset);
    const parts = [
      preset && say(words.preset, { title: preset.title }),
      count && say(count === 1 ? words.parameter : words.parameters, { n: count }),
      desk.acts.length && say(desk.acts.length === 1 ? words.act : words.acts, { n: desk.acts.length }),
    ].filter(Boolean);
    write(changed, parts.length ? parts.join(" · ") : words.plain);
    changed.classList.toggle("plain-question", !parts.length);
    undo.disabled = !desk.undo;
    redo.disabled = !desk.redo;
    keepAddress({});
  }

  // ---- what arrives

  const listeners = TRAITS.map((trait) => [`change:${trait}`, () => {
    if (trait === "desk") drawStrip();
    if (trait === "notice") write(line, model.get("notice")?.text ?? "");
    open?.on(trait);
    greet();
  }]);
  for (const [event, listener] of listeners) model.on(event, listener);

  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches?.("input:not([type=range]), textarea, select");
    if (typing || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    send({ do: key === "y" || event.shiftKey ? "redo" : "undo" });
  }, { signal: stop.signal });
  window.addEventListener("popstate", () => {
    const page = location.pathname.replaceAll("/", "") || "watch";
    if (page in PAGES) turn(page, false);
  }, { signal: stop.signal });

  el.replaceChildren(shell);
  document.getElementById("starting")?.remove();
  write(line, model.get("notice")?.text ?? "");
  const asked = new URLSearchParams(location.search);
  const first = model.get("frame");
  Object.assign(view, { month: first.month ?? 0, layer: first.layer ?? (asked.get("layer") || "trust") });
  drawStrip();
  show(false);
  return () => {
    stop.abort();
    for (const [event, listener] of listeners) model.off(event, listener);
    open?.destroy();
  };
}

export default { render };
