// How a tie looks in each layer. Width, dashes and numbers carry the meaning as well as colour, for those who cannot tell
// the colours apart and for a bad projector.

import { colour } from "./dom.js";

export const UNDIRECTED = new Set(["hostility", "alliance", "talks"]);
const STEPS = 24; // colours in a scale; few enough that most ties keep theirs from month to month

function parse(hex) {
  const number = parseInt(hex.slice(1), 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
}

function blend(from, to, share) {
  const [a, b] = [parse(from), parse(to)];
  return `rgb(${a.map((value, k) => Math.round(value + (b[k] - value) * share)).join(",")})`;
}

function scale(stops) {
  return Array.from({ length: STEPS + 1 }, (_, step) => {
    const at = (step / STEPS) * (stops.length - 1);
    const low = Math.min(Math.floor(at), stops.length - 2);
    return blend(stops[low], stops[low + 1], at - low);
  });
}

const pick = (colours, share) => colours[Math.round(Math.min(Math.max(share, 0), 1) * STEPS)];
const quarter = (value) => Math.round(value * 4) / 4;

/** The colours of the theme that is on now. */
export function palette() {
  return {
    trust: scale([colour("--trust-low"), colour("--trust-middle"), colour("--trust-high")]),
    threat: scale([colour("--threat-low"), colour("--threat-high")]),
    rungs: [1, 2, 3, 4, 5].map((rung) => colour(`--rung-${rung}`)),
    faint: colour("--faint"),
    alliance: colour("--alliance"),
    talks: colour("--talks"),
    ink: colour("--ink"),
    soft: colour("--soft"),
    card: colour("--card"),
  };
}

const NOTHING = { show: false };

/** The look of one tie: {show, stroke, width, dash, opacity, double, dot, rung}. `extra` is the frame. */
export function look(layer, value, colours, extra, from, to) {
  switch (layer) {
    case "trust": {
      const strength = Math.abs(value - 0.5) * 2;
      return {
        show: true,
        stroke: pick(colours.trust, value),
        width: quarter(0.9 + 4.2 * strength),
        dash: value < 0.4 ? "7 4" : "none",
        opacity: 0.4 + Math.round(strength * 12) / 20,
      };
    }
    case "threat":
      return {
        show: true,
        stroke: pick(colours.threat, value),
        width: quarter(0.7 + 6 * value),
        dash: "none",
        opacity: 0.3 + Math.round(value * 14) / 20,
      };
    case "hostility": {
      const rung = Math.round(value);
      if (rung === 0) return { show: true, stroke: colours.faint, width: 1, dash: "1 5", opacity: 1 };
      return { show: true, stroke: colours.rungs[rung - 1], width: 1 + 1.4 * rung, dash: "none", opacity: 1, rung };
    }
    case "alliance":
      if (value <= 0) return NOTHING;
      return {
        show: true,
        stroke: colours.alliance,
        width: quarter(1.5 + 7 * value),
        dash: "none",
        opacity: 1,
        double: (extra.exclusivity?.[from]?.[to] ?? 0) >= 0.5,
      };
    case "talks":
      if (value <= 0) return NOTHING;
      return { show: true, stroke: colours.talks, width: 2.5, dash: "none", opacity: 1, dot: true };
    default:
      return NOTHING;
  }
}

/** The word for a value of a layer, from the words of the page. */
export function word(layer, value, words) {
  const named = words.layer[layer].words;
  if (layer === "hostility" || layer === "talks") return named[Math.round(value)] ?? "";
  if (layer === "alliance" && value <= 0) return named[0];
  return named[Math.min(Math.floor(value * named.length), named.length - 1)] ?? "";
}

/** Three sample ties for the legend: [label, look]. */
export function legend(layer, words, colours) {
  const said = words.layer[layer];
  const ends = { trust: [0.08, 0.5, 0.92], threat: [0.1, 0.5, 0.95], hostility: [1, 3, 5], alliance: [0.2, 0.6, 0.6], talks: [0, null, 1] };
  const [low, middle, high] = ends[layer] ?? [];
  const exclusive = { exclusivity: [[0, 1]] };
  return [
    [said.low, look(layer, low, colours, {}, 0, 0)],
    [said.middle, look(layer, middle, colours, {}, 0, 0)],
    [said.high, look(layer, high, colours, exclusive, 0, 1)],
  ].filter(([label]) => label);
}

// Okabe and Ito's colours, which stay apart for every kind of colour vision; the second entry is the ink that reads on each.
const STATE_COLOURS = [
  ["#0072b2", "#ffffff"],
  ["#d55e00", "#000000"],
  ["#cc79a7", "#000000"],
  ["#56b4e9", "#000000"],
  ["#e69f00", "#000000"],
  ["#009e73", "#000000"],
  ["#f0e442", "#000000"],
];

/** Fill and ink of the state at `index`. */
export function stateColours(index) {
  return STATE_COLOURS[index % STATE_COLOURS.length];
}
