/** How far each rival is past the edge, Δ below the true class. @param {number} label @param {number[]} scores @param {number} [margin] */
export const shortfalls = (label, scores, margin = 1) =>
  scores.map((s, k) => k === label ? 0 : Math.max(0, s - scores[label] + margin));
/** The multiclass hinge loss. @param {number} label @param {number[]} scores @param {number} [margin] */
export const hinge = (label, scores, margin = 1) => shortfalls(label, scores, margin).reduce((sum, one) => sum + one, 0);
/** Its slope in each score. @param {number} label @param {number[]} scores @param {number} [margin] */
export function hingeGradient(label, scores, margin = 1) {
  const past = shortfalls(label, scores, margin).map((one) => Number(one > 0));
  return past.map((one, k) => k === label ? -past.reduce((sum, other) => sum + other, 0) : one);
}
