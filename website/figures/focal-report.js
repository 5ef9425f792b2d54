// What a model says under focal loss, against what is true: above, the average cost of each report; below, the best one.
import {FIGURES, axis, dot, label, path, scale, steps, written} from "./loss-figure.js";
import {averageFocal, bestReport} from "./numbers/losses_of_today.js";

FIGURES["focal-report"] = {
  question: "Does focal loss ask for the truth?",
  notice: "With γ = 0, which is cross-entropy, the lowest point is the truth. Choose a larger γ, and it moves towards one half: the model is paid for sounding less sure than it is. It never crosses one half, so the more probable class still wins.",
  height: [400, 400],
  quantities: {
    p: {start: 0.8, min: 0.02, max: 0.98, step: 0.01, says: (p) => `true probability ${written(p)}`},
    gamma: {start: 2, min: 0, max: 5, step: 1, says: String},
  },
  buttons: [0, 1, 2, 5].map((gamma) => ({says: `γ = ${gamma}`, act: () => ({gamma}), on: (state) => state.gamma === gamma})),
  picture(width, height, {p, gamma}) {
    const x = scale(0, 1, 34, width - 14), best = bestReport(p, gamma), least = averageFocal(p, best, gamma), foot = 140;
    const y = scale(0, 3.5 * Math.max(least, 0.02), foot, 34), grid = steps(0.004, 0.996, 300);
    const costs = grid.map((q) => [x(q), y(averageFocal(p, q, gamma))]).filter(([, at]) => at >= 30);
    const line = height - 40, r = scale(0, 1, line, foot + 62), truths = steps(0.005, 0.995, 199);
    const svg = label("ink bold", 0, 12, "average cost of each report q") + axis(x, foot, [0, 0.5, 1]) + label("end", width, foot + 36, "report q")
      + path("ink dash", [[x(p), 30], [x(p), foot]]) + label("ink middle", x(p), 26, "truth") + path("model line", costs) + dot("model", x(best), y(least), 6)
      + path("model dash", [[x(best), y(least)], [x(best), foot]])
      + label("ink bold", 0, foot + 46, "best report q") + axis(x, line, [0, 0.2, 0.4, 0.6, 0.8, 1]) + label("end", width, height - 4, "true probability p")
      + [0, 0.5, 1].map((tick) => label("end", 28, r(tick) + 4, written(tick, tick % 1 ? 1 : 0))).join("")
      + [0, 1, 2, 5].map((one) => path(one === gamma ? "model line" : one ? "data thin" : "data dash", truths.map((at) => [x(at), r(bestReport(at, one))]))).join("")
      + path("ink thin", [[x(p), line], [x(p), r(best)]]) + dot("model", x(p), r(best), 6);
    return {svg, reading: `The truth is ${written(p)}, the best report <b>${written(best, 3)}</b>; it costs ${written(least, 3)} nats on average, and the truth ${written(averageFocal(p, p, gamma), 3)}`,
      handles: [{name: "True probability", colour: "ink", x: [x, "p"], y: line}]};
  },
};
