// The list of keys.

import { h } from "../widgets/dom.js";

/** A dialog with the keys, and the button that opens it. */
export function createHelp({ words }) {
  const said = words.help;
  const dialog = h(
    "dialog",
    { class: "help", "aria-labelledby": "help-title" },
    h("h2", { id: "help-title" }, said.title),
    h("dl", {}, said.keys.map(([key, meaning]) => h("div", {}, h("dt", {}, h("kbd", {}, key)), h("dd", {}, meaning)))),
    h("form", { method: "dialog" }, h("button", { class: "press main" }, said.close)),
  );
  const button = h("button", { type: "button", class: "press help-open", "aria-label": said.open, title: said.open, onclick: () => dialog.showModal() }, "?");
  return { dialog, button, open: () => dialog.showModal() };
}
