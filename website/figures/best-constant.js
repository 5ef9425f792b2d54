// Five waiting times, and what each guess costs on average under three losses, one below the other.
import {FIGURES, axis, dot, label, path, scale, steps, written} from "./loss-figure.js";
import {mean, meanLosses, median, mode} from "./numbers/what_is_a_loss.js";

const LONGEST = 20, TOPS = [1, 8, 50];
const minutes = (/** @type {number} */ v) => `${written(v, 1)} minutes`;

FIGURES["best-constant"] = {
  question: "Which one guess would you make for all five waiting times?",
  notice: "Drag your guess to the bottom of each curve: three losses, three answers. Then make the longest wait longer. Only the mean follows it; the median and the mode stay where they are.",
  height: [430, 430],
  quantities: {
    guess: {start: 9, min: 0, max: LONGEST, step: 0.5, says: minutes},
    wait: {start: 12, min: 9, max: LONGEST, step: 0.5, says: minutes},
  },
  picture(width, height, {guess, wait}) {
    const waits = [3, 3, 4, 8, wait], best = [mode(waits), median(waits), mean(waits)], costs = meanLosses(waits, guess);
    const x = scale(0, LONGEST, 14, width - 64), line = height - 40, row = (line - 56) / 3;
    let svg = path("ink dash", [[x(guess), 18], [x(guess), line]]) + axis(x, line, [0, 5, 10, 15, 20]) + label("end", width, line + 20, "min");
    for (const [k, name] of ["zero-one", "absolute", "squared"].entries()) {
      const past = x(guess) - x(best[k]), side = past > 0 && past < 76 ? -1 : 1; // where the line of the guess isn't
      const foot = (k + 1) * row + 14, y = scale(0, TOPS[k], foot, foot - row + 36);
      const points = steps(0, LONGEST, 401).map((c) => [x(c), y(meanLosses(waits, k ? c : c + 1e-6)[k])]).filter(([, at]) => at >= y(1.2 * TOPS[k]));
      svg += label("ink bold", 14, foot - row + 24, name) + path("axis", [[x(0), foot], [x(LONGEST), foot]]) + path("model line", points)
        + (k ? "" : [3, 4, 8, wait].map((c) => dot("model", x(c), y(meanLosses(waits, c)[0]), 3)).join(""))
        + path("right dash", [[x(best[k]), foot], [x(best[k]), y(meanLosses(waits, best[k])[k])]]) + dot("right", x(best[k]), y(meanLosses(waits, best[k])[k]), 5)
        + label(`right name ${side < 0 ? "end" : ""}`, x(best[k]) + 7 * side, foot - 4, `${["mode", "median", "mean"][k]} ${written(best[k], best[k] % 1 ? 1 : 0)}`)
        + dot("ink", x(guess), y(Math.min(TOPS[k] * 1.2, costs[k])), 5) + label("ink bold", width - 52, foot - 5, written(costs[k], k < 2 ? 2 : 1));
    }
    svg += [3, 3, 4, 8].map((one, k) => dot("data", x(one), line - (k === 1 ? 14 : 5), 4)).join("");
    return {svg, reading: `Guess ${written(guess, 1)}: absolute <b>${written(costs[1])}</b> min, squared <b>${written(costs[2], 1)}</b> min², zero-one <b>${written(costs[0])}</b>`,
      handles: [{name: "Guess", colour: "ink", x: [x, "guess"], y: 18}, {name: "Longest wait", colour: "data", x: [x, "wait"], y: line - 5}]};
  },
};
