// Three scores of a picture of a cat, their probabilities and the loss; the arrows are a step against the gradient.
import {FIGURES, axis, box, dot, label, path, scale, steps, written} from "./loss-figure.js";
import {crossEntropy, crossEntropyGradient, softmax} from "./numbers/cross_entropy.js";

const CLASSES = ["cat", "car", "frog"], HIGHEST = 13;
const scoresOf = (/** @type {Record<string, number>} */ state) => CLASSES.map((name) => state[name]);
const named = (/** @type {number[]} */ scores) => Object.fromEntries(CLASSES.map((name, k) => [name, scores[k]]));
const score = (/** @type {number} */ start) => ({start, min: -5, max: HIGHEST, step: 0.01, nudge: 0.1, says: (/** @type {number} */ s) => written(s)});

FIGURES["softmax-steps"] = {
  question: "Which way should the scores of a cat’s picture move?",
  notice: "The arrows show minus the slope of the loss: which way a step moves each score, and how far. The three slopes sum to 0. Take a few steps, and watch them shrink as the cat catches up. Adding 3 to all scores changes nothing, because softmax sees only their differences.",
  height: [270, 400],
  quantities: {cat: score(3.2), car: score(5.1), frog: score(-1.7)},
  buttons: [
    {says: "One step", act: (state) => named(scoresOf(state).map((s, k) => s - crossEntropyGradient(0, scoresOf(state))[k]))},
    {says: "Add 3 to all", act: (state) => named(scoresOf(state).map((s, _, all) => s + Math.min(3, HIGHEST - Math.max(...all))))},
  ],
  picture(width, height, state) {
    const scores = scoresOf(state), q = softmax(scores), slopes = crossEntropyGradient(0, scores), loss = crossEntropy(0, scores);
    const narrow = width < 500, row = narrow ? 58 : 68, top = 30;
    const x = scale(-5, HIGHEST, 38, narrow ? width * 0.62 : width * 0.47), left = x(HIGHEST) + 28;
    const wide = scale(0, 1, left, narrow ? width - 44 : width * 0.66);
    let svg = label("ink bold", 38, 14, "scores") + label("ink bold", left, 14, "probabilities");
    for (const [k, name] of CLASSES.entries()) {
      const y = top + row * (k + 0.5), colour = k ? "wrong" : "right", tip = x(scores[k]) - 30 * slopes[k];
      svg += label("ink", 0, y + 5, name) + box(`${colour} bar faint`, Math.min(x(0), x(scores[k])), y - 11, Math.abs(x(scores[k]) - x(0)), 22)
        + box(`${colour} bar`, left, y - 11, wide(q[k]) - left, 22) + label(`ink`, wide(q[k]) + 5, y + 5, written(q[k], 3));
      if (Math.abs(slopes[k]) > 0.02) {
        const back = tip - Math.sign(x(scores[k]) - tip) * -6;
        svg += path("ink line", [[x(scores[k]), y - 23], [tip, y - 23]]) + path("ink line", [[back, y - 28], [tip, y - 23], [back, y - 18]]);
      }
    }
    svg += path("axis", [[x(0), top], [x(0), top + 3 * row]]);
    const right = narrow ? scale(0, 1, 38, width - 12) : scale(0, 1, width * 0.66 + 66, width - 8);
    const foot = height - 34, y = scale(0, 6, foot, narrow ? top + 3 * row + 28 : top - 8);
    const curve = steps(Math.exp(-6), 1, 120).map((p) => [right(p), y(-Math.log(p))]);
    const at = Math.max(q[0], Math.exp(-6));
    svg += label("ink bold", right(0), y(6) - 8, "loss (nats)") + axis(right, foot, ["0", "1"], [0, 1])
      + label("middle", right(0.5), foot + 20, "q of cat") + path("axis", [[right(0), y(6)], [right(0), foot]])
      + path("data line", curve) + path("right line", [[right(at), foot], [right(at), y(-Math.log(at))]]) + dot("right", right(at), y(-Math.log(at)), 6);
    const signed = slopes.map((one, k) => `${CLASSES[k]} ${one > 0 ? "+" : ""}${written(one, 3)}`).join(", ");
    return {svg, reading: `Loss −ln ${written(q[0], 3)} = <b>${written(loss, 3)}</b> nats. Slopes q − y: ${signed}`,
      handles: CLASSES.map((name, k) => ({name: `Score of ${name}`, colour: k ? "wrong" : "right", x: [x, name], y: top + row * (k + 0.5)}))};
  },
};
