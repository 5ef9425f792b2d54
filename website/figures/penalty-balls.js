// A budget for two weights and the contours of a data loss; the shaded wedges hold all optima that end at a corner.
import {FIGURES, dot, label, path, scale, steps, written} from "./loss-figure.js";
import {dataLoss, elasticNet, penalty, strengthFor, wedge} from "./numbers/regularization.js";

const RATIOS = {L1: 1, L2: 0, "elastic net": 0.5};

FIGURES["penalty-balls"] = {
  question: "Why does L1 set weights to exactly 0, and L2 doesn’t?",
  notice: "Drag the optimum about. Wherever it is in a shaded wedge, the best weights within the budget are the same corner, where one weight is exactly 0. With L2 there are no corners, and the wedges shrink to lines: an optimum next to a line gives a small weight, but not 0.",
  height: [360, 330],
  quantities: {
    one: {start: 1.7, min: -1.4, max: 2.8, step: 0.05, says: (v) => `first weight ${written(v)}`},
    other: {start: 0.8, min: -1.4, max: 2.2, step: 0.05, says: (v) => `second weight ${written(v)}`},
    radius: {start: 1, min: 0.3, max: 1.4, step: 0.05, says: (v) => `${written(v)} along an axis`},
    ratio: {start: 1, min: 0, max: 1, step: 0.5, says: String},
  },
  buttons: Object.entries(RATIOS).map(([says, ratio]) => ({says, act: () => ({ratio}), on: (state) => state.ratio === ratio})),
  picture(width, height, {one, other, radius, ratio}) {
    const unit = Math.min(width / 4.5, (height - 8) / 3.9), x = scale(0, 1, width / 2 - 0.7 * unit, width / 2 + 0.3 * unit), y = scale(0, 1, 2.35 * unit, 1.35 * unit);
    const budget = ratio * radius + (1 - ratio) * radius ** 2, w = elasticNet([one, other], strengthFor([one, other], budget, ratio), ratio);
    const at = (/** @type {number[]} */ [a, b]) => [x(a), y(b)], inside = penalty([one, other], ratio) <= budget;
    const tips = /** @type {[number, number][]} */ ([[radius, 0], [0, radius], [-radius, 0], [0, -radius]]);
    const wedges = tips.map((tip) => {
      const [from, to] = wedge(tip, ratio).map(([a, b]) => [tip[0] + 9 * a, tip[1] + 9 * b]);
      return ratio ? path("accent area", [from, tip, to].map(at)) : path("accent line", [tip, from].map(at));
    });
    const turn = steps(0, 2 * Math.PI, 121);
    const ball = turn.map((angle) => {
      const [c, s] = [Math.cos(angle), Math.sin(angle)], a = ratio * (Math.abs(c) + Math.abs(s)), b = 1 - ratio;
      const far = b ? (Math.sqrt(a * a + 4 * b * budget) - a) / (2 * b) : budget / a;
      return at([far * c, far * s]);
    });
    const reached = inside ? 0 : dataLoss(w, [one, other]), side = Math.sqrt(0.7 - 0.45 ** 2);
    const contours = [0.12, 0.45, 1, 1.8].map((part) => path(part === 1 ? "data line" : "data thin", turn.map((angle) => {
      const far = Math.sqrt(part * (reached || 0.4)), v = far * Math.sin(angle) / side;
      return at([one + far * Math.cos(angle) - 0.45 * v, other + v]);
    })));
    const frame = `<clipPath id="weights"><rect width="${width}" height="${height}"/></clipPath><g clip-path="url(#weights)">`;
    const svg = frame + wedges.join("") + path("axis", [[0, y(0)], [width, y(0)]]) + path("axis", [[x(0), 0], [x(0), height]])
      + path("truth area", ball, "Z") + path("truth line", ball, "Z") + contours.join("") + dot("model", x(w[0]), y(w[1]), 7) + "</g>"
      + label("end", width - 4, y(0) + 18, "w₁") + label("end", x(0) - 8, 14, "w₂") + label(`ink bold ${x(one) > width - 95 ? "end" : ""}`, x(one) + (x(one) > width - 95 ? -24 : 24), y(other) - 8, "optimum");
    return {svg, reading: `Best within the budget: w₁ <b>${written(w[0], 3)}</b>${w[0] ? "" : " (exactly)"}, w₂ <b>${written(w[1], 3)}</b>${w[1] ? "" : " (exactly)"}${inside ? ", the optimum itself" : ""}`,
      handles: [{name: "Optimum", colour: "data", x: [x, "one"], y: [y, "other"]},
        {name: "Budget", colour: "truth", x: x(0), y: [y, "radius"]}]};
  },
};
