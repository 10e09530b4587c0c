// A small plot over months in SVG: axes with years, areas and lines. What all charts of lines on a page are made of.

import { after, s } from "./dom.js";

const PAD = { left: 40, right: 12, top: 10, bottom: 24 };

/** The places of a plot: x(month), y(value), and its axes as SVG. */
export function frame({ width, height, months, start, low, high, ticks, format }) {
  const pad = width < 260 ? { ...PAD, left: 42, right: 8 } : PAD;
  const x = (month) => pad.left + (month / Math.max(months, 1)) * (width - pad.left - pad.right);
  const y = (value) => pad.top + (1 - (value - low) / (high - low)) * (height - pad.top - pad.bottom);
  const axes = s("g", { class: "axes" });
  for (const value of ticks) {
    axes.append(
      s("line", { x1: pad.left, x2: width - pad.right, y1: y(value), y2: y(value) }),
      s("text", { x: pad.left - 6, y: y(value), "text-anchor": "end", "dominant-baseline": "central" }, format(value)),
    );
  }
  const [year, first] = after(start, 0);
  const step = months <= 72 ? (width < 260 ? 2 : 1) : width < 260 ? 10 : 5;
  for (let at = Math.ceil((year + (first > 1 ? 1 : 0)) / step) * step; ; at += step) {
    const month = (at - year) * 12 + 1 - first;
    if (month > months) break;
    if (month < 0) continue;
    const anchor = x(month) > width - 26 ? "end" : "middle";
    axes.append(
      s("line", { class: "tick", x1: x(month), x2: x(month), y1: height - pad.bottom, y2: height - pad.bottom + 4 }),
      s("text", { x: anchor === "end" ? width - 2 : x(month), y: height - 6, "text-anchor": anchor }, String(at)),
    );
  }
  return { x, y, axes, pad };
}

/** A line through the months where it is defined. */
export function path(line, x, y) {
  let d = "";
  let down = false;
  for (let m = 0; m < line.length; m++) {
    if (Number.isFinite(line[m])) {
      d += `${down ? "L" : "M"}${x(m).toFixed(1)} ${y(line[m]).toFixed(1)}`;
      down = true;
    } else down = false;
  }
  return d;
}

/** The area between two lines, stretch by stretch where both are defined. */
export function area(lower, upper, x, y) {
  let d = "";
  for (let m = 0, from = -1; m <= lower.length; m++) {
    const defined = m < lower.length && Number.isFinite(lower[m]) && Number.isFinite(upper[m]);
    if (defined && from < 0) from = m;
    if (defined || from < 0) continue;
    const there = [];
    const back = [];
    for (let k = from; k < m; k++) {
      there.push(`${x(k).toFixed(1)} ${y(upper[k]).toFixed(1)}`);
      back.unshift(`${x(k).toFixed(1)} ${y(lower[k]).toFixed(1)}`);
    }
    d += `M${[...there, ...back].join("L")}Z`;
    from = -1;
  }
  return d;
}
