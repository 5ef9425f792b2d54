// How probable 9 heads of 13 are for each q, compared with the best, and the same for ten and a hundred times as many throws.
import {FIGURES, axis, dot, label, path, scale, steps, written} from "./loss-figure.js";
import {belowTop, interval} from "./numbers/maximum_likelihood.js";

const COLOURS = {13: "sky", 130: "accent", 1300: "model"}, LOW = 0.2, FLOOR = -6;

FIGURES["fisher-curvature"] = {
  question: "Which q explains that 9 of 13 throws are heads?",
  notice: "The top stays at 9/13, however many throws. The bar marks the q that are at most 1.92 nats below it. With ten times as many throws it becomes about √10 = 3.16 times shorter, so an answer that is √10 times as sharp costs ten times the data.",
  height: [350, 350],
  quantities: {
    q: {start: 0.5, min: 0.2, max: 0.98, step: 0.01, says: (q) => `q = ${written(q)}`},
    throws: {start: 13, min: 13, max: 1300, step: 1, says: String},
  },
  buttons: [13, 130, 1300].map((throws) => ({says: `n = ${throws}`, act: () => ({throws}), on: (state) => state.throws === throws})),
  picture(width, height, {q, throws}) {
    const x = scale(LOW, 1, 34, width - 8), foot = height - 40, l = scale(FLOOR, 0, foot, 150), r = scale(0, 1, 120, 22);
    const grid = steps(LOW, 0.9995, 500), [low, high] = interval(throws), drop = belowTop(throws, q), curvature = throws / (9 / 13 * 4 / 13);
    const inside = (/** @type {number[][]} */ points) => points.filter(([, value]) => value >= FLOOR).map(([at, value]) => [x(at), l(value)]);
    let svg = axis(x, foot, [0.2, 0.4, 0.6, 0.8, 1]) + label("end", width - 8, height - 4, "q") + path("axis", [[x(LOW), r(0)], [x(1), r(0)]])
      + label("ink bold", 34, 12, "likelihood, compared with the best") + label("ink bold", 34, 142, "its logarithm (nats)")
      + [0, -2, -4, -6].map((tick) => label("end", 28, l(tick) + 4, written(tick, 0))).join("") + [0, 1].map((tick) => label("end", 28, r(tick) + 4, tick)).join("");
    for (const [many, colour] of Object.entries(COLOURS)) {
      const chosen = Number(many) === throws, named = many === "130" ? -3.2 : -5.6, arch = grid.map((at) => [at, belowTop(Number(many), at)]);
      svg += path(`${colour} ${chosen ? "line" : "thin"}`, inside(arch))
        + path(`${colour} ${chosen ? "line" : "thin"}`, arch.map(([at, value]) => [x(at), r(Math.exp(value))]))
        + label(`ink end ${chosen ? "bold" : ""}`, x(interval(Number(many), -named)[0]) - 3, l(named), many);
    }
    svg += path("data dash", inside(grid.map((at) => [at, -curvature * (at - 9 / 13) ** 2 / 2])))
      + path("ink dash", [[x(9 / 13), 22], [x(9 / 13), foot]])
      + path("data dash", [[x(LOW), l(-1.92)], [x(1), l(-1.92)]]) + path("right wide", [[x(low), l(-1.92)], [x(high), l(-1.92)]])
      + path("ink thin", [[x(q), r(0)], [x(q), r(Math.exp(drop))]]) + dot("ink", x(q), r(Math.exp(drop)), 5)
      + path("ink thin", [[x(q), foot], [x(q), l(Math.max(FLOOR, drop))]]) + (drop >= FLOOR ? dot("ink", x(q), l(drop), 5) : "");
    return {svg, reading: `q = ${written(q)}: <b>${written(drop)}</b> nats, likelihood ${drop > -7 ? written(Math.exp(drop), 3) : "under 0.001"} of the best. Bar: ${written(low, 3)} to ${written(high, 3)}`,
      handles: [{name: "q", colour: "ink", x: [x, "q"], y: foot}]};
  },
};
