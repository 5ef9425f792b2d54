// What a reader writes in: CodeMirror in the book's colours, with the keys of a notebook; and a field for words.

import {EditorState, EditorView, HighlightStyle, LanguageSupport, bracketMatching, defaultKeymap, highlightSpecialChars, history,
   historyKeymap, indentOnInput, indentUnit, indentWithTab, keymap, pythonLanguage, syntaxHighlighting, tags} from "./codemirror.js";

/** @typedef {{source: string, name: string, change: (source: string) => void}} What it holds, is called, and tells */
/** @typedef {{dom: HTMLElement, write: (source: string) => void, focus: () => void}} Editor */

export const ANSWER = "Your answer here."; // what the page shows where an answer in words goes
// The classes that the book's own style has for the same things (book.css).
const CLASSES = HighlightStyle.define([
  {tag: tags.keyword, class: "k"}, {tag: [tags.string, tags.special(tags.string)], class: "s"}, {tag: tags.number, class: "mi"},
  {tag: tags.comment, class: "c"}, {tag: tags.definition(tags.function(tags.variableName)), class: "nf"},
  {tag: tags.definition(tags.className), class: "nc"}, {tag: [tags.bool, tags.null], class: "kc"}, {tag: tags.operatorKeyword, class: "ow"},
]);
const COMMON = [
  history(), highlightSpecialChars(), indentOnInput(), indentUnit.of("    "), bracketMatching(),
  EditorState.tabSize.of(4), new LanguageSupport(pythonLanguage), syntaxHighlighting(CLASSES),
  keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]), // after Escape, Tab leaves
];

/** An editor of code.
 *  @param {What} what @param {(onward: boolean) => void} run @returns {Editor} */
export function code({source, name, change}, run) {
  const runs = (/** @type {boolean} */ onward) => () => { run(onward); return true; };
  const view = new EditorView({
    doc: source,
    extensions: [
      keymap.of([{key: "Shift-Enter", run: runs(true)}, {key: "Mod-Enter", run: runs(false)}]),
      COMMON,
      EditorView.contentAttributes.of({"aria-label": name, "aria-describedby": "live-keys", tabindex: "0"}),
      EditorView.updateListener.of((/** @type {any} */ update) => { if (update.docChanged) change(view.state.doc.toString()); }),
    ],
  });
  return {
    dom: view.dom,
    focus: () => view.focus(),
    write(text) { // as a step of its own, to undo
      view.dispatch({changes: {from: 0, to: view.state.doc.length, insert: text}, userEvent: "input.replace"});
    },
  };
}

/** A field for an answer in words: empty as long as nothing but the request for one stands in the notebook.
 *  @param {What} what @returns {Editor} */
export function words({source, name, change}) {
  const asked = `*${ANSWER}*`;
  const shown = (/** @type {string} */ text) => (text === asked ? "" : text);
  const dom = document.createElement("textarea");
  Object.assign(dom, {className: "live-words", rows: 5, value: shown(source), ariaLabel: name, placeholder: ANSWER});
  dom.addEventListener("input", () => change(dom.value || asked));
  const write = (/** @type {string} */ text) => {
    dom.value = shown(text);
    dom.dispatchEvent(new Event("input"));
  };
  return {dom, write, focus: () => dom.focus()};
}
