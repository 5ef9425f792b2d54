// How many balls on each side of the scale: what its three outcomes tell, and how many cases the worst of them leaves.
import {FIGURES, box, label, path, scale, written} from "./loss-figure.js";
import {bits, entropy} from "./numbers/information.js";

const CASES = 24, SETTLED = 9, LOOKS = ["sky", "data", "accent"], OUTCOMES = ["left heavier", "level", "right heavier"];
const parts = (/** @type {number} */ m) => [2 * m, CASES - 4 * m, 2 * m];

FIGURES["first-weighing"] = {
  question: "One of 12 balls is lighter or heavier than the others. How many go on the scale first?",
  notice: "Each square is one of the 24 cases. Whatever the outcome, two more weighings can tell at most 3 · 3 = 9 cases apart. Only 4 balls on each side leave at most 9, and their three outcomes are equally probable: the weighing that tells the most on average also has the mildest worst case.",
  height: [290, 300],
  quantities: {balls: {start: 2, min: 1, max: 6, step: 1, says: (m) => `${m} on each side`}},
  picture(width, height, {balls}) {
    const x = scale(0, CASES, 52, width - 60), row = (height - 44) / 6, y = scale(1, 6, 30 + row * 5.5, 30 + row / 2), size = x(1) - x(0);
    let svg = label("ink", x(0), 14, OUTCOMES[0]) + label("ink middle", x(12), 14, OUTCOMES[1]) + label("ink end", x(CASES), 14, OUTCOMES[2])
      + label("end", width, 14, "worst") + path("axis", [[22, y(1)], [22, y(6)]]);
    for (let m = 1; m <= 6; m++) {
      let left = 0;
      for (const [k, many] of parts(m).entries()) {
        for (let one = 0; one < many; one++) {
          svg += box(`${LOOKS[k]} bar ${m === balls ? "" : "dim"}`, x(left + one) + 0.75, y(m) - size * 0.7, size - 1.5, size * 1.4);
        }
        if (many && m === balls) svg += label("ink middle bold", x(left + many / 2), y(m) - size * 0.7 - 4, `${written(bits(many / CASES))}`);
        left += many;
      }
      const worst = Math.max(...parts(m));
      svg += label(`${worst > SETTLED ? "wrong" : "right"} name end ${m === balls ? "bold" : ""}`, width, y(m) + 5, `${worst} ${worst > SETTLED ? "✗" : "✓"}`) + (m === balls ? "" : label("middle", 22, y(m) + 5, m));
    }
    const worst = Math.max(...parts(balls));
    return {svg, reading: `${balls} on each side: <b>${written(entropy(parts(balls).map((one) => one / CASES)), 3)}</b> bits on average; the worst outcome leaves ${worst} cases, ${worst > SETTLED ? "too many" : "few enough"} for two weighings`,
      handles: [{name: "Balls on each side", colour: "ink", x: 22, y: [y, "balls"]}]};
  },
};
