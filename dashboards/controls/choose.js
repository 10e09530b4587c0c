// Which run is watched: scenario, seed and the number of the future.

import { h } from "../widgets/dom.js";

/** The form; `send` takes the choice. */
export function createChoose({ setup, words, send }) {
  const said = words.choose;
  const scenario = h(
    "select",
    { id: "scenario" },
    setup.scenarios.map((known) => h("option", { value: known.name, selected: known.name === setup.scenario.name }, known.title)),
  );
  const number = (id, value, high) =>
    h("input", { id, type: "number", inputmode: "numeric", min: 0, max: high, step: 1, value, required: true });
  const seed = number("seed", setup.seed, setup.limits.seed);
  const replicate = number("replicate", setup.replicate, setup.limits.replicate);
  const go = (future) => send({ do: "choose", scenario: scenario.value, seed: seed.value, replicate: future });
  const copied = h("span", { class: "copied", role: "status" });

  const form = h(
    "form",
    {
      class: "choose-form",
      onsubmit: (event) => {
        event.preventDefault();
        go(replicate.value);
      },
    },
    h("div", { class: "field wide" }, h("label", { for: "scenario" }, said.scenario), scenario),
    h("div", { class: "field" }, h("label", { for: "seed" }, said.seed), seed),
    h("div", { class: "field" }, h("label", { for: "replicate" }, said.replicate), replicate),
    h("button", { class: "press main" }, said.go),
    h("button", { type: "button", class: "press", onclick: () => go(Math.min(Number(replicate.value) + 1, setup.limits.replicate)) }, said.next),
  );
  const section = h(
    "section",
    { class: "choose", "aria-labelledby": "choose-title" },
    h("h2", { id: "choose-title" }, said.title),
    form,
    h("p", { class: "hint" }, said.hint),
    h(
      "p",
      {},
      h(
        "button",
        {
          type: "button",
          class: "plain",
          onclick: async () => {
            await navigator.clipboard?.writeText(location.href);
            copied.textContent = said.copied;
          },
        },
        said.copy,
      ),
      " ",
      copied,
    ),
  );
  return { section };
}
