// Two humps P and one bell Q, and below them both divergences against the mean of Q.
import {FIGURES, axis, dot, label, path, scale, steps, written} from "./loss-figure.js";
import {divergences, logNormal, logTruth} from "./numbers/kl_divergence.js";

const COLOURS = ["model", "wrong"], HIGHEST = 2.6;
/** The least divergences at each mean, drawn once. @type {[number, [number, number]][]} */
let valleys = [];
const least = () => steps(-4, 4, 61).map((mean) => {
  const all = steps(0.5, 3, 26).map((std) => divergences(mean, std));
  return /** @type {[number, [number, number]]} */ ([mean, [0, 1].map((k) => Math.min(...all.map((one) => one[k])))]);
});

FIGURES["kl-directions"] = {
  question: "Which bell curve is nearest to the two humps?",
  notice: "Make the forward divergence small, and your bell has to cover both humps. Make the reverse one as small as you can, and your bell ends on the taller hump, because whatever Q puts where P has next to nothing costs a lot. In the lower picture, the dots are your bell and the curves are the best that each mean allows.",
  height: [380, 380],
  quantities: {
    mean: {start: 0.8, min: -4, max: 4, step: 0.05, says: (v) => `mean ${written(v)}`},
    std: {start: 1.2, min: 0.65, max: 3, step: 0.05, says: (v) => `standard deviation ${written(v)}`},
  },
  buttons: [
    {says: "Best forward", act: () => ({mean: -0.4, std: 2.1})},
    {says: "Best reverse", act: () => ({mean: -2, std: 0.7})},
  ],
  picture(width, height, {mean, std}) {
    const both = divergences(mean, std), x = scale(-6, 6, 30, width - 8), foot = 180;
    const y = scale(0, 0.62, foot, 14), across = steps(-6, 6, 181), peak = y(Math.exp(logNormal(0, 0, std)));
    const bell = across.map((at) => [x(at), y(Math.exp(logNormal(at, mean, std)))]);
    const truth = across.map((at) => [x(at), y(Math.exp(logTruth(at)))]);
    let svg = path("truth area", [...truth, [x(6), foot], [x(-6), foot]]) + path("truth thin", truth) + path("ink line", bell)
      + path("ink dash", [[x(mean), peak], [x(mean), foot], [x(mean + std), foot]]) + axis(x, foot, [-6, -4, -2, 0, 2, 4, 6])
      + label("truth name bold middle", x(-2), y(0.4), "truth P") + label(`ink bold ${mean > 3 ? "end" : ""}`, x(mean) + (mean > 3 ? -24 : 24), peak - 4, "your Q");
    const floor = height - 26, d = scale(0, HIGHEST, floor, foot + 52);
    valleys = valleys.length ? valleys : least();
    svg += axis(x, floor, [-4, -2, 0, 2, 4]) + label("", 0, foot + 46, "divergence (nats) at each mean of Q")
      + [0, 1, 2].map((tick) => label("end", 24, d(tick) + 4, tick)).join("") + path("axis", [[x(mean), d(0)], [x(mean), d(HIGHEST)]]);
    for (const [k, name] of ["forward", "reverse"].entries()) {
      svg += path(`${COLOURS[k]} line`, valleys.filter(([, one]) => one[k] <= HIGHEST).map(([at, one]) => [x(at), d(one[k])]))
        + dot(COLOURS[k], x(mean), d(Math.min(both[k], HIGHEST)), 6)
        + label(`${COLOURS[k]} name bold`, Math.min(x(k ? 3.35 : 4.1), width - 58), d(k ? 2.2 : 1.5), name);
    }
    return {svg, reading: `Forward D(P‖Q) <b>${written(both[0], 3)}</b>, reverse D(Q‖P) <b>${written(both[1], 3)}</b> nats`,
      handles: [{name: "Mean of Q", colour: "ink", x: [x, "mean"], y: peak},
        {name: "Width of Q", colour: "ink", x: [scale(0, 12, x(mean), x(mean + 12)), "std"], y: foot}]};
  },
};
