// The few things a page can do: light or dark, copy a cell, scroll a wide formula from the keyboard, show where the reader
// is, print folded parts open; and fetch the script that shows where links lead.
"use strict";

const themes = {auto: "as the system", light: "light", dark: "dark"};

function setUpTheme() {
  const button = document.querySelector(".theme-button");
  const root = document.documentElement;
  const show = () => button.setAttribute("aria-label", `Colours: ${themes[root.dataset.theme] ?? themes.auto}`);
  button.hidden = false;
  button.addEventListener("click", () => {
    const names = Object.keys(themes);
    root.dataset.theme = names[(names.indexOf(root.dataset.theme) + 1) % names.length];
    try { localStorage.setItem("theme", root.dataset.theme); } catch { /* a private window: the choice lasts for this page */ }
    show();
  });
  show();
}

function setUpCopying() {
  const cells = document.querySelectorAll("div.cell_input div.highlight, div.highlight-python div.highlight");
  for (const [number, cell] of cells.entries()) {
    const button = Object.assign(document.createElement("button"), {type: "button", className: "copy-button"});
    const word = document.createTextNode("Copy");
    const which = Object.assign(document.createElement("span"), {className: "unseen", textContent: ` cell ${number + 1}`});
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(cell.querySelector("pre").textContent.trimEnd());
        word.data = "Copied";
      } catch {
        word.data = "Not allowed";
      }
      setTimeout(() => { word.data = "Copy"; }, 1500);
    });
    button.append(word, which);
    cell.append(button);
  }
}

// What scrolls can be reached from the keyboard and shows that it does. A browser reports on what it has laid out only.
function markScrollers() {
  const boxes = new Map();
  const watcher = new ResizeObserver((changes) => {
    for (const box of new Set(changes.map(({target}) => boxes.get(target)))) {
      const scrolls = box.scrollWidth > box.clientWidth;
      box.classList.toggle("scrolls", scrolls);
      if (scrolls) box.tabIndex = 0; else box.removeAttribute("tabindex");
    }
  });
  for (const box of document.querySelectorAll(".formula, pre, .pst-scrollable-table-container")) {
    for (const part of [box, box.firstElementChild]) {
      if (part) watcher.observe(boxes.set(part, box) && part);
    }
  }
}

// The contents: closed once a place is chosen, and the section that is being read marked and in sight.
function setUpContents() {
  const contents = document.getElementById("site-contents");
  contents.addEventListener("click", (event) => {
    if (event.target.closest("a") && contents.matches(":popover-open")) contents.hidePopover();
  });
  const links = new Map();
  for (const link of contents.querySelectorAll(".page-toc a[href^='#']")) {
    const part = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (part) links.set(part, link);
  }
  const parts = [...links.keys()], sections = parts.filter((part) => part.matches(".prose > section > section"));
  const passed = (some) => some.findLast((part) => part.getBoundingClientRect().top < innerHeight / 3);
  let last;
  const mark = () => {
    const section = passed(sections); // its parts only: to ask for others would lay them out
    const link = links.get(passed(parts.filter((part) => section?.contains(part))));
    if (link === last) return;
    last?.removeAttribute("aria-current");
    last?.parentElement.classList.remove("here");
    link?.setAttribute("aria-current", "location");
    link?.parentElement.classList.add("here");
    last = link;
    const {top, bottom} = link?.getBoundingClientRect() ?? contents.getBoundingClientRect();
    if (top < 0 || bottom > innerHeight) contents.scrollTop += top - innerHeight / 2;
  };
  const watcher = new IntersectionObserver(mark, {rootMargin: "0px 0px -66% 0px"});
  for (const part of parts) watcher.observe(part);
}

// Nobody needs a look at a link before the mouse or the keyboard moves.
const previews = Object.assign(document.createElement("script"), {src: new URL("previews.js", document.currentScript.src)});
for (const sign of ["pointerover", "focusin"]) addEventListener(sign, () => document.head.append(previews), {once: true});

setUpTheme();
setUpCopying();
setUpContents();
markScrollers();

let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details:not([open])")];
  for (const part of opened) part.open = true;
});
addEventListener("afterprint", () => {
  for (const part of opened) part.open = false;
});
