// What the notebook behind a page says of its cells: which answer, which check, what runs when. Nothing here touches the page.

/** @typedef {{cell_type: string, id: string, source: string | string[], metadata: any, outputs?: any[], execution_count?: any}} RawCell */
/** @typedef {{cells: RawCell[], metadata: any, nbformat: number, nbformat_minor: number}} Notebook */
/**
 * @typedef {object} Part a cell that runs, or that a reader writes an answer in
 * @property {string} id
 * @property {"plain" | "answer" | "check" | "words"} kind
 * @property {string} source as it is on the page
 * @property {string} question such as "q3", or "" outside of exercises
 * @property {boolean} goesOn whether the cells below run although it fails
 */
/** @typedef {Part & {now: string, ran: string | null}} State a part, what stands in it now, and with what it ran last */

/** The cells that run and the answers in words, in the order of the page.
 *  @param {Notebook} notebook @returns {Part[]} */
export function parts(notebook) {
  return notebook.cells.flatMap(({cell_type, id, source, metadata}) => {
    const {solution = false, grade = false} = metadata.nbgrader ?? {};
    const code = cell_type === "code";
    if (!code && !solution) return [];
    const kind = !code ? "words" : solution ? "answer" : grade ? "check" : "plain";
    const question = kind === "plain" ? "" : /(^|-)(q\d+)\b/.exec(id)?.[2] ?? "";
    const goesOn = kind === "answer" || (metadata.tags ?? []).includes("raises-exception");
    return [{id, kind, source: [source].flat().join(""), question, goesOn}];
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
 *  @param {Notebook} notebook @param {Map<string, string>} written by the ids of the cells @returns {Notebook} */
export function filled(notebook, written) {
  const left = new Map(written);
  const cells = notebook.cells.map((cell) => {
    const source = left.get(cell.id) ?? cell.source;
    left.delete(cell.id);
    return {...cell, source, ...(cell.cell_type === "code" && {outputs: [], execution_count: null})};
  });
  const code = {cell_type: "code", metadata: {}, outputs: [], execution_count: null};
  return {...notebook, cells: [...cells, ...[...left].map(([id, source]) => ({...code, id, source}))]};
}

/** What stands for a picture in the text of an output: pictures are counted, not compared. */
export const PICTURE = "a picture";

/** What a reader is told of an output's text beside the printed one; nothing where both are empty.
 *  @param {string} printed @param {string} live @returns {{same: boolean, words: string}} */
export function compared(printed, live) {
  const [here, there] = [lines(live), lines(printed)];
  const row = here.findIndex((line, number) => line !== there[number]);
  if (row < 0 && here.length === there.length) {
    const counted = here.includes(PICTURE) ? " (pictures are counted, not compared)" : "";
    return {same: true, words: live ? `Same as printed${counted}` : ""};
  }
  const other = there[row < 0 ? here.length : row];
  if (other === undefined || !printed) return {same: false, words: "More than is printed"};
  return {same: false, words: `Printed: ${other ? shortened(other, 60) : "an empty line"}`};
}

/** @param {string} text */
const lines = (text) => text.split("\n").map((line) => line.trimEnd());
/** @param {string} line @param {number} most */
export const shortened = (line, most) => (line.length > most ? `${line.slice(0, most - 1)}…` : line);
