const A = [[1, 0.45], [0.45, 0.7]]; // the data loss is (w − ŵ)ᵀ A (w − ŵ)
/** @typedef {[number, number]} Pair two weights */
/** @param {Pair} v @returns {Pair} */
const times = ([a, b]) => [A[0][0] * a + A[0][1] * b, A[1][0] * a + A[1][1] * b];
/** (w − ŵ)ᵀ A (w − ŵ). @param {Pair} w @param {Pair} optimum */
export function dataLoss(w, optimum) {
  const [a, b] = [w[0] - optimum[0], w[1] - optimum[1]], [c, d] = times([a, b]);
  return a * c + b * d;
}
/** ρ Σ|w| + (1 − ρ) Σw². @param {Pair} w @param {number} ratio ρ, which is 1 for L1 and 0 for L2 */
export const penalty = ([a, b], ratio) => ratio * (Math.abs(a) + Math.abs(b)) + (1 - ratio) * (a * a + b * b);
/** The least of data loss plus `strength` times the penalty: each pattern of signs has one candidate. @param {Pair} optimum @param {number} strength @param {number} ratio @returns {Pair} */
export function elasticNet(optimum, strength, ratio) {
  const [g, h] = times(optimum), extra = strength * (1 - ratio), pull = strength * ratio / 2;
  /** @type {Pair} */
  let best = [0, 0];
  for (const s of [-1, 0, 1]) for (const t of [-1, 0, 1]) {
    const [p, q, r] = [A[0][0] + extra, A[0][1], A[1][1] + extra], [u, v] = [g - pull * s, h - pull * t];
    const one = s && t ? (r * u - q * v) / (p * r - q * q) : s ? u / p : 0;
    const other = s && t ? (p * v - q * u) / (p * r - q * q) : t ? v / r : 0;
    /** @type {Pair} */
    const w = [one, other];
    const cost = (/** @type {Pair} */ at) => dataLoss(at, optimum) + strength * penalty(at, ratio);
    if (Math.sign(one) === s && Math.sign(other) === t && cost(w) < cost(best)) best = w;
  }
  return best;
}
/** The strength at which the penalty has come down to the budget. @param {Pair} optimum @param {number} budget @param {number} ratio */
export function strengthFor(optimum, budget, ratio) {
  let [low, high] = [0, 100];
  if (penalty(optimum, ratio) <= budget) return 0;
  for (let k = 0; k < 100; k++) {
    const middle = (low + high) / 2;
    if (penalty(elasticNet(optimum, middle, ratio), ratio) > budget) low = middle; else high = middle;
  }
  return high;
}
/** The ways from a corner or tip of the budget to the optima whose best weights lie there. @param {Pair} tip on an axis @param {number} ratio @returns {Pair[]} */
export function wedge(tip, ratio) {
  const det = A[0][0] * A[1][1] - A[0][1] * A[1][0];
  return [-1, 1].map((t) => {
    const [u, v] = tip.map((one) => one ? ratio * Math.sign(one) + 2 * (1 - ratio) * one : ratio * t);
    return [(A[1][1] * u - A[0][1] * v) / det, (A[0][0] * v - A[1][0] * u) / det];
  });
}
