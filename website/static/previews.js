// A look at where a link within the book leads, while the mouse rests on it or the keyboard has come to it: at a term, a
// definition or theorem, a formula, a figure, a source. Escape closes it. A finger follows the link, as without this script.
// A page that was opened as a file can read no other, so there only links within the page show something.
"use strict";

{
  const LINKS = ".prose a.internal[href*='#']";
  const SHOWN = "dt[id^='term-'], .citation, .proof, .math.display, figure";
  const PATIENCE = 350; // milliseconds, so that nothing flickers where the mouse only passes
  const card = Object.assign(document.createElement("aside"), {className: "preview prose", popover: "manual", ariaLabel: "Preview"});
  const pages = new Map();
  let pointed = null, shown = null, timer = 0;
  document.body.append(card);

  const read = async (address) => new DOMParser().parseFromString(await (await fetch(address)).text(), "text/html");

  function pageOf(address) {
    if (address === location.href.split("#")[0]) return document;
    if (!pages.has(address)) pages.set(address, read(address));
    return pages.get(address);
  }

  // A copy of what a link leads to, without what only the page itself can have: names, anchors, a figure that moves.
  async function copied(link) {
    const target = (await pageOf(link.href.split("#")[0])).getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!target?.matches(SHOWN)) return null;
    const parts = target.matches("dt") ? [target, target.nextElementSibling] : [target];
    const copy = document.createElement(parts.length > 1 ? "dl" : "div");
    copy.append(...parts.map((part) => document.importNode(part, true)));
    for (const one of copy.querySelectorAll(".headerlink")) one.remove();
    for (const figure of copy.querySelectorAll("loss-figure")) figure.replaceWith(figure.querySelector("img"));
    for (const one of copy.querySelectorAll("[id]")) one.removeAttribute("id");
    for (const name of ["href", "src"]) {
      for (const one of copy.querySelectorAll(`[${name}]`)) one[name] = new URL(one.getAttribute(name), link.href);
    }
    return copy;
  }

  async function show(link) {
    const copy = await copied(link).catch(() => null);
    if (link !== pointed || !copy) return;
    shown = link;
    card.replaceChildren(copy);
    card.showPopover();
    card.scrollTop = 0;
    const {left, top, bottom} = link.getClientRects()[0];
    const above = bottom + card.offsetHeight > innerHeight && top > card.offsetHeight;
    card.style.top = `${scrollY + (above ? top - card.offsetHeight : bottom)}px`;
    card.style.left = `${scrollX + Math.max(0, Math.min(left, document.body.clientWidth - card.offsetWidth))}px`;
  }

  function hide() {
    pointed = shown = null;
    card.hidePopover();
  }

  function point(element) {
    const link = card.contains(element) ? shown : element.closest(LINKS);
    if (link === pointed) return;
    pointed = link;
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (link === shown) return;
      hide();
      pointed = link;
      if (link) show(link);
    }, PATIENCE);
  }

  addEventListener("pointerover", ({target, pointerType}) => { if (pointerType === "mouse") point(target); });
  addEventListener("focusin", ({target}) => { if (target.matches(":focus-visible")) point(target); });
  addEventListener("keydown", ({key}) => { if (key === "Escape") hide(); });
  const here = document.querySelector(`${LINKS}:is(:focus-visible${matchMedia("(hover)").matches ? ", :hover" : ""})`);
  if (here) point(here); // this script came for it
}
