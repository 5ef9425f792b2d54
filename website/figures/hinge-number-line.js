// The scores of a picture of a cat on one line: the shaded region begins Δ = 1 below the cat.
import {FIGURES, axis, box, label, path, scale, written} from "./loss-figure.js";
import {crossEntropy, crossEntropyGradient} from "./numbers/cross_entropy.js";
import {hinge, hingeGradient, shortfalls} from "./numbers/hinge.js";

// A row for each name, as two may have the same score.
const CLASSES = ["cat", "car", "frog"], DEPTHS = [36, 52, 68];
const score = (/** @type {number} */ start) => ({start, min: -4, max: 8, step: 0.1, says: (/** @type {number} */ s) => written(s, 1)});

FIGURES["hinge-number-line"] = {
  question: "How far must the cat lead before a loss is content?",
  notice: "Drag the car to the left, out of the shaded region. There the hinge falls silent: its loss and all its slopes are exactly 0. Cross-entropy never does; however large the lead, it pulls on.",
  height: [275, 275],
  quantities: {cat: score(3.2), car: score(5.1), frog: score(-1.7)},
  picture(width, height, state) {
    const scores = CLASSES.map((name) => state[name]), past = shortfalls(0, scores), edge = scores[0] - 1;
    const x = scale(-4, 8, 24, width - 24), line = 96;
    let svg = box("accent area", x(edge), 12, Math.max(0, width - x(edge)), line - 12) + path("ink dash", [[x(edge), 6], [x(edge), line]])
      + label(x(edge) < 160 ? "" : "end", x(edge) + (x(edge) < 160 ? 6 : -6), 14, "edge: 1 below the cat") + axis(x, line, [-4, -2, 0, 2, 4, 6, 8]);
    for (const [k, name] of CLASSES.entries()) {
      const y = line - 22 - 22 * k;
      svg += label(`${k ? "wrong" : "right"} name middle bold`, x(scores[k]), line + DEPTHS[k], name);
      if (past[k]) svg += box("accent bar", x(edge), y - 5, x(scores[k]) - x(edge), 10) + label("ink", x(scores[k]) + 6, y + 5, written(past[k], 1));
    }
    const losses = [hinge(0, scores), crossEntropy(0, scores)], slopes = [hingeGradient(0, scores), crossEntropyGradient(0, scores)];
    const across = scale(0, 21, 24, width - 4), foot = line + 88;
    for (const [k, name] of ["hinge", "cross-entropy"].entries()) {
      const y = foot + 54 * k;
      const pulls = CLASSES.map((one, j) => `${width < 340 ? "" : `${one} `}${written(slopes[k][j], 2 * k)}`).join(", ");
      svg += label("", 12, y, `${name}, slopes ${pulls}`) + path("axis", [[24, y + 4], [24, y + 30]]) + box(`${k ? "truth" : "accent"} bar`, 24, y + 8, across(losses[k]) - 24, 18)
        + label("ink bold", across(losses[k]) + 6 > width - 50 ? 30 : across(losses[k]) + 6, y + 22, written(losses[k], k ? 3 : 1));
    }
    return {svg, reading: `Hinge <b>${written(losses[0], 1)}</b>, cross-entropy <b>${written(losses[1], 3)}</b> nats; the cat leads by ${written(scores[0] - Math.max(scores[1], scores[2]), 1)}`,
      handles: CLASSES.map((name, k) => ({name: `Score of ${name}`, colour: k ? "wrong" : "right", x: [x, name], y: line}))};
  },
};
