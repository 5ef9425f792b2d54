// One cell's editor: CodeMirror in the book's colours, with the keys of a notebook.

import {EditorState, EditorView, HighlightStyle, LanguageSupport, bracketMatching, defaultKeymap, highlightSpecialChars, history,
   historyKeymap, indentOnInput, indentUnit, indentWithTab, keymap, pythonLanguage, syntaxHighlighting, tags} from "./codemirror.js";

// The classes that the book's own style has for the same things (book.css).
const CLASSES = HighlightStyle.define([
  {tag: tags.keyword, class: "k"}, {tag: [tags.string, tags.special(tags.string)], class: "s"}, {tag: tags.number, class: "mi"},
  {tag: tags.comment, class: "c"}, {tag: tags.definition(tags.function(tags.variableName)), class: "nf"},
  {tag: tags.definition(tags.className), class: "nc"}, {tag: [tags.bool, tags.null], class: "kc"}, {tag: tags.operatorKeyword, class: "ow"},
]);
const COMMON = [
  history(), highlightSpecialChars(), indentOnInput(), indentUnit.of("    "), bracketMatching(),
  EditorState.tabSize.of(4), new LanguageSupport(pythonLanguage), syntaxHighlighting(CLASSES),
];

/** @param {{source: string, name: string, change: (source: string) => void, run: (onward: boolean) => void}} what
 *  @returns {{dom: HTMLElement, read: () => string, write: (source: string) => void, focus: () => void}} */
export function editor({source, name, change, run}) {
  const runs = (/** @type {boolean} */ onward) => () => { run(onward); return true; };
  const view = new EditorView({
    state: EditorState.create({
      doc: source,
      extensions: [
        keymap.of([{key: "Shift-Enter", run: runs(true)}, {key: "Mod-Enter", run: runs(false)}]),
        COMMON,
        keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]), // after Escape, Tab leaves
        EditorView.contentAttributes.of({"aria-label": name, "aria-describedby": "live-keys", tabindex: "0"}),
        EditorView.updateListener.of((/** @type {any} */ update) => { if (update.docChanged) change(view.state.doc.toString()); }),
      ],
    }),
  });
  return {
    dom: view.dom,
    read: () => view.state.doc.toString(),
    write(text) {
      if (text !== view.state.doc.toString()) view.dispatch({changes: {from: 0, to: view.state.doc.length, insert: text}});
    },
    focus: () => view.focus(),
  };
}
