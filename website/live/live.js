// The page once it runs: the bar under the title, and the queue of cells that wait for Python.

import {Cell, make} from "./cells.js";
import {editor} from "./editor.js";
import {checked, filled, parts, shortened, toRun} from "./notebook.js";
import {Python, Stopped} from "./python.js";
import {progressWords} from "./storage.js";

const ANSWER = "Your answer here."; // what stands where an answer in words goes

/** Make the page live and run it: all of it, or what one cell needs.
 *  @param {HTMLElement} bar @param {import("./storage.js").Kept} kept @param {number} [only] the number of a cell */
export async function start(bar, kept, only) {
  const style = make("link", {rel: "stylesheet", href: new URL("live.css", import.meta.url).href});
  await new Promise((done) => {
    style.onload = style.onerror = done;
    document.head.append(style);
  });
  const page = await Page.load(bar, kept);
  await page.open(only);
}

class Page {
  /** @type {Cell[]} */ cells = [];
  /** @type {Cell[]} */ queue = [];
  /** @type {Map<string, string>} */ gone = new Map(); // changes of cells that the page no longer has
  /** @type {{changes: Map<string, string>, solved: string[]} | null} */ undone = null;
  /** @type {Cell | null} */ now = null;
  /** @type {Promise<void> | null} */ turning = null;
  /** @type {HTMLButtonElement | null} */ halt = null;
  /** @type {HTMLButtonElement | null} */ reset = null;
  compares = false; // whether the page prints outputs to compare with
  bytes = 0;

  /** @param {HTMLElement} bar @param {import("./storage.js").Kept} kept */
  static async load(bar, kept) {
    const response = await fetch(bar.dataset.notebook ?? "");
    if (!response.ok) throw new Error(`the page's notebook isn't there (${response.status})`);
    return new Page(bar, kept, await response.json());
  }

  /** @param {HTMLElement} bar @param {import("./storage.js").Kept} kept @param {import("./notebook.js").Notebook} notebook */
  constructor(bar, kept, notebook) {
    this.bar = bar;
    this.kept = kept;
    this.notebook = notebook;
    const all = parts(notebook);
    this.questions = checked(all);
    const total = Number(bar.dataset.bytes);
    this.loading = make("progress", {max: total, value: 0, className: "live-loading"});
    this.loading.setAttribute("aria-label", "Loading Python");
    const draws = new RegExp(bar.dataset.draws ?? "");
    const runtime = new URL(bar.dataset.runtime ?? "", document.baseURI).href;
    this.python = new Python({runtime, draws, pictures: all.some(({source}) => draws.test(source))}, (bytes) => {
      this.bytes += bytes;
      this.loading.value = Math.min(this.bytes, total);
    });
    this.status = /** @type {HTMLElement} */ (bar.querySelector(".live-status"));
    this.progress = /** @type {HTMLElement} */ (bar.querySelector(".live-progress"));
    this.find();
  }

  /** Find the cells on the page. */
  find() {
    const article = /** @type {HTMLElement} */ (this.bar.closest("article"));
    const cells = /** @type {HTMLElement[]} */ ([...article.querySelectorAll("div.cell")]);
    const words = [...article.querySelectorAll("p > em:only-child")].flatMap((em) => (em.textContent === ANSWER ? em.parentElement ?? [] : []));
    let number = 0;
    for (const part of parts(this.notebook)) {
      const element = part.kind === "words" ? words.shift() : cells.shift();
      if (part.kind !== "words") number++;
      if (element) this.cells.push(new Cell(part, number, element, {
        editor, run: (cell, onward) => this.run(cell, onward), stop: () => this.stop(),
        changed: (cell) => this.changed(cell), edited: () => this.cells.some(({now, source}) => now !== source),
      }));
    }
    if (cells.length || this.cells.length !== parts(this.notebook).length) throw new Error("the page and its notebook differ");
    this.compares = this.cells.some(({printed}) => printed !== null);
  }

  /** Bring the cells to life, with what the reader had written.
   *  @param {number} [only] */
  async open(only) {
    for (const cell of this.cells) cell.enliven();
    this.dress();
    const since = this.bringBack();
    addEventListener("storage", (event) => {
      const told = this.kept.told(event);
      const cell = this.cells.find(({id}) => id === told?.id);
      cell?.adopt(told?.to ?? cell.source);
    });
    this.say("Loading Python…");
    this.bar.append(this.loading);
    try {
      await this.python.start();
    } catch (error) {
      this.broke(error);
      return;
    } finally {
      this.loading.remove();
    }
    const first = this.cells.findIndex(({kind}) => kind === "answer");
    const one = this.cells.find(({kind, number}) => kind !== "words" && number === only);
    if (one) await this.run(one, false);
    else await this.runAll(this.questions.length ? this.cells.slice(0, first) : this.cells);
    if (since) this.say(since);
  }

  /** Give the bar its buttons. */
  dress() {
    const more = (/** @type {string} */ word, /** @type {() => void} */ press) => {
      const button = make("button", {type: "button"}, word);
      button.addEventListener("click", press);
      return button;
    };
    const run = /** @type {HTMLButtonElement} */ (this.bar.querySelector(".live-run"));
    const again = more(this.questions.length ? "Run all checks" : "Run the page", () => this.runAll(this.cells));
    again.className = "live-run";
    this.halt = more("Stop", () => this.stop());
    this.halt.disabled = true;
    this.reset = more("Reset", () => this.resetOrNot());
    const download = more(this.questions.length ? "Download my work" : "Download with my changes", () => this.download());
    const had = document.activeElement === run;
    run.replaceWith(again);
    again.after(this.halt, this.reset, download);
    if (had) again.focus();
    this.bar.append(make("p", {className: "live-help"}, "Click into any code to change it, then run it: what it needs from above runs first. ",
      make("span", {id: "live-keys"}, "Shift+Enter runs, Tab indents; Escape, then Tab leaves the code.")));
    this.showProgress();
  }

  /** Put back what was changed on an earlier visit; says so where the page has changed since. */
  bringBack() {
    const late = [];
    for (const [id, {from, to}] of this.kept.changes()) {
      const cell = this.cells.find((one) => one.id === id);
      if (!cell) this.gone.set(id, to);
      else {
        cell.adopt(to);
        if (cell.source !== from) late.push(cell.name);
      }
    }
    const told = [];
    if (late.length) told.push(`The page has changed since you changed ${late.join(", ")}: your text stands there, “Undo my change” shows the page's.`);
    if (this.gone.size) told.push(`${this.gone.size} of your changes had no place left; the notebook that you download ends with them.`);
    return told.join(" ");
  }

  /** @param {string} words */
  say(words) { this.status.textContent = words; }

  /** @param {Cell} cell */
  changed(cell) {
    if (!this.kept.keep(cell.id, cell.source, cell.now)) this.say("This browser can't keep your changes: download them before you leave.");
    this.undone = null;
    if (this.reset) this.reset.textContent = "Reset";
  }

  /** Run a cell and what it needs; then go on to the next, if that is asked for.
   *  @param {Cell} cell @param {boolean} onward */
  async run(cell, onward) {
    if (onward) this.cells.slice(this.cells.indexOf(cell) + 1).find((next) => next.kind !== "check" && next.editor?.dom.offsetParent)?.editor?.focus();
    const wanted = toRun(this.cells, cell);
    await this.enqueue(wanted);
    if (this.queue.length || cell.ran === null) return; // stopped, or others wait
    const checks = wanted.filter(({kind, question}) => kind === "check" && question === cell.question);
    const wrong = checks.find(({failed}) => failed);
    const error = cell.failed || wrong?.failed;
    if (error) this.say(`${cell.name}: ${shortened(error, 300)}`);
    else if (checks.length) this.say(`${cell.name}: ${checks.length === 1 ? "its check says ✓" : `all ${checks.length} checks say ✓`}.`);
    else this.say(`${cell.name} ran${cell.verdict.textContent ? `. ${cell.verdict.textContent}` : ""}.`);
  }

  /** Run cells from the start, in a Python that knows no names yet.
   *  @param {Cell[]} cells */
  async runAll(cells) {
    if (this.now) this.stop();
    for (const cell of this.cells) cell.ran = null;
    try {
      await this.python.start();
      await this.python.forget();
    } catch (error) {
      this.broke(error);
      return;
    }
    const wanted = cells.filter(({kind}) => kind !== "words");
    await this.enqueue(wanted);
    if (wanted.some(({ran}) => ran === null)) return;
    const other = wanted.filter(({verdict}) => verdict.classList.contains("differs"));
    const pictures = wanted.reduce((sum, cell) => sum + (cell.pictures ?? 0), 0);
    if (this.questions.length) this.say(cells === this.cells ? `All checks ran. ${this.showProgress()}` : "Python is ready: write an answer and run it.");
    else if (!this.compares) this.say(`All ${wanted.length} cells ran.`);
    else if (other.length) this.say(`All ${wanted.length} cells ran. Other than printed: ${other.map(({name}) => name.toLowerCase()).join(", ")}.`);
    else this.say(`All ${wanted.length} cells ran: every text is as printed${pictures ? `, and so is the number of pictures, ${pictures}` : ""}.`);
  }

  /** Let cells wait for Python; done when the last of them has run, or one of them failed.
   *  @param {Cell[]} wanted */
  async enqueue(wanted) {
    for (const cell of wanted) {
      if (this.queue.includes(cell) || cell === this.now) continue;
      cell.show("waits");
      this.queue.push(cell);
    }
    this.turning ??= this.turn().finally(() => { this.turning = null; });
    await this.turning;
    if (this.queue.length) await this.enqueue([]); // what was put in while a stop took effect
  }

  async turn() {
    if (this.halt) this.halt.disabled = false;
    for (let cell; (cell = this.queue.shift());) {
      this.now = cell;
      try {
        await this.runOne(cell);
      } catch (error) {
        if (!(error instanceof Stopped)) this.broke(error);
        break;
      }
      if (cell.failed && !cell.goesOn && !this.questions.length) {
        this.empty();
        this.say(`${cell.name} failed, so nothing below it ran. ${shortened(cell.failed, 300)}`);
      } else if (cell.failed && cell.kind === "answer") this.leaveChecks(cell);
    }
    this.now = null;
    if (this.halt) this.halt.disabled = true;
  }

  /** @param {Cell} cell */
  async runOne(cell) {
    cell.begin();
    if (!this.python.started) await this.python.start();
    await this.python.run(cell.now, `<cell ${cell.number}>`, (output) => cell.add(output));
    cell.end(this.compares);
    if (cell.kind === "check") this.judge(cell.question);
  }

  /** An answer that fails is not checked: what it defined before would be.
   *  @param {Cell} answer */
  leaveChecks(answer) {
    const mine = this.cells.filter(({kind, question}) => kind === "check" && question === answer.question);
    this.queue = this.queue.filter((cell) => !mine.includes(cell));
    for (const check of mine) check.restore();
    this.judge(answer.question);
  }

  /** Note whether a question is solved.
   *  @param {string} question */
  judge(question) {
    const checks = this.cells.filter((cell) => cell.kind === "check" && cell.question === question);
    this.kept.mark(question, checks.every(({ran, failed}) => ran !== null && !failed), this.questions.length);
    this.showProgress();
  }

  showProgress() {
    const words = progressWords(this.kept.progress);
    this.progress.textContent = words;
    return words;
  }

  empty() {
    for (const cell of this.queue.splice(0)) cell.show("idle");
  }

  /** End whatever runs, and start Python anew: what ran before runs again when a cell needs it. */
  stop() {
    const cell = this.now;
    this.empty();
    this.python.stop();
    for (const one of this.cells) one.ran = null;
    if (cell) {
      cell.add({type: "note", text: "Stopped."});
      cell.show("idle");
    }
    this.say("Stopped. When you run a cell, those above it run first.");
    this.python.start().catch((error) => this.broke(error));
  }

  /** Python ended by itself.
   *  @param {any} error */
  broke(error) {
    if (error instanceof Stopped) return;
    this.empty();
    this.now?.show("idle");
    this.python.stop();
    for (const one of this.cells) one.ran = null;
    this.say(`Python has stopped: ${error.message}. Run a cell to start it anew.`);
  }

  /** All as printed; or, pressed again, all as it was before that. */
  resetOrNot() {
    const {undone} = this;
    if (undone) {
      for (const cell of this.cells) cell.write(undone.changes.get(cell.id) ?? cell.source);
      for (const question of undone.solved) this.kept.mark(question, true, this.questions.length);
      this.showProgress();
      this.say("Your changes are back.");
      return;
    }
    const changes = new Map(this.cells.filter(({now, source}) => now !== source).map(({id, now}) => [id, now]));
    const {solved} = this.kept.progress;
    if (this.now) this.stop(); else this.python.forget();
    for (const cell of this.cells) {
      cell.write(cell.source);
      cell.restore();
    }
    this.kept.forget();
    this.showProgress();
    this.say(changes.size ? "The page is as printed. “Bring my changes back” undoes this." : "The page is as printed.");
    if (changes.size && this.reset) {
      this.undone = {changes, solved};
      this.reset.textContent = "Bring my changes back";
    }
  }

  download() {
    const written = new Map([...this.gone, ...this.cells.map(({id, now}) => /** @type {[string, string]} */ ([id, now]))]);
    const text = `${JSON.stringify(filled(this.notebook, written), null, 1)}\n`;
    const link = make("a", {href: URL.createObjectURL(new Blob([text], {type: "application/x-ipynb+json"})), download: this.bar.dataset.name});
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }
}
