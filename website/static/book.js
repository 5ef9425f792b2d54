// The few things a page can do: light or dark, copy a cell, scroll a wide formula from the keyboard, print folded parts open.
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
  for (const cell of document.querySelectorAll("div.cell_input div.highlight, div.highlight-python div.highlight")) {
    const button = Object.assign(document.createElement("button"), {type: "button", className: "copy-button", textContent: "Copy"});
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(cell.querySelector("pre").textContent.trimEnd());
        button.textContent = "Copied";
      } catch {
        button.textContent = "Not allowed";
      }
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
    cell.append(button);
  }
}

function markScrollers() {
  for (const box of document.querySelectorAll(".formula, pre, .pst-scrollable-table-container")) {
    const scrolls = box.scrollWidth > box.clientWidth;
    if (scrolls) {
      box.tabIndex = 0;
    } else {
      box.removeAttribute("tabindex");
    }
    box.classList.toggle("scrolls", scrolls);
  }
}

// The front page's picture: one slider moves a point along each line, and reads off its height.
function setUpBeliefs() {
  const slider = document.querySelector(".belief-slider");
  if (!slider) return;
  slider.hidden = false;
  slider.querySelector("input").addEventListener("input", (event) => {
    for (const box of document.querySelectorAll(".belief, .loss")) {
      const svg = box.querySelector("svg");
      const {x, y} = svg.querySelector("polyline").points.getItem(event.target.valueAsNumber);
      const base = svg.viewBox.baseVal.height - 6;
      svg.querySelector("circle").setAttribute("cx", x);
      svg.querySelector("circle").setAttribute("cy", y);
      box.querySelector("output").value = ((base - y) / svg.dataset.unit).toFixed(2);
    }
  });
}

setUpTheme();
setUpBeliefs();
setUpCopying();
markScrollers();
addEventListener("resize", markScrollers);
addEventListener("load", markScrollers);
document.fonts?.ready.then(markScrollers);

let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details:not([open])")];
  for (const part of opened) part.open = true;
});
addEventListener("afterprint", () => {
  for (const part of opened) part.open = false;
});
