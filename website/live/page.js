// What a page has before anything is loaded: a button that runs it, one for each cell, and a word on what was done before.

import {Kept, browserStorage, pageOf, progressWords} from "./storage.js";

const storage = browserStorage();
const bar = /** @type {HTMLElement | null} */ (document.querySelector(".live-bar[data-notebook]"));
if (bar) prepare(bar);

// The list of exercises says how far the reader has come with each.
for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (bar ? [] : document.querySelectorAll("main td:first-child a"))) {
  const words = progressWords(new Kept(storage, pageOf(link.href)).progress);
  if (words) link.after(Object.assign(document.createElement("span"), {className: "live-progress", textContent: words}));
}

/** @param {HTMLElement} bar */
function prepare(bar) {
  const kept = new Kept(storage, pageOf(location.href));
  const button = /** @type {HTMLButtonElement} */ (bar.querySelector(".live-run"));
  const status = /** @type {HTMLElement} */ (bar.querySelector(".live-status"));
  const changed = kept.changes().size;
  const [what, back] = changed === 1 ? ["a cell", "it"] : [`${changed} cells`, "them"];
  if (changed) status.textContent = `You have changed ${what} here: “${button.textContent}” brings ${back} back.`;
  bar.classList.toggle("live-changed", changed > 0); // so that it is seen wherever the reader comes back to
  /** @type {HTMLElement} */ (bar.querySelector(".live-progress")).textContent = progressWords(kept.progress);
  /** @type {HTMLButtonElement[]} */ const buttons = [];
  const press = async (/** @type {number} */ only = 0) => {
    if (!button.onclick) return; // it was pressed already
    bar.classList.remove("live-changed");
    button.onclick = null; // but stays where it is, with the focus
    status.textContent = "Loading…";
    let python;
    try {
      const {Python} = await import("./python.js");
      python = new Python(bar.dataset); // it takes longest: the page's own scripts come meanwhile
      const {start} = await import("./live.js");
      await start(bar, kept, only, python);
      for (const one of buttons) one.remove();
    } catch (error) {
      python?.end();
      status.textContent = `This page can't run here: ${error instanceof Error ? error.message : error}. Try again, or load the page anew.`;
      button.onclick = () => press();
    }
  };
  for (const [index, cell] of document.querySelectorAll("article div.cell").entries()) {
    const one = Object.assign(document.createElement("button"), {type: "button", className: "copy-button run-button", textContent: "Run"});
    one.append(Object.assign(document.createElement("span"), {className: "unseen", textContent: ` cell ${index + 1}`}));
    one.addEventListener("click", () => press(index + 1));
    cell.querySelector(".highlight")?.append(one);
    buttons.push(one);
  }
  button.onclick = () => press();
  button.disabled = false;
}
