// The search page: which sections answer a question, best first. BOOK and MiniSearch are loaded before it.
"use strict";

// What readers call a thing, and what it is called in the book.
const CALLED = [
  [/\b(log|logistic) loss\b|\bcrossentropy\b/g, "cross-entropy"], [/\bbce(withlogits)?(loss)?\b/g, "binary cross-entropy"],
  [/\bgaussians?\b/g, "normal distribution"], [/\bsurprisals?\b/g, "information content"], [/\bderivatives?\b/g, "gradient"], [/\bnll\b/g, "negative log-likelihood"],
  [/\b(mse|l2 loss)\b/g, "squared error"], [/\b(mae|l1 loss)\b/g, "absolute error"], [/\bmle\b/g, "maximum likelihood"],
  [/\bover-?fit(ting|s)?\b/g, "regularisation penalty"],
  [/\bnumerical(ly)? (in)?stab(le|ility)\b/g, "overflow wrong code"], [/\bkullback(.leibler)?\b/g, "KL divergence"],
  [/\b(softmax|cross-entropy) gradient\b|\bgradient of (the )?softmax\b/g, "gradient q y"], [/\bsvm\b/g, "hinge margin"], [/\boutliers?\b/g, "outlier robust absolute Huber"],
];
const SMALL = new Set("a an and are as at by do does for from how in is it not of on or that the to what when which with".split(" "));

// One form of a word: small letters, -ise, no plural.
function tidy(word) {
  const plain = word.toLowerCase().replace(/i[sz](?=e|ing|ation)/, "is").replace(/(?<=[a-z]{3}[^s])s$/, "");
  return SMALL.has(plain) ? null : plain;
}

// A chapter's own sections go before what repeats them.
const weight = ([address], title) => address.startsWith("exercises/") || /^(Sources|Self-check)$/.test(title) ? 0.15
  : /api|benchmarks|instructor/.test(address) ? 0.25 : /glossary|notation|bibliography/.test(address) ? 0.6 : 1;

function indexOf(book) {
  const index = new MiniSearch({fields: ["title", "page", "text"], processTerm: tidy});
  index.addAll(book.records.map(([page, title, , opening, others], id) => ({id, title, page: book.pages[page][1], text: `${opening} ${others}`})));
  return index;
}

// The sections that hold all words, then those that hold some.
function answers(book, index, question) {
  const asked = CALLED.reduce((text, [name, ours]) => text.replace(name, ours), question.toLowerCase());
  const how = {
    boost: {title: 4, page: 1.5}, prefix: (word) => word.length > 3, fuzzy: (word) => word.length > 5 && 0.15,
    boostDocument: (id) => weight(book.pages[book.records[id][0]], book.records[id][1]),
  };
  const all = index.search(asked, {...how, combineWith: "AND"});
  const seen = new Set(all.map(({id}) => id));
  return [...all, ...index.search(asked, how).filter(({id}) => !seen.has(id))].map(({id}) => {
    const [page, title, place, opening] = book.records[id], [address, chapter] = book.pages[page];
    return {address: address + (place && `#${place}`), title, chapter, opening};
  });
}

function show(question) {
  const box = document.getElementById("search-results");
  const found = answers(BOOK, indexOf(BOOK), question).slice(0, 30);
  const list = document.createElement("ol");
  for (const {address, title, chapter, opening} of found) {
    const item = list.appendChild(document.createElement("li"));
    const link = item.appendChild(document.createElement("a"));
    link.href = document.documentElement.dataset.content_root + address;
    link.textContent = title;
    if (chapter !== title) item.append(` · ${chapter}`);
    item.appendChild(document.createElement("p")).textContent = opening;
  }
  const said = document.createElement("p");
  said.textContent = found.length ? `${found.length === 30 ? "The best 30" : found.length} result${found.length === 1 ? "" : "s"}` : `Nothing in the book answers “${question}”.`;
  box.replaceChildren(said, list);
}

if (typeof document !== "undefined") {
  const question = new URLSearchParams(location.search).get("q")?.trim();
  document.querySelector(".big-search input").value = question ?? "";
  if (question) show(question);
}
