// What a reader has changed and solved, kept in this browser.
//
// Each changed cell has an entry of its own, so that two tabs on one page lose nothing, and the entry holds what it was
// changed from: a page that has been edited since is noticed cell by cell. Keys begin with the page's full path, because
// all sites of one host share this storage.

/** @typedef {{from: string, to: string}} Change what a cell was on the page, and what the reader made of it */
/** @typedef {{solved: string[], of: number}} Progress the questions solved, out of how many that have a check */

/** The full path of a page, however the server writes it.
 *  @param {string} address */
export function pageOf(address) {
  return new URL(address).pathname.replace(/\.html$/, "");
}

/** The browser's storage; where a browser refuses it, one that lasts as long as the page.
 *  @returns {Record<string, string>} */
export function browserStorage() {
  try { return localStorage ?? {}; } catch { return {}; }
}

export class Kept {
  /** @param {Record<string, string>} storage @param {string} page */
  constructor(storage, page) {
    this.storage = storage;
    this.cells = `live ${page} cell `;
    this.solved = `live ${page} solved`;
  }

  /** Keep a change, or forget it where the cell is again as on the page; tells whether it outlives the page.
   *  @param {string} id @param {string} from @param {string} to */
  keep(id, from, to) {
    if (from !== to) return this.write(this.cells + id, {from, to});
    delete this.storage[this.cells + id];
    return true;
  }

  /** @param {string} key @param {Change | Progress} value */
  write(key, value) {
    try { this.storage[key] = JSON.stringify(value); } catch { return false; } // it is full
    return this.storage.constructor !== Object;
  }

  /** All changes, by the ids of their cells.
   *  @returns {Map<string, Change>} */
  changes() {
    const mine = Object.keys(this.storage).filter((key) => key.startsWith(this.cells));
    const found = mine.map((key) => /** @type {[string, any]} */ ([key.slice(this.cells.length), read(this.storage[key])]));
    return new Map(found.filter(([, change]) => typeof change?.from === "string" && typeof change?.to === "string"));
  }

  /** The change that an event of another tab tells of.
   *  @param {StorageEvent} event */
  told({key, newValue}) {
    return key?.startsWith(this.cells) ? {id: key.slice(this.cells.length), to: read(newValue)?.to} : null;
  }

  /** @returns {Progress} */
  get progress() {
    const kept = read(this.storage[this.solved]);
    return {solved: Array.isArray(kept?.solved) ? kept.solved : [], of: Number(kept?.of) || 0};
  }

  /** Note whether a question is solved.
   *  @param {string} question @param {boolean} solved @param {number} of */
  mark(question, solved, of) {
    const others = this.progress.solved.filter((one) => one !== question);
    this.write(this.solved, {solved: solved ? [...others, question] : others, of});
  }

  /** Forget all about the page. */
  forget() {
    for (const id of this.changes().keys()) delete this.storage[this.cells + id];
    delete this.storage[this.solved];
  }
}

/** @param {string | null | undefined} text @returns {any} */
function read(text) {
  try { return JSON.parse(text ?? "null"); } catch { return null; }
}

/** "3 of 7 checked questions ✓", or nothing before the first.
 *  @param {Progress} progress */
export function progressWords({solved, of}) {
  return of && solved.length ? `${solved.length} of ${of} checked questions ✓` : "";
}
