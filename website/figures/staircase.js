// The loss and the error rate of a classifier on the way from random to trained weights, and a part of it enlarged.
import {FIGURES, axis, box, dot, label, path, scale, steps, written} from "./loss-figure.js";
import {chebyshev, reached} from "./numbers/choosing_a_loss.js";

const STEPS = 10000, IMAGES = 900, PART = 100;

FIGURES.staircase = {
  question: "The error rate is what we want to lower. Why not train on it?",
  notice: "Move along the way and look at the enlarged part. The error rate stands on a flat tread nearly everywhere, so its slope is 0 and says nothing about which way is better; and its jumps go either way. The loss has a slope at every point.",
  height: [260, 420],
  quantities: {k: {start: 1000, min: 0, max: STEPS, step: 1, nudge: 25, says: (k) => `${written(k / STEPS, 4)} of the way`}},
  picture(width, height, {k}, /** @type {{loss: number[], wrong: [number, number][]}} */ {loss, wrong}) {
    const narrow = width < 500, t = k / STEPS, rate = (/** @type {number} */ at) => reached(wrong, at) / IMAGES;
    const from = Math.min(STEPS - PART, Math.max(0, k - PART / 2)), whole = steps(0, STEPS, 501).map(Math.round), part = steps(from, from + PART, PART + 1);
    const slope = (chebyshev(loss, t + 1e-5) - chebyshev(loss, t - 1e-5)) / 2e-5;
    const panel = (/** @type {number[]} */ grid, /** @type {number} */ left, /** @type {number} */ right, /** @type {number} */ top, /** @type {number} */ foot, /** @type {number} */ room) => {
      const x = scale(grid[0], grid[grid.length - 1], left, right);
      const curve = (/** @type {(at: number) => number} */ value, /** @type {string} */ colour, /** @type {boolean} */ treads) => {
        const values = grid.map(value), low = room ? 0 : Math.min(...values), high = room || Math.max(...values, low + 1e-3), y = scale(low, high, foot - 12, top + 8);
        const points = grid.flatMap((at, i) => treads && i ? [[x(at), y(values[i - 1])], [x(at), y(values[i])]] : [[x(at), y(values[i])]]);
        return path(`${colour} line`, points) + dot(colour, x(k), y(value(k)), 5);
      };
      return [x, curve((at) => chebyshev(loss, at / STEPS), "model", false) + curve(rate, "truth", true)];
    };
    const foot = narrow ? 190 : height - 40, middle = narrow ? width - 30 : width * 0.53;
    const [x, left] = /** @type {[import("./loss-figure.js").Scale, string]} */ (panel(whole, 28, middle, 20, foot, 2.4));
    const [left2, top2, foot2] = narrow ? [24, foot + 60, height - 26] : [middle + 62, 20, foot];
    const [z, right] = /** @type {[import("./loss-figure.js").Scale, string]} */ (panel(part, left2, width - 24, top2, foot2, 0));
    const svg = box("accent area", x(from), 20, Math.max(4, x(from + PART) - x(from)), foot - 20) + left
      + axis(x, foot, ["random", "part of the way", "trained"], [0, STEPS / 2, STEPS]) + label("model name bold", x(STEPS * 0.3), foot - 62, "loss") + label("truth name bold", x(STEPS * 0.16), foot - 26, "error rate")
      + box("accent area", left2, top2, width - 24 - left2, foot2 - top2) + right + label("ink bold", left2, top2 - 6, "enlarged 100 times")
      + axis(z, foot2, [written(from / STEPS, 3), written((from + PART) / STEPS, 3)], [from, from + PART]);
    return {svg, reading: `Loss <b>${written(chebyshev(loss, t), 4)}</b> nats, with slope ${written(slope, 2)}; error rate <b>${written(rate(k), 4)}</b>, with slope 0`,
      handles: [{name: "Part of the way", colour: "ink", x: [x, "k"], y: foot}]};
  },
};
