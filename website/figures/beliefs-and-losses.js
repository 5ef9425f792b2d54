// The front page: three beliefs about errors and, below each, the loss that it becomes under −ln.
// The curves are the package's; the reader moves a point along them.
import {FIGURES, axis, dot, label, path, scale, written} from "./loss-figure.js";

const LAST = 100, REACH = 2.5;
const error = (/** @type {number} */ k) => REACH * (2 * k / LAST - 1);

FIGURES["beliefs-and-losses"] = {
  question: "What does an error cost, if we believe …?",
  notice: "Go to the far left. An error of −2.5 costs 6.25 nats if we believe in a bell, but only 2.50 if we expect the occasional large error.",
  height: [330, 500],
  quantities: {k: {start: 20, min: 0, max: LAST, step: 1, says: (k) => `error ${written(error(k))}`}},
  picture(width, height, {k}, /** @type {[string, string, number[], number[]][]} */ pairs) {
    const narrow = width < 500, gap = narrow ? 24 : 32, track = height - 30;
    const [rows, columns] = narrow ? [3, 2] : [2, 3];
    const w = (width - gap * (columns - 1)) / columns, h = (track - 26) / rows;
    let svg = "";
    const read = pairs.map(([belief, loss, probability, price], i) => {
      for (const [j, [title, values, top, colour]] of /** @type {[string, number[], number, string][]} */ ([[belief, probability, 1.04, "model"], [loss, price, 6.4, "ink"]]).entries()) {
        const left = (narrow ? j : i) * (w + gap), foot = ((narrow ? i : j) + 1) * h - 12;
        const x = scale(0, LAST, left, left + w), y = scale(0, top, foot, foot - h + 44);
        const curve = values.map((value, at) => [x(at), y(value)]);
        svg += label("ink bold", left, foot - h + 26, title) + path("axis", [[left, foot], [left + w, foot]])
          + (j ? "" : path(`${colour} area`, [[left, foot], ...curve, [left + w, foot]]))
          + path(`${colour} line`, curve) + path(`${colour} thin`, [[x(k), foot], [x(k), y(values[k])]])
          + dot(colour, x(k), y(values[k]), 5);
      }
      return `${loss} <b>${written(price[k])}</b>`;
    });
    const x = scale(0, LAST, 24, width - 24);
    svg += axis(x, track, ["−2.5", "no error", "2.5"], [0, LAST / 2, LAST]);
    return {svg, reading: `An error of ${written(error(k))} costs: ${read.join(", ")} nats`,
      handles: [{name: "Error", colour: "ink", x: [x, "k"], y: track}]};
  },
};
