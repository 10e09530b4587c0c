// Play, pause, step, back, reset, speed and the slider of months.

import { after, h, inWords, say, set, write } from "../widgets/dom.js";

const ICONS = {
  reset: "M5 5h2v14H5zM19 5v14L8 12z",
  back: "M16 5v14L6 12zM17 5h2v14h-2z",
  play: "M7 4.5v15L19.5 12z",
  pause: "M6.5 5h4v14h-4zM13.5 5h4v14h-4z",
  step: "M8 5v14l10-7zM5 5h2v14H5z",
};

function icon(name) {
  const holder = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  holder.setAttribute("viewBox", "0 0 24 24");
  holder.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  holder.append(path);
  return holder;
}

/** The bar under the map. `send` takes what the session understands; `draw(frame)` shows where things stand. */
export function createTransport({ setup, words, send }) {
  const said = words.play;
  const button = (name, press, extra) =>
    h("button", { type: "button", class: `press ${extra ?? ""}`, "data-do": name, onclick: press }, icon(name), h("span", {}, said[name]));
  let playing = false;

  const play = button("play", () => send({ do: playing ? "pause" : "play" }), "main");
  const bar = h(
    "div",
    { class: "buttons" },
    button("reset", () => send({ do: "reset" })),
    button("back", () => send({ do: "step", by: -1 })),
    play,
    button("step", () => send({ do: "step", by: 1 })),
  );
  const speed = h(
    "select",
    { id: "speed", onchange: () => send({ do: "speed", value: Number(speed.value) }) },
    setup.speeds.map((n) => h("option", { value: n }, say(said.per_second, { n }))),
  );
  const slider = h("input", {
    id: "month", type: "range", min: 0, max: setup.horizon, step: 1, value: 0,
    oninput: () => ask(Number(slider.value)),
  });
  const marks = h("div", { class: "marks", "aria-hidden": "true" });
  const [year, month] = after(setup.scenario.start, 0);
  for (let at = Math.ceil(year / 5) * 5; ; at += 5) {
    const m = (at - year) * 12 + 1 - month;
    if (m > setup.horizon) break;
    if (m >= 0) marks.append(h("span", { style: `left:${(100 * m) / setup.horizon}%` }, at));
  }
  const section = h(
    "section",
    { class: "transport", id: "controls", tabindex: -1, "aria-label": said.title },
    h("div", { class: "scrub" }, h("label", { for: "month", class: "unseen" }, said.month), slider, marks),
    bar,
    h("div", { class: "field speed" }, h("label", { for: "speed" }, said.speed), speed),
  );

  // one question at a time while the slider is dragged: the newest wish goes out when the last one is answered
  let waiting = false;
  let wish = null;
  function ask(value) {
    wish = value;
    if (waiting) return;
    waiting = true;
    send({ do: "go", month: value });
    wish = null;
  }

  function draw(frame) {
    playing = frame.playing;
    const ended = frame.month >= setup.horizon;
    const label = playing ? said.pause : ended ? said.again : said.play;
    write(play.lastChild, label);
    set(play.querySelector("path"), "d", ICONS[playing ? "pause" : "play"]);
    if (waiting) {
      waiting = false;
      if (wish !== null && wish !== frame.month) ask(wish);
    }
    if (!waiting && Number(slider.value) !== frame.month) slider.value = frame.month;
    slider.style.setProperty("--at", `${(100 * frame.month) / setup.horizon}%`);
    slider.style.setProperty("--top", `${(100 * frame.top) / setup.horizon}%`);
    set(slider, "aria-valuetext", `${inWords(frame.date)}, ${say(words.page.month, { month: frame.month, horizon: setup.horizon })}`);
    if (document.activeElement !== speed) speed.value = String(frame.speed);
  }

  return { section, draw, toggle: () => send({ do: playing ? "pause" : "play" }) };
}
