// A cell on the page: its editor, its buttons, its output below, and how that compares with the printed one.

import {code, words} from "./editor.js";
import {PICTURE, compared} from "./notebook.js";

/** @typedef {import("./worker.js").Output} Output */

/** @template {keyof HTMLElementTagNameMap} T @param {T} tag @param {Record<string, any>} [properties] @param {(Node | string)[]} children
 *  @returns {HTMLElementTagNameMap[T]} */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

export class Cell {
  /** @type {string | null} */ ran = null; // what stood in it when it last ran in this Python
  /** @type {import("./editor.js").Editor | null} */ editor = null;
  /** @type {HTMLElement | null} */ input = null;
  /** @type {"idle" | "waits" | "runs"} */ state = "idle";
  failed = ""; // by which error
  over = false; // whether what its output shows is of an earlier run

  /** @param {import("./notebook.js").Part} part @param {string} now what stands in it, by the reader or as on the page
   *  @param {number} number @param {HTMLElement} element the cell, or an answer's paragraph @param {import("./live.js").Page} page */
  constructor({id, kind, source, question, goesOn}, now, number, element, page) {
    this.id = id;
    this.kind = kind;
    this.source = source;
    this.now = now;
    this.question = question;
    this.goesOn = goesOn;
    this.number = number;
    this.page = page;
    this.name = kind === "words" ? `Answer in words, question ${question.slice(1)}` : `Cell ${number}`;
    this.printed = /** @type {HTMLElement | null} */ (element.querySelector(":scope > .cell_output"));
    this.output = make("div", {className: "cell_output live-output"});
    this.verdict = make("span", {className: "live-verdict"});
    this.undo = make("button", {type: "button", hidden: now === source}, "Undo my change", unseen(`, ${this.name}`));
    this.undo.addEventListener("click", () => {
      this.edit()?.write(source);
      this.edit()?.focus();
    });
    this.button = make("button", {type: "button"});
    this.button.addEventListener("click", () => (this.state === "runs" ? page.stop() : page.run(this)));
    this.show("idle");

    if (kind === "check") {
      element.append(this.output); // its code stays as it is
      return;
    }
    if (kind === "words") {
      this.editor = words({source: now, name: this.name, change: (text) => this.take(text)});
      const told = "No check reads this: it goes with your work when you download it.";
      element.replaceWith(this.editor.dom, make("div", {className: "live-row"}, told, this.undo));
      return;
    }
    this.input = /** @type {HTMLElement} */ (element.querySelector(".cell_input"));
    const row = make("div", {className: "live-row"}, this.button, this.undo, this.verdict);
    (element.querySelector(":scope > details") ?? this.input).after(row, this.output);
    if (now !== source) this.edit();
    // An editor takes a while to make: it is made when the reader comes near.
    const near = new IntersectionObserver((entries) => {
      if (entries.some(({isIntersecting}) => isIntersecting)) this.edit();
    }, {rootMargin: "600px"});
    near.observe(this.input);
  }

  /** The editor, which takes the place of the printed code.
   *  @returns {import("./editor.js").Editor | null} */
  edit() {
    if (!this.editor && this.input) {
      const what = {source: this.now, name: `Code of ${this.name.toLowerCase()}`, change: (/** @type {string} */ text) => this.take(text)};
      this.editor = code(what, (onward) => this.page.run(this, onward));
      for (const part of this.input.children) /** @type {HTMLElement} */ (part).hidden = true;
      this.input.append(this.editor.dom);
    }
    return this.editor;
  }

  /** Keep what was written into the editor.
   *  @param {string} source */
  take(source) {
    if (source === this.now) return; // another tab keeps it
    this.now = source;
    this.undo.hidden = source === this.source;
    this.page.changed(this);
  }

  /** Show what is written in another tab.
   *  @param {string} source */
  adopt(source) {
    this.now = source;
    this.undo.hidden = source === this.source;
    this.edit()?.write(source);
  }

  /** @param {"idle" | "waits" | "runs"} state */
  show(state) {
    this.state = state;
    this.button.className = `live-run-cell ${state}`;
    this.button.replaceChildren({idle: "Run", waits: "Waits", runs: "Stop"}[state], unseen(` ${this.name.toLowerCase()}`));
  }

  begin() {
    this.ran = this.now;
    this.failed = "";
    this.over = true; // and goes when something else comes, so that the page doesn't jump
    this.verdict.textContent = "";
    this.show("runs");
  }

  /** Take away what was put out before. */
  clear() {
    for (const {src} of this.output.querySelectorAll("img")) URL.revokeObjectURL(src.split("#")[0]);
    this.output.replaceChildren();
    this.over = false;
    if (this.printed) this.printed.hidden = true;
  }

  /** @param {Output} output */
  add({type, text, name, cell, line, svg}) {
    if (this.over) this.clear();
    const last = /** @type {HTMLElement | null} */ (this.output.lastElementChild);
    if (svg) this.draw(svg);
    else if (type === "note") this.output.append(make("p", {className: "live-note"}, text));
    else if (type === "stream" && last?.dataset.stream === name) last?.querySelector("pre")?.append(text);
    else {
      const kind = {stream: "stream", error: "traceback", result: "text_plain"}[type];
      const box = make("div", {className: `output ${kind}`}, make("div", {className: "highlight"}, make("pre", {}, text)));
      if (name) box.dataset.stream = name;
      box.classList.toggle("live-right", text.startsWith("✓"));
      this.output.append(box);
    }
    if (type !== "error") return;
    this.failed = text;
    const elsewhere = cell && cell !== `<cell ${this.number}>` ? ` of ${cell.slice(1, -1)}` : "";
    if (line) this.output.append(make("p", {className: "live-note"}, `This happened in line ${line}${elsewhere}.`));
  }

  /** A picture takes the place, the caption and the description of the printed one.
   *  @param {string} svg */
  draw(svg) {
    const address = URL.createObjectURL(new Blob([svg], {type: "image/svg+xml"}));
    const before = this.printed?.querySelectorAll("img")[this.output.querySelectorAll("img").length];
    const figure = /** @type {HTMLElement | undefined} */ (before?.closest("figure")?.cloneNode(true)); // above it, so links lead here
    const image = figure?.querySelector("img") ?? make("img");
    image.closest("loss-figure")?.replaceWith(image); // the picture that was drawn, not one to be moved
    image.closest("a")?.setAttribute("href", address);
    image.onload = () => Object.assign(image, {width: image.naturalWidth, height: image.naturalHeight});
    Object.assign(image, {src: `${address}#.svg`, loading: "eager"}); // the ending by which the dark page knows its drawings
    const edited = this.page.cells.some(({now, source}) => now !== source);
    image.alt = !before ? `A picture that ${this.name.toLowerCase()} draws`
      : edited ? `Drawn anew, from changed code. As printed it showed: ${before.alt}` : before.alt;
    this.output.append(figure ?? image);
  }

  /** The cell has run: say how it compares, where the page prints outputs. */
  end() {
    if (this.over) this.clear();
    this.show("idle");
    // What is so long that it scrolls has to be reached by the keyboard.
    for (const part of this.output.querySelectorAll("pre")) if (part.scrollHeight > part.clientHeight) part.tabIndex = 0;
    if (!this.page.compares) return;
    const {same, words} = compared(textOf(this.printed), textOf(this.output));
    this.verdict.textContent = this.failed && !same ? "" : words; // the error says enough
    this.verdict.classList.toggle("differs", !same);
  }

  /** Show again what is printed. */
  restore() {
    this.clear();
    this.ran = null;
    this.failed = this.verdict.textContent = "";
    this.show("idle");
    if (this.printed) this.printed.hidden = false;
  }
}

/** @param {HTMLElement | null} output */
function textOf(output) {
  const parts = [...output?.querySelectorAll("pre, img") ?? []];
  return parts.map((part) => (part.tagName === "IMG" ? PICTURE : part.textContent?.trimEnd())).join("\n");
}

/** Words for those who hear the page.
 *  @param {string} words */
const unseen = (words) => make("span", {className: "unseen"}, words);
