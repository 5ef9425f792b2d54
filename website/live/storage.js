// What a reader has changed and solved, kept in this browser.
//
// Each changed cell has an entry of its own, so that two tabs on one page lose nothing, and the entry holds what it was
// changed from: a page that has been edited since is noticed cell by cell. Keys begin with the page's full path, because
// all sites of one host share this storage.

/** @typedef {{from: string, to: string}} Change what a cell was on the page, and what the reader made of it */
/** @typedef {{solved: string[], of: number}} Progress the questions solved, out of how many */

/** The full path of a page, however the server writes it.
 *  @param {string} address */
export function pageOf(address) {
  return new URL(address).pathname.replace(/\.html$/, "");
}

/** The browser's storage; where a browser refuses it, one that lasts as long as the page.
 *  @returns {Storage} */
export function browserStorage() {
  try {
    localStorage.setItem("live", "");
    localStorage.removeItem("live");
    return localStorage;
  } catch {
    return new Memory();
  }
}

export class Memory {
  /** @type {Map<string, string>} */ entries = new Map();
  get length() { return this.entries.size; }
  clear() { this.entries.clear(); }
  /** @param {number} number */ key(number) { return [...this.entries.keys()][number] ?? null; }
  /** @param {string} key */ getItem(key) { return this.entries.get(key) ?? null; }
  /** @param {string} key @param {string} value */ setItem(key, value) { this.entries.set(key, String(value)); }
  /** @param {string} key */ removeItem(key) { this.entries.delete(key); }
}

export class Kept {
  /** @param {Storage} storage @param {string} page */
  constructor(storage, page) {
    this.storage = storage;
    this.cells = `live ${page} cell `;
    this.solved = `live ${page} solved`;
  }

  /** Keep a change, or forget it where the cell is again as on the page; tells whether it outlives the page.
   *  @param {string} id @param {string} from @param {string} to */
  keep(id, from, to) {
    try {
      if (from === to) this.storage.removeItem(this.cells + id);
      else this.storage.setItem(this.cells + id, JSON.stringify({from, to}));
      return !(this.storage instanceof Memory);
    } catch {
      return false; // the storage is full
    }
  }

  /** All changes, by the ids of their cells.
   *  @returns {Map<string, Change>} */
  changes() {
    const found = new Map();
    for (let number = 0; number < this.storage.length; number++) {
      const key = this.storage.key(number) ?? "";
      const change = key.startsWith(this.cells) && read(this.storage.getItem(key));
      if (typeof change?.from === "string" && typeof change?.to === "string") found.set(key.slice(this.cells.length), change);
    }
    return found;
  }

  /** The change that an event of another tab tells of.
   *  @param {StorageEvent} event */
  told({key, newValue}) {
    return key?.startsWith(this.cells) ? {id: key.slice(this.cells.length), to: read(newValue)?.to} : null;
  }

  /** @returns {Progress} */
  get progress() {
    const kept = read(this.storage.getItem(this.solved));
    return {solved: Array.isArray(kept?.solved) ? kept.solved : [], of: Number(kept?.of) || 0};
  }

  /** Note whether a question is solved.
   *  @param {string} question @param {boolean} solved @param {number} of */
  mark(question, solved, of) {
    const others = this.progress.solved.filter((one) => one !== question);
    try {
      this.storage.setItem(this.solved, JSON.stringify({solved: solved ? [...others, question] : others, of}));
    } catch { /* the storage is full, which the reader is told when a change is kept */ }
  }

  /** Forget all about the page. */
  forget() {
    for (const id of this.changes().keys()) this.storage.removeItem(this.cells + id);
    this.storage.removeItem(this.solved);
  }
}

/** @param {string | null} text @returns {any} */
function read(text) {
  try { return JSON.parse(text ?? "null"); } catch { return null; }
}

/** "3 of 8 questions ✓", or nothing before the first.
 *  @param {Progress} progress */
export function progressWords({solved, of}) {
  return of && solved.length ? `${solved.length} of ${of} questions ✓` : "";
}
