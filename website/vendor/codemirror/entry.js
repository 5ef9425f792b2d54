// What website/live/editor.js takes from CodeMirror; bundled into codemirror.js.
export {EditorState} from "@codemirror/state";
export {EditorView, keymap, highlightSpecialChars} from "@codemirror/view";
export {defaultKeymap, history, historyKeymap, indentWithTab} from "@codemirror/commands";
export {HighlightStyle, LanguageSupport, bracketMatching, indentOnInput, indentUnit, syntaxHighlighting} from "@codemirror/language";
export {pythonLanguage} from "@codemirror/lang-python";
export {tags} from "@lezer/highlight";
