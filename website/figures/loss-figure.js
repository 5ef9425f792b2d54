// The base of all figures that answer back: <loss-figure>. It knows handles, keys, buttons and the line that reads the
// picture; a figure knows its picture. The build puts this file before the figures of a page, as one script.

/** @typedef {Record<string, number>} State
 * @typedef {((value: number) => number) & {back: (place: number) => number}} Scale
 * @typedef {{start: number, min: number, max: number, step: number, nudge?: number,
 *   says: (value: number, state: State) => string}} Quantity `nudge` is what an arrow key moves, where a step is less
 * @typedef {number | [Scale, string]} Way a fixed place in pixels, or a scale and the quantity that is moved along it
 * @typedef {{name: string, colour: string, x: Way, y: Way}} Handle
 * @typedef {{svg: string, reading: string, handles: Handle[]}} Picture
 * @typedef {{says: string, act: (state: State, data: any) => State, on?: (state: State) => boolean}} Button
 * @typedef {object} Figure
 * @property {string} question asked above the picture
 * @property {string} notice what to see in it, below
 * @property {[number, number]} height in pixels, on a wide and on a narrow page
 * @property {Record<string, Quantity>} quantities
 * @property {Button[]} [buttons]
 * @property {(width: number, height: number, state: State, data: any) => Picture} picture
 */

/** A number as the book writes it: with a true minus, and no minus before 0. @param {number} value @param {number} [digits] */
export const written = (value, digits = 2) => {
  const text = Math.abs(value).toFixed(digits);
  return (value < 0 && Number(text) ? "−" : "") + text.replace("Infinity", "∞");
};
/** @param {number} low @param {number} high @param {number} from @param {number} to @returns {Scale} */
export const scale = (low, high, from, to) => Object.assign(
  (/** @type {number} */ value) => from + (value - low) / (high - low) * (to - from),
  {back: (/** @type {number} */ place) => low + (place - from) / (to - from) * (high - low)});
/** Evenly spaced numbers. @param {number} low @param {number} high @param {number} many */
export const steps = (low, high, many) => Array.from({length: many}, (_, k) => low + (high - low) * k / (many - 1));

// Parts of a drawing; `look` is a list of the classes in book.css: a colour (truth, model, …) and line, thin, dash, area, …
/** @param {string} look @param {number[][]} points @param {string} [end] */
export const path = (look, points, end = "") =>
  `<path class="${look}" d="M${points.map((point) => point.map((at) => at.toFixed(1))).join("L")}${end}"/>`;
/** @param {string} look @param {number} x @param {number} y @param {number} width @param {number} height */
export const box = (look, x, y, width, height) => path(look, [[x, y], [x + width, y], [x + width, y + height], [x, y + height]], "Z");
/** @param {string} look @param {number} x @param {number} y @param {number} [r] */
export const dot = (look, x, y, r = 4) => `<circle class="dot ${look}" cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${r}"/>`;
/** @param {string} look @param {number} x @param {number} y @param {string | number} words */
export const label = (look, x, y, words) => `<text class="${look}" x="${x.toFixed(1)}" y="${y.toFixed(1)}">${words}</text>`;
/** A horizontal axis with its numbers. @param {Scale} x @param {number} y @param {(number | string)[]} ticks @param {number[]} [at] */
export const axis = (x, y, ticks, at) => path("axis", [[x((at ?? /** @type {number[]} */ (ticks))[0]), y], [x((at ?? /** @type {number[]} */ (ticks)).at(-1) ?? 0), y]])
  + ticks.map((tick, k) => label("middle", x(at?.[k] ?? Number(tick)), y + 20, typeof tick === "number" ? written(tick, tick % 1 ? 1 : 0) : tick)).join("");

/** @type {Record<string, Figure>} */
export const FIGURES = {};
/** @param {Figure} figure @returns {State} */
export const start = ({quantities}) => Object.fromEntries(Object.entries(quantities).map(([name, one]) => [name, one.start]));
/** The nearest value that a quantity can have. @param {Quantity} quantity @param {number} value */
export const fit = ({min, max, step}, value) => {
  const near = Math.min(max, Math.max(min, min + Math.round((value - min) / step) * step));
  return Number(near.toFixed(9));
};

const KEYS = {ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10, Home: -Infinity, End: Infinity};

/** @param {HTMLElement} element @param {Figure} figure */
function wake(element, figure) {
  const data = JSON.parse(element.querySelector("script")?.textContent ?? "null"), state = start(figure);
  const stage = /** @type {HTMLElement} */ (element.querySelector(".stage"));
  const reading = /** @type {HTMLElement} */ (element.querySelector(".reading"));
  const buttons = element.querySelectorAll("button"), acts = [...figure.buttons ?? [], {act: () => start(figure)}];
  const drawing = stage.querySelector("svg") ?? stage.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "svg"));
  drawing.removeAttribute("viewBox");
  drawing.setAttribute("role", "img");
  drawing.setAttribute("aria-label", stage.querySelector("img")?.alt ?? figure.question);
  /** @type {Handle[]} */
  let places = [];
  /** @type {HTMLElement[]} */
  const handles = [];

  /** @param {State} changes */
  function set(changes) {
    for (const [name, value] of Object.entries(changes)) state[name] = fit(figure.quantities[name], value);
    show();
  }

  function show() {
    const picture = figure.picture(stage.clientWidth, stage.clientHeight, state, data);
    drawing.innerHTML = picture.svg;
    if (reading.textContent !== picture.reading.replace(/<.*?>/g, "")) reading.innerHTML = picture.reading;
    places = picture.handles;
    for (const [k, {name, colour, ...ways}] of places.entries()) {
      const handle = handles[k] ??= newHandle(k);
      const moved = moves(ways), {min, max} = figure.quantities[moved[0]];
      const says = {"aria-label": name, "aria-valuemin": min, "aria-valuemax": max, "aria-valuenow": state[moved[0]],
        "aria-valuetext": moved.map((one) => figure.quantities[one].says(state[one], state)).join(", "),
        "aria-orientation": typeof ways.x === "number" ? "vertical" : "horizontal"};
      for (const [key, value] of Object.entries(says)) handle.setAttribute(key, String(value));
      handle.className = `${colour} ${typeof ways.x === "number" ? "" : "x"}${typeof ways.y === "number" ? "" : "y"}`;
      const [left, top] = [ways.x, ways.y].map((way) => typeof way === "number" ? way : way[0](state[way[1]]));
      Object.assign(handle.style, {left: `${left}px`, top: `${top}px`});
    }
    for (const [k, {on}] of (figure.buttons ?? []).entries()) if (on) buttons[k].setAttribute("aria-pressed", String(on(state)));
    element.dataset.awake = "";
  }

  /** @param {number} k */
  function newHandle(k) {
    const handle = Object.assign(stage.appendChild(document.createElement("div")), {tabIndex: 0, role: "slider"});
    let away = [0, 0]; // how far from its middle it was caught
    handle.addEventListener("pointerdown", (event) => {
      const {left, top, width, height} = handle.getBoundingClientRect();
      away = [event.clientX - left - width / 2, event.clientY - top - height / 2];
      handle.setPointerCapture(event.pointerId);
    });
    handle.addEventListener("pointermove", (event) => {
      if (!handle.hasPointerCapture(event.pointerId)) return;
      const {left, top} = stage.getBoundingClientRect(), {x, y} = places[k];
      const at = [event.clientX - left - away[0], event.clientY - top - away[1]];
      set(Object.fromEntries([x, y].flatMap((way, i) => typeof way === "number" ? [] : [[way[1], way[0].back(at[i])]])));
    });
    handle.addEventListener("keydown", (event) => {
      if (!(event.key in KEYS)) return;
      const moved = moves(places[k]), name = /Up|Down/.test(event.key) ? moved[moved.length - 1] : moved[0];
      set({[name]: state[name] + KEYS[/** @type {keyof KEYS} */ (event.key)] * (figure.quantities[name].nudge ?? figure.quantities[name].step)});
      event.preventDefault();
    });
    return handle;
  }

  for (const [k, button] of buttons.entries()) button.addEventListener("click", () => set(acts[k].act(state, data)));
  // A page lays out what is near the reader, and says so.
  new ResizeObserver(([{contentRect: {width}}]) => { if (width) show(); }).observe(stage);
}

/** The quantities that a handle moves. @param {{x: Way, y: Way}} ways */
const moves = ({x, y}) => [x, y].flatMap((way) => typeof way === "number" ? [] : [way[1]]);

globalThis.addEventListener?.("DOMContentLoaded", () => customElements.define("loss-figure", class extends HTMLElement {
  connectedCallback() { wake(this, FIGURES[this.getAttribute("name") ?? ""]); }
}));
