// A cell on the page: its editor, its buttons, its output below, and how that compares with the printed one.

import {compared} from "./notebook.js";

/** @typedef {import("./notebook.js").Part} Part */
/** @typedef {import("./python.js").Output} Output */
/** @typedef {ReturnType<typeof import("./editor.js").editor>} Editor */
/**
 * @typedef {object} Host what the page does for its cells
 * @property {typeof import("./editor.js").editor} editor
 * @property {(cell: Cell, onward: boolean) => void} run
 * @property {() => void} stop
 * @property {(cell: Cell) => void} changed
 * @property {() => boolean} edited whether anything on the page is not as printed
 */

/** @template {keyof HTMLElementTagNameMap} T @param {T} tag @param {Record<string, any>} [properties] @param {(Node | string)[]} children
 *  @returns {HTMLElementTagNameMap[T]} */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

export class Cell {
  /** @type {string | null} */ ran = null; // what stood in it when it last ran in this Python
  /** @type {Editor | null} */ editor = null;
  /** @type {string[]} */ addresses = []; // of its pictures
  failed = ""; // by which error
  text = ""; // what it put out
  pictures = 0;
  /** @type {"idle" | "waits" | "runs"} */ state = "idle";
  mount = () => {};

  /** @param {Part} part @param {number} number @param {HTMLElement} element the cell, or an answer's paragraph @param {Host} host */
  constructor(part, number, element, host) {
    const {id, kind, source, question, goesOn} = part;
    this.id = id;
    this.kind = kind;
    this.source = this.now = source;
    this.question = question;
    this.goesOn = goesOn;
    this.number = number;
    this.host = host;
    this.element = element;
    this.name = kind === "words" ? `Answer in words, question ${question.slice(1)}` : `Cell ${number}`;
    this.printed = /** @type {HTMLElement | null} */ (element.querySelector(":scope > .cell_output"));
    this.output = make("div", {className: "cell_output live-output", hidden: true});
    this.verdict = make("span", {className: "live-verdict"});
    this.undo = make("button", {type: "button", className: "live-undo", hidden: true}, "Undo my change", ...unseen(`, ${this.name}`));
    this.button = make("button", {type: "button", className: "live-run-cell"});
    this.undo.addEventListener("click", () => {
      this.write(this.source);
      (this.editor ?? this.button).focus();
    });
    this.button.addEventListener("click", () => (this.busy ? host.stop() : host.run(this, false)));
    this.show("idle");
  }

  get busy() { return this.state === "runs"; }

  /** Put the cell's parts into the page. */
  enliven() {
    if (this.kind === "check") {
      this.element.append(this.output);
      return;
    }
    const input = this.kind === "words" ? this.element : this.element.querySelector(".cell_input");
    if (!input) throw new Error(`${this.name} has no code`);
    const row = make("div", {className: "live-row"}, ...(this.kind === "words" ? [] : [this.button]), this.undo, this.verdict);
    if (this.kind === "words") this.element.after(row);
    else {
      (this.element.querySelector(":scope > details") ?? input).after(row);
      row.after(this.output);
    }
    this.mount = () => {
      if (this.editor) return;
      this.editor = this.kind === "words" ? this.area() : this.host.editor({
        source: this.now, name: `Code of ${this.name.toLowerCase()}`,
        change: (source) => this.take(source), run: (onward) => this.host.run(this, onward),
      });
      if (this.kind === "words") input.replaceWith(this.editor.dom);
      else {
        for (const part of input.children) /** @type {HTMLElement} */ (part).hidden = true;
        input.append(this.editor.dom);
      }
    };
    if (this.kind === "words") {
      this.mount();
      return;
    }
    // An editor is made when the reader comes near, and at once where it differs from the page.
    const near = new IntersectionObserver((entries) => {
      if (!entries.some(({isIntersecting}) => isIntersecting)) return;
      near.disconnect();
      this.mount();
    }, {rootMargin: "600px"});
    near.observe(input);
  }

  /** The field of an answer in words.
   *  @returns {Editor} */
  area() {
    const field = make("textarea", {className: "live-words", rows: 5, value: this.now, placeholder: "Your answer here."});
    field.setAttribute("aria-label", this.name);
    field.addEventListener("input", () => this.take(field.value));
    return {
      dom: field, read: () => field.value, focus: () => field.focus(),
      write: (text) => { field.value = text; },
    };
  }

  /** What the reader has written.
   *  @param {string} source */
  take(source) {
    if (source === this.now) return;
    this.now = source;
    this.undo.hidden = source === this.source;
    this.host.changed(this);
  }

  /** Write into the cell, as the reader would.
   *  @param {string} source */
  write(source) {
    if (source === this.now) return;
    this.adopt(source);
    this.host.changed(this);
  }

  /** Show what was written before, or in another tab.
   *  @param {string} source */
  adopt(source) {
    this.now = source;
    this.undo.hidden = source === this.source;
    this.mount();
    this.editor?.write(source);
  }

  /** @param {"idle" | "waits" | "runs"} state */
  show(state) {
    this.state = state;
    const word = {idle: "Run", waits: "Waits", runs: "Stop"}[state];
    this.button.className = `live-run-cell ${state}`;
    this.button.replaceChildren(word, ...unseen(` ${this.name.toLowerCase()}`));
    this.element.classList.toggle("live-runs", state === "runs");
    if (state !== "idle" || this.text.length < 1000) return;
    // A long output scrolls, so the keyboard has to reach it.
    for (const part of this.output.querySelectorAll("pre")) if (part.scrollHeight > part.clientHeight) part.tabIndex = 0;
  }

  /** Clear what it put out before, and get ready for more. */
  begin() {
    this.ran = this.now;
    this.failed = "";
    this.text = "";
    this.pictures = 0;
    this.clear();
    this.verdict.textContent = "";
    this.show("runs");
  }

  /** @param {Output} output */
  add(output) {
    if (this.printed) this.printed.hidden = true;
    this.output.hidden = false;
    if (output.type === "figure") this.draw(output.svg ?? "");
    else {
      const apart = output.type !== "stream" && this.text && !this.text.endsWith("\n") ? "\n" : "";
      if (output.type !== "note") this.text += apart + output.text + (output.type === "stream" ? "" : "\n");
      this.print(output);
    }
  }

  /** @param {Output} output */
  print({type, text, name, cell, line}) {
    const last = this.output.lastElementChild;
    if (type === "stream" && last instanceof HTMLElement && last.dataset.stream === name) {
      /** @type {Text} */ (last.querySelector("pre")?.lastChild).appendData(text);
      return;
    }
    if (type === "note") {
      this.output.append(make("p", {className: "live-note"}, text));
      return;
    }
    const classes = {stream: "stream", error: "traceback", result: "text_plain"}[type] ?? "";
    const box = make("div", {className: `output ${classes}`}, make("div", {className: "highlight"}, make("pre", {}, text)));
    if (type === "stream") box.dataset.stream = name;
    if (text.startsWith("✓")) box.classList.add("live-right");
    this.output.append(box);
    if (type !== "error") return;
    this.failed = text;
    const elsewhere = cell && cell !== `<cell ${this.number}>` ? ` of ${cell.slice(1, -1)}` : "";
    if (line) this.output.append(make("p", {className: "live-note"}, `This happened in line ${line}${elsewhere}.`));
  }

  /** A picture takes the place, the caption and the description of the printed one.
   *  @param {string} svg */
  draw(svg) {
    const address = URL.createObjectURL(new Blob([svg], {type: "image/svg+xml"}));
    this.addresses.push(address);
    const before = this.printed?.querySelectorAll("img")[this.pictures++];
    const figure = before?.closest("figure")?.cloneNode(true);
    const image = figure instanceof HTMLElement ? /** @type {HTMLImageElement} */ (figure.querySelector("img")) : make("img");
    image.closest("loss-figure")?.replaceWith(image); // the picture that was drawn, not one to be moved
    const [width, height] = ["width", "height"].map((side) => Math.round((Number(new RegExp(`<svg[^>]*? ${side}="([\\d.]+)pt"`).exec(svg)?.[1]) * 4) / 3));
    Object.assign(image, {src: `${address}#.svg`, width, height, loading: "eager"});
    image.alt = !before ? `A picture that ${this.name.toLowerCase()} draws`
      : this.host.edited() ? `Drawn anew, from changed code. As printed it showed: ${before.alt}` : before.alt;
    image.closest("a")?.setAttribute("href", address);
    before?.closest("figure")?.removeAttribute("id"); // links lead to the new one
    this.output.append(figure ?? image);
  }

  /** The cell has run: say how it compares.
   *  @param {boolean} whether the page prints outputs to compare with */
  end(whether) {
    this.show("idle");
    if (this.printed && this.output.hidden) this.printed.hidden = true;
    if (!whether) return;
    const text = [...this.printed?.querySelectorAll("pre") ?? []].map((part) => part.textContent?.trimEnd()).join("\n");
    const {same, words} = compared({text, figures: this.printed?.querySelectorAll("img").length ?? 0}, {text: this.text, figures: this.pictures});
    this.verdict.textContent = words;
    this.verdict.classList.toggle("differs", !same);
  }

  /** Forget what it put out. */
  clear() {
    for (const address of this.addresses.splice(0)) URL.revokeObjectURL(address);
    const before = this.printed?.querySelectorAll("figure") ?? [];
    for (const [number, figure] of this.output.querySelectorAll("figure").entries()) before[number].id = figure.id;
    this.output.replaceChildren();
    this.output.hidden = true;
  }

  /** Show again what is printed. */
  restore() {
    this.clear();
    this.ran = null;
    this.verdict.textContent = "";
    this.show("idle");
    if (this.printed) this.printed.hidden = false;
  }
}

/** Words for those who hear the page.
 *  @param {string} words */
const unseen = (words) => [make("span", {className: "unseen"}, words)];
