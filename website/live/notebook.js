// What the notebook behind a page says of its cells: which answer, which check, what runs when. Nothing here touches the page.

/** @typedef {{cell_type: string, id: string, source: string | string[], metadata: any, outputs?: any[], execution_count?: any}} RawCell */
/** @typedef {{cells: RawCell[], metadata: any, nbformat: number, nbformat_minor: number}} Notebook */
/** @typedef {"plain" | "answer" | "check" | "words"} Kind */
/**
 * @typedef {object} Part a cell that runs, or that a reader writes an answer in
 * @property {string} id
 * @property {Kind} kind
 * @property {string} source as it is on the page
 * @property {string} question such as "q3", or "" outside of exercises
 * @property {boolean} goesOn whether the cells below run although it fails
 */
/** @typedef {Part & {now: string, ran: string | null}} State a part, what stands in it now, and with what it ran last */
/** @typedef {{text: string, figures: number}} Result what a cell puts out */

/** @param {string | string[]} source */
const joined = (source) => (Array.isArray(source) ? source.join("") : source);

/** The cells that run and the answers in words, in the order of the page.
 *  @param {Notebook} notebook @returns {Part[]} */
export function parts(notebook) {
  return notebook.cells.flatMap((cell) => {
    const {solution = false, grade = false} = cell.metadata.nbgrader ?? {};
    const code = cell.cell_type === "code";
    if (!code && !solution) return [];
    const kind = /** @type {Kind} */ (!code ? "words" : solution ? "answer" : grade ? "check" : "plain");
    const question = kind === "plain" ? "" : /(^|-)(q\d+)\b/.exec(cell.id)?.[2] ?? "";
    const goesOn = kind === "answer" || (cell.metadata.tags ?? []).includes("raises-exception");
    return [{id: cell.id, kind, source: joined(cell.source), question, goesOn}];
  });
}

/** The questions of a page that a check answers for.
 *  @param {Part[]} all */
export function checked(all) {
  return [...new Set(all.filter(({kind}) => kind === "check").map(({question}) => question))];
}

/** What has to run, in order, for a cell: what stands above it and has not run as it is now, with all between; the cell;
 *  and, of an answer, its checks.
 *  @template {State} S @param {S[]} all @param {S} cell @returns {S[]} */
export function toRun(all, cell) {
  const above = all.slice(0, all.indexOf(cell)).filter(({kind}) => kind === "plain" || kind === "answer");
  const stale = above.findIndex(({now, ran}) => ran !== now);
  const checks = cell.kind === "answer" ? all.filter(({kind, question}) => kind === "check" && question === cell.question) : [];
  return [...(stale < 0 ? [] : above.slice(stale)), cell, ...checks];
}

/** The notebook with the reader's cells, and without outputs, which would no longer fit. Changes of cells that the page no
 *  longer has stand at its end.
 *  @param {Notebook} notebook @param {Map<string, string>} written by the ids of the cells */
export function filled(notebook, written) {
  const copy = /** @type {Notebook} */ (JSON.parse(JSON.stringify(notebook)));
  for (const cell of copy.cells) {
    const source = written.get(cell.id);
    if (source !== undefined) cell.source = source;
    if (cell.cell_type === "code") Object.assign(cell, {outputs: [], execution_count: null});
  }
  const known = new Set(copy.cells.map(({id}) => id));
  for (const [id, source] of written) {
    if (!known.has(id)) copy.cells.push({cell_type: "code", id, source, metadata: {}, outputs: [], execution_count: null});
  }
  return copy;
}

/** What a reader is told of an output beside the printed one; nothing where both are empty.
 *  @param {Result} printed @param {Result} live @returns {{same: boolean, words: string}} */
export function compared(printed, live) {
  if (printed.figures !== live.figures) return {same: false, words: `${pictures(live.figures)}, ${printed.figures} printed`};
  const [here, there] = [lines(live.text), lines(printed.text)];
  const row = here.findIndex((line, number) => line !== there[number]);
  if (row < 0 && here.length === there.length) {
    const drawn = printed.figures ? `${pictures(printed.figures)}, as printed (counted, not compared)` : "";
    return {same: true, words: [here.length ? "Same as printed" : "", drawn].filter(Boolean).join("; ")};
  }
  const printedLine = there[row < 0 ? here.length : row];
  return {same: false, words: printedLine === undefined ? "More than is printed" : `Printed: ${shortened(printedLine)}`};
}

/** @param {number} number */
const pictures = (number) => (number === 1 ? "1 picture" : `${number || "No"} pictures`);
/** @param {string} text */
const lines = (text) => text.trimEnd().split("\n").map((line) => line.trimEnd()).filter((line, number) => line || number);
/** @param {string} line @param {number} [most] */
export const shortened = (line, most = 60) => (line.length > most ? `${line.slice(0, most - 1)}…` : line);
