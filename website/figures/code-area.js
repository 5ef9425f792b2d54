// The weather code: a tile for each day, as wide as it is probable and as tall as its word, and below the room that the words need.
import {FIGURES, box, label, path, scale, written} from "./loss-figure.js";
import {entropy, kraft, meanLength, prefixCode} from "./numbers/information.js";

const DAYS = ["sun", "cloud", "rain", "snow"], P = [1 / 2, 1 / 4, 1 / 8, 1 / 8], LONGEST = 5;
const bitsLong = (/** @type {number} */ v) => `${v} ${v === 1 ? "bit" : "bits"}`;

FIGURES["code-area"] = {
  question: "How short can the words for the weather be?",
  notice: "The total area is the mean length. Shorten sun to 1 bit, and the words need more room than there is: no such code exists, until rain and snow get longer. Whatever you try, a code that fits never gets below the entropy, 1.75 bits.",
  height: [380, 380],
  quantities: Object.fromEntries(DAYS.map((day) => [day, {start: 2, min: 1, max: LONGEST, step: 1, says: bitsLong}])),
  picture(width, height, state) {
    const lengths = DAYS.map((day) => state[day]), room = kraft(lengths), fits = room <= 1, look = fits ? "truth" : "wrong";
    const x = scale(0, 1, 24, width - 4), foot = height - 130, y = scale(0, LONGEST, foot, 26), words = prefixCode(lengths);
    let svg = label("", 0, 12, "bits") + [0, 1, 2, 3, 4, 5].map((tick) => label("end", 16, y(tick) + 4, tick) + path("quiet grid", [[x(0), y(tick)], [x(1), y(tick)]])).join("");
    let left = 0;
    const handles = DAYS.map((day, k) => {
      const middle = x(left + P[k] / 2);
      svg += box(`${look} bar faint`, x(left) + 1, y(lengths[k]), x(P[k]) - x(0) - 2, foot - y(lengths[k]))
        + label("ink middle", middle, foot + 18, day) + label("middle", middle, foot + 34, ["½", "¼", "⅛", "⅛"][k])
        + (fits ? label("ink middle bold", middle, Math.max(y(lengths[k]) + 34, foot - 8), words[k]) : "");
      left += P[k];
      return {name: `Length of the word for ${day}`, colour: look, x: middle, y: /** @type {[import("./loss-figure.js").Scale, string]} */ ([y, day])};
    });
    const scaled = scale(0, 2, x(0), x(1)), top = height - 44;
    svg += label("", x(0), top - 8, "the room that the words need; there is 1") + path("axis", [[scaled(0), top], [scaled(1), top], [scaled(1), top + 24], [scaled(0), top + 24], [scaled(0), top]]);
    let from = 0;
    for (const [k, day] of DAYS.entries()) {
      const wide = scaled(2 ** -lengths[k]) - scaled(0);
      svg += box(`${from + 2 ** -lengths[k] > 1 ? "wrong" : "truth"} bar faint`, scaled(from) + 1, top + 2, wide - 2, 20) + (wide > 32 ? label("ink middle", scaled(from) + wide / 2, top + 17, day) : "");
      from += 2 ** -lengths[k];
    }
    return {svg, reading: `Mean length <b>${written(meanLength(P, lengths), 3)}</b> bits, entropy ${written(entropy(P))}. ${fits ? "The words need" : "No such code:"} ${written(room, 3)} of the room`, handles};
  },
};
