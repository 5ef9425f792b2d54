// The page once it runs: the bar under the title, and the queue of cells that wait for Python.

import {Cell, make} from "./cells.js";
import {ANSWER} from "./editor.js";
import {checked, filled, parts, shortened, toRun} from "./notebook.js";
import {Python} from "./python.js";
import {progressWords} from "./storage.js";

/** Make the page live and run it: all of it, or what one cell needs.
 *  @param {HTMLElement} bar @param {import("./storage.js").Kept} kept @param {number} only the number of a cell, or 0
 *  @param {Python} python which loads meanwhile */
export async function start(bar, kept, only, python) {
  const style = make("link", {rel: "stylesheet", href: new URL("live.css", import.meta.url).href});
  const styled = new Promise((done) => { style.onload = style.onerror = done; });
  document.head.append(style);
  const response = await fetch(bar.dataset.notebook ?? "");
  if (!response.ok) throw new Error(`the page's notebook isn't there (${response.status})`);
  const notebook = await response.json();
  await styled;
  const page = new Page(bar, kept, notebook);
  page.load(python);
  page.open(only);
}

export class Page {
  last = Promise.resolve(true); // the run that was asked for last
  /** @type {Promise<boolean> | null} */ whole = null; // the run of the whole page
  /** @type {Python | null} */ python = null; // what runs the cells; there is none once it has failed, until the next run

  /** @param {HTMLElement} bar @param {import("./storage.js").Kept} kept @param {import("./notebook.js").Notebook} notebook */
  constructor(bar, kept, notebook) {
    this.bar = bar;
    this.kept = kept;
    this.notebook = notebook;
    this.status = /** @type {HTMLElement} */ (bar.querySelector(".live-status"));
    this.progress = /** @type {HTMLElement} */ (bar.querySelector(".live-progress"));
    const all = parts(notebook);
    this.questions = checked(all);
    const article = /** @type {HTMLElement} */ (bar.closest("article"));
    this.compares = article.querySelector(".cell_output") !== null; // there are outputs to compare with
    const code = [...article.querySelectorAll("div.cell")];
    const words = [...article.querySelectorAll("p > em:only-child")].filter((em) => em.textContent === ANSWER).map((em) => em.parentElement);
    const elements = all.map(({kind}) => /** @type {HTMLElement} */ ((kind === "words" ? words : code).shift()));
    if (code.length || !elements.every(Boolean)) throw new Error("the page and its notebook differ");
    let number = 0;
    const changes = kept.changes();
    this.cells = all.map((part, at) => {
      const now = changes.get(part.id)?.to ?? part.source;
      return new Cell(part, now, part.kind === "words" ? 0 : ++number, elements[at], this);
    });

    this.loading = make("progress", {max: Number(bar.dataset.bytes), className: "live-loading", ariaLabel: "Loading Python"});
    const press = (/** @type {string} */ word, /** @type {() => void} */ pressed) => {
      const button = make("button", {type: "button"}, word);
      button.addEventListener("click", pressed);
      return button;
    };
    const run = /** @type {HTMLButtonElement} */ (bar.querySelector(".live-run"));
    run.textContent = this.questions.length ? "Run all checks" : "Run the page";
    run.onclick = () => this.runAll();
    this.halt = press("Stop", () => this.stop());
    this.halt.disabled = true;
    run.after(this.halt, press("Reset", () => this.reset()),
      press(this.questions.length ? "Download my work" : "Download with my changes", () => this.download()));
    bar.append(make("p", {className: "live-help"}, "Click into any code to change it, then run it: what it needs from above runs first. ",
      make("span", {id: "live-keys"}, "Shift+Enter runs, Tab indents; Escape, then Tab leaves the code.")), this.loading);
    addEventListener("storage", (event) => {
      const told = kept.told(event);
      const cell = this.cells.find(({id}) => id === told?.id);
      cell?.adopt(told?.to ?? cell.source);
    });
  }

  /** Say what has become of earlier changes, and run: one cell; of exercises what stands above the first; else everything.
   *  @param {number} only the number of a cell, or 0 */
  async open(only) {
    const changes = this.kept.changes();
    const mine = this.cells.filter(({id}) => changes.has(id));
    const late = mine.filter(({id, source}) => changes.get(id)?.from !== source).map(({name}) => name).join(", ");
    const gone = changes.size - mine.length;
    const since = [
      late && `The page has changed since you changed ${late}: your text stands there, “Undo my change” shows the page's.`,
      gone && `${gone} of your changes had no place left; the notebook that you download ends with them.`,
    ].filter(Boolean).join(" ");
    if (since) this.bar.append(make("p", {className: "live-help", role: "alert"}, since));
    const pressed = this.cells.find(({kind, number}) => kind !== "words" && number === only);
    const one = pressed?.kind === "check" ? this.answerOf(pressed) : pressed;
    one?.button.focus({preventScroll: true}); // its first button goes
    if (one) await this.run(one);
    else if (!this.questions.length) await this.runAll();
    else {
      const first = this.cells.findIndex(({kind}) => kind === "answer");
      const above = this.cells.slice(0, first).filter(({kind}) => kind === "plain");
      if (await this.enqueue(() => above)) this.say("Python is ready: write an answer and run it.");
    }
  }

  /** Take a Python that has begun to load, and show how far it has come. */
  load(python = new Python(this.bar.dataset)) {
    this.say("Loading Python… You can read on, and change code, meanwhile.");
    this.python = python;
    python.loaded = () => { this.loading.value = python.bytes; };
    python.loaded();
    this.loading.hidden = false;
    python.ready.then(() => { this.loading.hidden = true; }, ({message}) => this.lose(python, `Python can't be loaded: ${message}`));
    return python;
  }

  /** @param {string} words */
  say(words) { this.status.textContent = words; }

  /** Keep what the reader has changed.
   *  @param {Cell} cell */
  changed(cell) {
    if (!this.kept.keep(cell.id, cell.source, cell.now)) this.say("This browser can't keep your changes: download them before you leave.");
  }

  /** Run a cell and what it needs; then go on to the next, if that is asked for.
   *  @param {Cell} cell */
  async run(cell, onward = false) {
    if (onward) this.cells.slice(this.cells.indexOf(cell) + 1).find(({input}) => input?.offsetParent)?.edit()?.focus();
    if (cell.state !== "idle") return;
    cell.show("waits");
    /** @type {Cell[]} */ let wanted = [];
    if (!await this.enqueue(() => (wanted = toRun(this.cells, cell)))) return;
    const checks = wanted.filter(({kind, ran}) => kind === "check" && ran !== null);
    const error = cell.failed || checks.find(({failed}) => failed)?.failed;
    if (error) this.say(`${cell.name}: ${shortened(error, 300)}`);
    else if (checks.length) this.say(`${cell.name}: ${checks.length === 1 ? "its check says ✓" : `all ${checks.length} checks say ✓`}.`);
    else this.say(`${cell.name} ran${cell.verdict.textContent ? `. ${cell.verdict.textContent}` : ""}.`);
  }

  /** Run everything, in a Python that knows no names yet. */
  async runAll() {
    const wanted = this.cells.filter(({kind}) => kind !== "words");
    this.whole ??= this.enqueue(() => {
      for (const cell of wanted) cell.ran = null;
      return wanted;
    }).finally(() => { this.whole = null; });
    if (!await this.whole) return;
    const other = wanted.filter(({verdict}) => verdict.classList.contains("differs"));
    const pictures = document.querySelectorAll(".live-output img").length;
    if (this.questions.length) this.say("All checks ran.");
    else if (!this.compares) this.say(`All ${wanted.length} cells ran.`);
    else if (other.length) this.say(`All ${wanted.length} cells ran. Other than printed: ${other.map(({name}) => name.toLowerCase()).join(", ")}.`);
    else this.say(`All ${wanted.length} cells ran: every text is as printed${pictures ? `, and so is the number of pictures, ${pictures}` : ""}.`);
  }

  /** Run cells once those that were asked for before have run; tells whether all of them did.
   *  @param {() => Cell[]} choose the cells, as things are by then */
  enqueue(choose) {
    const python = this.python ?? this.load();
    this.last = this.last.then(async () => {
      if (python !== this.python) return false;
      const cells = choose();
      for (const cell of cells) cell.show("waits");
      this.halt.disabled = false;
      const all = await this.runEach(cells, python).catch(({message}) => this.lose(python, `Python has stopped: ${message}`));
      if (python === this.python) for (const cell of cells) cell.show("idle");
      this.halt.disabled = true;
      return all;
    });
    return this.last;
  }

  /** @param {Cell[]} cells @param {Python} python */
  async runEach(cells, python) {
    await python.ready;
    this.say("Running…");
    for (const cell of cells) {
      if (cell.kind === "check" && this.answerOf(cell)?.failed) cell.restore(); // it would judge what the answer was before
      else {
        const fresh = this.cells.every(({ran}) => ran === null);
        cell.begin();
        await python.order({cell: {source: cell.now, name: `<cell ${cell.number}>`, fresh}}, (output) => cell.add(output));
        cell.end();
      }
      if (cell.kind === "check") this.judge(cell.question);
      if (cell.failed && !cell.goesOn && cell !== cells.at(-1)) {
        this.say(`${cell.name} failed, so nothing below it ran. ${shortened(cell.failed, 300)}`);
        return false;
      }
    }
    return true;
  }

  /** @param {Cell} check */
  answerOf({question}) {
    return this.cells.find((cell) => cell.kind === "answer" && cell.question === question);
  }

  /** Note whether a question is solved.
   *  @param {string} question */
  judge(question) {
    const checks = this.cells.filter((cell) => cell.kind === "check" && cell.question === question);
    this.kept.mark(question, checks.every(({ran, failed}) => ran !== null && !failed), this.questions.length);
    this.showProgress();
  }

  showProgress() {
    this.progress.textContent = progressWords(this.kept.progress);
  }

  /** Say why Python is gone, unless it was ended here.
   *  @param {Python} python @param {string} why */
  lose(python, why) {
    if (python === this.python) {
      this.end();
      this.say(`${why}. Run a cell to start Python anew.`);
    }
    return false;
  }

  /** End Python, whatever it does: what ran before runs again when a cell needs it. */
  end() {
    this.python?.end();
    this.python = null;
    this.loading.hidden = true;
    for (const cell of this.cells) {
      cell.ran = null;
      if (cell.state === "runs") cell.add({type: "note", text: "Stopped."});
      cell.show("idle");
    }
  }

  stop() {
    this.end();
    this.load(); // so that it is there when a cell is run
    this.say("Stopped. When you run a cell, those above it run first.");
  }

  /** All as printed. */
  reset() {
    const mine = this.cells.filter(({now, source}) => now !== source).map(({id}) => id);
    const changed = new Set([...this.kept.changes().keys(), ...mine]).size; // also of cells that are gone
    const what = changed === 1 ? "the cell" : `all ${changed} cells`;
    if (changed && !confirm(`Put ${what} that you have changed back as printed? Download first what you want to keep.`)) return;
    if (!this.halt.disabled) this.stop();
    for (const cell of this.cells) {
      if (cell.now !== cell.source) cell.edit()?.write(cell.source);
      cell.restore();
    }
    this.kept.forget();
    this.bar.querySelector("[role=alert]")?.remove(); // on what became of changes
    this.showProgress();
    this.say("The page is as printed.");
  }

  download() {
    const kept = [...this.kept.changes()].map(([id, {to}]) => /** @type {const} */ ([id, to])); // and of cells that are gone
    const written = new Map([...kept, ...this.cells.map(({id, now}) => /** @type {const} */ ([id, now]))]);
    const text = `${JSON.stringify(filled(this.notebook, written), null, 1)}\n`;
    const link = make("a", {href: URL.createObjectURL(new Blob([text], {type: "application/x-ipynb+json"})), download: this.bar.dataset.name});
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }
}
