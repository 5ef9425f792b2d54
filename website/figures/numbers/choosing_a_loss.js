/** A Chebyshev series at t between 0 and 1. @param {number[]} series @param {number} t */
export function chebyshev(series, t) {
  const x = 2 * t - 1;
  let [one, other] = [0, 0];
  for (let k = series.length - 1; k > 0; k--) [one, other] = [series[k] + 2 * x * one - other, one];
  return series[0] + x * one - other;
}
/** What a series of steps has reached at step k. @param {[number, number][]} jumps each a step and the value from there @param {number} k */
export const reached = (jumps, k) => /** @type {[number, number]} */ (jumps.findLast(([at]) => at <= k))[1];
