// Small helpers to make elements. Text is always set as text: nothing that comes from a file or a link becomes markup.

const SVG = "http://www.w3.org/2000/svg";

function fillElement(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.setAttribute("class", value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Make an HTML element; attributes that begin with `on` are listeners. */
export function h(tag, attributes, ...children) {
  return fillElement(document.createElement(tag), attributes, children);
}

/** Make an SVG element. */
export function s(tag, attributes, ...children) {
  return fillElement(document.createElementNS(SVG, tag), attributes, children);
}

/** Put values into the {braces} of a sentence. */
export function say(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** Set an attribute only when it differs, since the browser repaints even for the same value. */
export function set(element, name, value) {
  const text = String(value);
  element.cached ??= {};
  if (element.cached[name] !== text) {
    element.cached[name] = text;
    element.setAttribute(name, text);
  }
}

/** Set text only when it differs. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** The bytes of an array that arrived, as numbers. */
export function numbers(view, Kind) {
  if (!view?.byteLength) return new Kind(0);
  return new Kind(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
}

const MONTHS = new Intl.DateTimeFormat("en", { month: "long", year: "numeric", timeZone: "UTC" });

/** "2018-05" as "May 2018". */
export function inWords(date) {
  const [year, month] = date.split("-").map(Number);
  return MONTHS.format(new Date(Date.UTC(year, month - 1, 1)));
}

/** The year and month `months` after "2018-05", as [2018, 5]. */
export function after(date, months) {
  const [year, month] = date.split("-").map(Number);
  const count = year * 12 + month - 1 + months;
  return [Math.floor(count / 12), (count % 12) + 1];
}

/** A number from a model in two places, with a true minus sign. */
export function two(value) {
  if (!Number.isFinite(value)) return "–";
  const shown = Math.abs(value) < 0.005 ? 0 : value;
  return shown.toFixed(2).replace("-", "−");
}

/** The current value of a style variable of the page. */
export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
