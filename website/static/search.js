// Sphinx's search, made to work from a folder too, with summaries that show each formula once.
"use strict";

// fetch() can't read neighbouring files from file://, so there the results come without summaries.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

const plainText = Search.htmlToText;
Search.htmlToText = (html, anchor) =>
  plainText(html.replace(/<math[^]*?<\/math>/g, "").replace(/<svg[^]*?<\/svg>/g, ""), anchor);
