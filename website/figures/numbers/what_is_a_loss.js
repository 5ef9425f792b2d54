/** @param {number[]} values */
export const mean = (values) => values.reduce((sum, one) => sum + one, 0) / values.length;
/** The middle value of an odd number of values. @param {number[]} values */
export const median = (values) => [...values].sort((a, b) => a - b)[(values.length - 1) / 2];
/** The most common value, the least of them if there are several. @param {number[]} values */
export function mode(values) {
  const count = (/** @type {number} */ one) => values.filter((other) => other === one).length;
  return [...values].sort((a, b) => count(b) - count(a) || a - b)[0];
}
/** What the same guess for all values costs on average: zero-one, absolute, squared. @param {number[]} values @param {number} guess */
export const meanLosses = (values, guess) => [
  mean(values.map((one) => Number(one !== guess))),
  mean(values.map((one) => Math.abs(one - guess))),
  mean(values.map((one) => (one - guess) ** 2)),
];
