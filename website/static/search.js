// The search page: which sections answer a question, best first. BOOK and MiniSearch are loaded before it.
"use strict";

// What readers call a thing, and what it is called in the book.
const CALLED = [
  [/\b(log|logistic) loss\b|\bcrossentropy\b/g, "cross-entropy"], [/\bbce(withlogits)?(loss)?\b/g, "binary cross-entropy"],
  [/\bgaussians?\b/g, "normal distribution"], [/\bsurprisals?\b/g, "information content"], [/\bhessians?\b/g, "curvature convex second derivative"],
  [/\b(?<!second )derivatives?\b/g, "gradient"], [/\bnll\b/g, "negative log-likelihood"],
  [/\b(r?mse|l2 loss)\b/g, "squared error"], [/\b(mae|l1 loss)\b/g, "absolute error"], [/\bmle\b/g, "maximum likelihood"],
  [/\bover-?fit(ting|s)?\b/g, "regularisation penalty"], [/\b(class )?(im|un)balanced?( classes| data)?\b/g, "rare classes"],
  [/\bnumerical(ly)? (in)?stab(le|ility)\b/g, "overflow wrong code"], [/\b(loss is|is (my |the )?loss) (nan|inf)\b/g, "overflow nan wrong code"],
  [/\bkullback(.leibler)?\b|\brelative entropy\b/g, "KL divergence"], [/\b(softmax|cross-entropy) gradient\b|\bgradient of (the )?softmax\b/g, "softmax gradient q y"],
  [/\bhinge( loss)? gradient\b/g, "hinge slopes kinks"], [/\bsvm\b/g, "hinge margin"], [/\boutliers?\b/g, "outlier robust absolute Huber"],
  [/\bmulti-?label\b/g, "multi-label"], [/\bmulti-?class(?= hinge)/g, "multiclass"], [/\bmulti-?class( classif\w+)?\b(?! hinge)/g, "softmax cross-entropy"], [/\blog-?sum-?exp( trick)?\b/g, "log-sum-exp"], [/\bece\b|\breliability diagrams?\b/g, "calibration"],
  [/\b(quantile regression|pinball)\b/g, "quantile"], [/\bpoisson regression\b/g, "Poisson counts"], [/\b(exponential loss|adaboost)\b/g, "exponential margin"], [/\blinear regression\b/g, "least squares"], [/\b(softmax|multinomial) regression\b/g, "cross-entropy linear classifier"],
  [/\blogistic regression\b/g, "binary cross-entropy"], [/\blambda\b/g, "λ"], [/\badamw\b/g, "weight decay Adam"], [/\bvaes?\b/g, "ELBO"],
  [/\b(llms?|gpt|transformers?|language models?)\b/g, "next-token"], [/\brlhf\b/g, "reward leash"], [/\b(pairwise )?ranking\b/g, "preferences"],
  [/\bvanishing gradients?\b/g, "saturation"], [/\b(sum or mean|mean or sum|reduction)\b/g, "from one example to many"],
  [/\bwhy (a |the )?log(arithms?)?\b/g, "only a logarithm"], [/\b(source coding|(data )?compression)\b/g, "codes length"],
  [/\bloss (is |does |has )?((not|stopped|\w+n.t) (decreas|improv|converg|fall)|stuck)\w*/g, "run right"],
  [/\bloss (is )?(goes|going|increas\w*|diverg\w*|explod\w*)( up)?/g, "learning rate curvature"], [/(?<!\S)熵(?!\S)/g, "entropy"],
];
// What it doesn't treat, and what in it is nearest to that.
const ELSEWHERE = [
  [/\b(auc|roc( curves?)?|f1( score)?|precision (and |vs )?recall|recall|iou|dice)\b/g, "metric"], [/\b(mix-?up|cut-?mix)\b/g, "augmentation"],
  [/\b(momentum|nesterov|rmsprop|adagrad|newton.s method|l-?bfgs)\b/g, "how to get down"], [/\b(back-?prop(agation)?|auto(grad|diff))\b/g, "scores to the weights"],
  [/\b(tensorflow|keras|jax)\b/g, "what PyTorch computes"], [/\b(gans?|wasserstein( distance)?|optimal transport)\b/g, "Jensen–Shannon"],
  [/\b(exploding gradients?|gradient clipping)\b/g, "learning rate curvature"], [/\b(r2|r.squared|coefficient of determination)\b/g, "least squares best constant"],
  [/\bmape\b/g, "absolute error"], [/\bkernel (trick|method)s?\b/g, "margin"], [/\bchannel capacity\b/g, "mutual information"],
];
const SMALL = new Set("a an and are as at be better between by can difference do does for from how in is it my not of on or than that the to tradeoff versus vs what when which with".split(" "));

// One form of a word: small letters, -ise, no plural.
function tidy(word) {
  const plain = word.toLowerCase().replace(/i[sz](?=e|ing|ation)/, "is").replace(/(?<=[a-z]{3}[^s])s$/, "");
  return SMALL.has(plain) ? null : plain;
}

// A chapter's own sections go before what repeats them.
const weight = (address, title) => /^exercises|benchmarks|bibliography|instructor/.test(address) || /^(Sources|Self-check)$/.test(title) ? 0.15
  : /api|known_errors/.test(address) ? 0.25 : /glossary|notation/.test(address) ? 0.6 : 1;

// The records, each with its words: of a word the book says how many records it is from one to the next.
function records({pages, words}) {
  const all = pages.flatMap(([address, chapter, sections]) =>
    sections.map(([title, place], number) => ({address, chapter, title, place, number, words: []})));
  for (const [word, steps] of Object.entries(words)) {
    let at = 0;
    for (const step of steps) all[at += step].words.push(word);
  }
  return all;
}

function indexOf(book) {
  const index = new MiniSearch({
    fields: ["title", "chapter", "words"], storeFields: ["address", "chapter", "title", "place", "number"], processTerm: tidy,
  });
  index.addAll(records(book).map((record, id) => ({...record, id})));
  return index;
}

const HOW = {
  boost: {title: 4, chapter: 1.5}, prefix: (word) => word.length > 3, fuzzy: (word) => word.length > 5 && 0.15,
  boostDocument: (id, word, {address, title}) => weight(address, title),
};

// A question in the book's words. All of it is about losses, so that word says something only alone.
function inBookWords(question) {
  const asked = [...CALLED, ...ELSEWHERE].reduce((text, [name, ours]) => text.replace(name, ours), question.toLowerCase().replaceAll("_", " "));
  return asked.replace(/\bloss(es)?( functions?)?\b/g, "").trim() || asked;
}

// The function of that name, the sections that hold all words, then those that hold some; lists and exercises come with these.
function answers(index, question) {
  const asked = inBookWords(question);
  const named = question.includes("_") ? index.search(question, {filter: ({title}) => title === question}) : [];
  const all = index.search(asked, {...HOW, combineWith: "AND"}).filter(({address, title}) => weight(address, title) > 0.15);
  const first = [...named, ...all.filter(({id}) => id !== named[0]?.id)];
  const seen = new Set(first.map(({id}) => id));
  return [...first, ...index.search(asked, HOW).filter(({id}) => !seen.has(id))];
}

// What a question asks for and the book doesn't have.
function missing(index, question) {
  const foreign = ELSEWHERE.flatMap(([name]) => question.toLowerCase().match(name) ?? []);
  const words = inBookWords(question).match(/[\p{L}\p{N}]+/gu) ?? [];
  return [...new Set([...foreign, ...words.filter((word) => word.length > 1 && tidy(word) && !index.search(word, HOW).length)])];
}

// A text in pieces, a word in every second place.
const pieces = (text) => text.split(/([\p{L}\p{N}]+)/u);

// Of a text the 160 characters that hold the most of some words; its beginning, if it is as good.
function excerpt(text, words) {
  const hits = [];
  let end = 0;
  for (const piece of pieces(text)) {
    if (words.has(tidy(piece))) hits.push([end, tidy(piece)]);
    end += piece.length;
  }
  const held = (from) => new Set(hits.flatMap(([at, word]) => at >= from && at < from + 150 ? [word] : [])).size;
  const starts = [0, ...hits.map(([at]) => at < 60 ? 0 : text.indexOf(" ", at - 50) + 1)];
  const start = starts.reduce((best, from) => held(from) > held(best) ? from : best);
  const rest = text.slice(start);
  const part = rest.length <= 160 ? rest : `${rest.slice(0, rest.lastIndexOf(" ", 160))} …`;
  return start ? `… ${part}` : part;
}

// A text as nodes of the page, some of its words marked.
const marked = (text, words) => pieces(text).map((piece) =>
  words.has(tidy(piece)) ? Object.assign(document.createElement("mark"), {textContent: piece}) : piece);

// What the pages say that were asked for so far; their scripts put it there.
const SAID = {};
const coming = {};

async function textOf({address, number}) {
  coming[address] ??= new Promise((resolve) => {
    const script = Object.assign(document.createElement("script"), {onload: resolve, onerror: resolve});
    script.src = `${document.documentElement.dataset.content_root}_static/said/${address.replace(/html$/, "js")}`;
    document.head.append(script);
  });
  await coming[address];
  return SAID[address]?.[number][2] ?? "";
}

function show(question) {
  const index = indexOf(BOOK);
  const found = answers(index, question).slice(0, 30);
  const without = missing(index, question).map((word) => `“${word}”`).join(" and ");
  const list = document.createElement("ol");
  const fill = new Map();
  const onScreen = new IntersectionObserver((changes) => {
    for (const {target, isIntersecting} of changes) {
      if (!isIntersecting) continue;
      onScreen.unobserve(target);
      fill.get(target)();
    }
  });
  for (const answer of found) {
    const {address, title, chapter, place, terms} = answer;
    const words = new Set(terms.filter((word) => word.length > 1));
    const item = list.appendChild(document.createElement("li"));
    const link = item.appendChild(document.createElement("a"));
    link.href = document.documentElement.dataset.content_root + address + (place && `#${place}`);
    link.append(...marked(title, words));
    if (chapter !== title) item.append(` · ${chapter}`);
    const text = item.appendChild(document.createElement("p"));
    fill.set(item, async () => text.append(...marked(excerpt(await textOf(answer), words), words)));
    onScreen.observe(item);
  }
  const results = document.getElementById("search-results");
  const said = results.querySelector("[role=status]"); // it alone is announced, not each excerpt that comes
  said.textContent = !found.length ? `Nothing in the book answers “${question}”.`
    : `${found.length === 30 ? "The best 30" : found.length} result${found.length === 1 ? "" : "s"}${without && `; the book has nothing under ${without}, and these are nearest`}`;
  results.append(list);
}

if (typeof document !== "undefined") {
  const question = new URLSearchParams(location.search).get("q")?.trim();
  document.querySelector(".big-search input").value = question ?? "";
  if (question) show(question);
}
