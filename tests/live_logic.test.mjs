// The logic of live pages that needs no page: node --test tests/live_logic.test.mjs
import assert from "node:assert/strict";
import { test } from "node:test";
import { PICTURE, checked, compared, filled, parts, toRun } from "../website/live/notebook.js";
import { Kept, browserStorage, pageOf, progressWords } from "../website/live/storage.js";

const code = (id, source, nbgrader, tags = []) => ({ cell_type: "code", id, source, outputs: [{}], execution_count: 3, metadata: { ...(nbgrader && { nbgrader }), tags } });
const answer = { solution: true, grade: false };
const check = { solution: false, grade: true };
const NOTEBOOK = {
  metadata: {}, nbformat: 4, nbformat_minor: 5,
  cells: [
    { cell_type: "markdown", id: "opening", source: "# Title", metadata: {} },
    code("set-up", ["import numpy\n", "x = 1"]),
    code("cross-entropy-q1", "def f(): ...", answer),
    code("cross-entropy-q1-value", "check(f)", check, ["raises-exception"]),
    { cell_type: "markdown", id: "cross-entropy-q2", source: "*Your answer here.*", metadata: { nbgrader: { solution: true, grade: true } } },
    code("cross-entropy-q10", "def g(): ...", answer),
    code("cross-entropy-q10-value", "check(g)", check, ["raises-exception"]),
  ],
};
const states = () => parts(NOTEBOOK).map((part) => ({ ...part, now: part.source, ran: null }));
const ids = (cells) => cells.map(({ id }) => id.replace("cross-entropy-", ""));

test("a notebook's cells are told apart", () => {
  const all = parts(NOTEBOOK);
  assert.deepEqual(ids(all), ["set-up", "q1", "q1-value", "q2", "q10", "q10-value"]);
  assert.deepEqual(all.map(({ kind }) => kind), ["plain", "answer", "check", "words", "answer", "check"]);
  assert.deepEqual(all.map(({ question }) => question), ["", "q1", "q1", "q2", "q10", "q10"]);
  assert.equal(all[0].source, "import numpy\nx = 1");
  assert.deepEqual(checked(all), ["q1", "q10"]);
});

test("a cell runs after what stands above it, an answer before its checks", () => {
  const all = states();
  assert.deepEqual(ids(toRun(all, all[0])), ["set-up"]);
  assert.deepEqual(ids(toRun(all, all[4])), ["set-up", "q1", "q10", "q10-value"]);
  for (const cell of all) cell.ran = cell.now;
  assert.deepEqual(ids(toRun(all, all[4])), ["q10", "q10-value"]);
  all[1].now = "def f(): return 1";
  assert.deepEqual(ids(toRun(all, all[4])), ["q1", "q10", "q10-value"]);
  all[0].now = "x = 2";
  assert.deepEqual(ids(toRun(all, all[4])), ["set-up", "q1", "q10", "q10-value"]);
});

test("the notebook that is taken away has the reader's cells, and the page's own stays", () => {
  const before = JSON.stringify(NOTEBOOK);
  const mine = filled(NOTEBOOK, new Map([["cross-entropy-q1", "mine"], ["cross-entropy-q2", "words"], ["gone", "kept"]]));
  assert.deepEqual(mine.cells.map(({ source }) => source).slice(2, 5), ["mine", "check(f)", "words"]);
  assert.deepEqual(mine.cells[1].outputs, []);
  assert.equal(mine.cells[1].execution_count, null);
  assert.equal("outputs" in mine.cells[4], false);
  assert.equal(mine.cells.at(-1).source, "kept");
  assert.equal(JSON.stringify(NOTEBOOK), before);
});

test("outputs are compared by their text and the number of pictures", () => {
  assert.deepEqual(compared("", ""), { same: true, words: "" });
  assert.deepEqual(compared("a \nb", "a\nb"), { same: true, words: "Same as printed" });
  assert.deepEqual(compared("2.040", "2.041"), { same: false, words: "Printed: 2.040" });
  assert.deepEqual(compared("a\nb", "a"), { same: false, words: "Printed: b" });
  assert.deepEqual(compared("a", "a\nb"), { same: false, words: "More than is printed" });
  assert.deepEqual(compared("", "a"), { same: false, words: "More than is printed" });
  assert.deepEqual(compared("a", ""), { same: false, words: "Printed: a" });
  assert.deepEqual(compared("a\n\nb", "a\nb"), { same: false, words: "Printed: an empty line" });
  assert.deepEqual(compared(PICTURE, PICTURE), { same: true, words: "Same as printed (pictures are counted, not compared)" });
  assert.deepEqual(compared(`${PICTURE}\n${PICTURE}`, PICTURE), { same: false, words: "Printed: a picture" });
  assert.equal(compared("x".repeat(99), "").words.length, "Printed: ".length + 60);
});

test("changes are kept cell by cell, and forgotten where they are undone", () => {
  const storage = {};
  const kept = new Kept(storage, "/course/book/a"), other = new Kept(storage, "/course/book/a_b");
  kept.keep("one", "x = 1", "x = 2");
  kept.keep("two", "y = 1", "y = 2");
  other.keep("one", "z", "zz");
  assert.deepEqual([...kept.changes()], [["one", { from: "x = 1", to: "x = 2" }], ["two", { from: "y = 1", to: "y = 2" }]]);
  kept.keep("one", "x = 1", "x = 1");
  assert.deepEqual([...kept.changes().keys()], ["two"]);
  kept.forget();
  assert.equal(kept.changes().size, 0);
  assert.equal(other.changes().size, 1);
});

test("another site's entries do no harm", () => {
  const kept = new Kept({ "live /a cell one": "{broken", "live /a solved": "7" }, "/a");
  assert.equal(kept.changes().size, 0);
  assert.deepEqual(kept.progress, { solved: [], of: 0 });
});

test("a full storage is noticed, and so is one that the browser refuses", () => {
  class Storage {}
  assert.equal(new Kept(new Storage(), "/a").keep("one", "x", "y"), true);
  assert.equal(new Kept(Object.freeze(new Storage()), "/a").keep("one", "x", "y"), false);
  assert.equal(new Kept({}, "/a").keep("one", "x", "y"), false);
});

test("a browser without a storage gets one that lasts as long as the page", () => {
  Object.defineProperty(globalThis, "localStorage", { value: null, configurable: true });
  assert.deepEqual(browserStorage(), {});
  delete globalThis.localStorage;
});

test("progress counts each question once", () => {
  const kept = new Kept({}, "/a");
  assert.equal(progressWords(kept.progress), "");
  for (const question of ["q1", "q2", "q1"]) kept.mark(question, true, 8);
  assert.equal(progressWords(kept.progress), "2 of 8 checked questions ✓");
  kept.mark("q2", false, 8);
  assert.equal(progressWords(kept.progress), "1 of 8 checked questions ✓");
});

test("a page has one name, however the server writes it", () => {
  assert.equal(pageOf("https://a.b/course/book/entropy.html#top"), "/course/book/entropy");
  assert.equal(pageOf("https://a.b/course/book/entropy"), "/course/book/entropy");
});
