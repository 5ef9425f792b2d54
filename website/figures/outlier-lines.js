// Hubble's nebulae under the lines of least squares and of least absolute error; the reader moves the last of them.
import {FIGURES, axis, dot, label, path, scale, written} from "./loss-figure.js";
import {leastAbsolute, leastSquares} from "./numbers/least_squares.js";

FIGURES["outlier-lines"] = {
  question: "Which of the two lines obeys a single point?",
  notice: "Drag the point up: the blue line follows it, and the orange one doesn’t move at all. Then drag it to the right. Now both lines turn, because absolute error resists a wrong velocity but not a wrong distance.",
  height: [330, 330],
  quantities: {
    distance: {start: 2, min: 0.1, max: 6, step: 0.05, nudge: 0.1, says: (v) => `distance ${written(v)} megaparsecs`},
    velocity: {start: 1090, min: -400, max: 2600, step: 10, nudge: 50, says: (v) => `velocity ${written(v, 0)} kilometres per second`},
  },
  buttons: [
    {says: "Wrong velocity", act: () => ({distance: 2, velocity: 2600})},
    {says: "Wrong distance", act: () => ({distance: 6, velocity: 1090})},
  ],
  picture(width, height, {distance, velocity}, /** @type {{distances: number[], velocities: number[]}} */ {distances, velocities}) {
    const x = scale(0, 6, 44, width - 24), y = scale(-400, 2600, height - 44, 26);
    const [xs, ys] = [[...distances.slice(0, -1), distance], [...velocities.slice(0, -1), velocity]];
    const lines = [leastSquares(xs, ys), leastAbsolute(xs, ys)];
    let svg = axis(x, y(-400), [0, 1, 2, 3, 4, 5, 6]) + label("end", width, height - 6, "distance (Mpc)") + label("", 0, 12, "velocity (km/s)")
      + [0, 1000, 2000].map((tick) => label("end", 36, y(tick) + 4, tick) + path("quiet grid", [[x(0), y(tick)], [x(6), y(tick)]])).join("");
    for (const [k, [slope, intercept]] of lines.entries()) {
      const end = Math.min(6, (2600 - intercept) / slope);
      svg += path(`${k ? "model" : "truth"} line`, [[x(0), y(intercept)], [x(end), y(slope * end + intercept)]]);
    }
    svg += xs.slice(0, -1).map((at, k) => dot("data", x(at), y(ys[k]), 3.5)).join("");
    const [high, low] = lines[0][0] * 3.4 + lines[0][1] > lines[1][0] * 3.4 + lines[1][1] ? [0, 1] : [1, 0];
    for (const [k, side] of /** @type {[number, number][]} */ ([[high, -14], [low, 22]])) {
      const at = 3.4, top = y(lines[k][0] * at + lines[k][1]) + side;
      svg += label(`${k ? "model" : "truth"} name bold ${side < 0 ? "end" : ""}`, x(at), Math.max(40, top), k ? "absolute" : "squares");
    }
    return {svg, reading: `Slopes: squares <b>${written(lines[0][0], 1)}</b>, absolute <b>${written(lines[1][0], 1)}</b> km/s per Mpc`,
      handles: [{name: "One nebula", colour: "data", x: [x, "distance"], y: [y, "velocity"]}]};
  },
};
