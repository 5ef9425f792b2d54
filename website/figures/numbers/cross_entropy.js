/** ln Σ exp(s), without overflow. @param {number[]} scores */
export function logsumexp(scores) {
  const top = Math.max(...scores);
  return top + Math.log(scores.reduce((sum, s) => sum + Math.exp(s - top), 0));
}
/** @param {number[]} scores */
export function softmax(scores) {
  const top = Math.max(...scores), odds = scores.map((s) => Math.exp(s - top));
  const all = odds.reduce((sum, one) => sum + one, 0);
  return odds.map((one) => one / all);
}
/** −ln q_y in nats. @param {number} label @param {number[]} scores */
export const crossEntropy = (label, scores) => logsumexp(scores.map((s) => s - scores[label]));
/** q − y. @param {number} label @param {number[]} scores */
export function crossEntropyGradient(label, scores) {
  const q = softmax(scores);
  // the rest of the sum, where 1 − q_y would lose its digits
  return q.map((one, k) => k !== label ? one : -q.reduce((sum, other, j) => sum + (j === label ? 0 : other), 0));
}
