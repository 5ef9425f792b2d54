/** @typedef {[number, number]} Line slope and intercept */
/** The line of least squares. @param {number[]} x @param {number[]} y @returns {Line} */
export function leastSquares(x, y) {
  const mean = (/** @type {number[]} */ all) => all.reduce((sum, one) => sum + one, 0) / all.length;
  const [mx, my] = [mean(x), mean(y)];
  const slope = mean(x.map((one, k) => (one - mx) * (y[k] - my))) / mean(x.map((one) => (one - mx) ** 2));
  return [slope, my - slope * mx];
}
/** The line of least absolute error: a best one goes through two of the points. @param {number[]} x @param {number[]} y @returns {Line} */
export function leastAbsolute(x, y) {
  /** @type {Line} */
  let best = [0, 0];
  let least = Infinity;
  for (let i = 0; i < x.length; i++) for (let j = i + 1; j < x.length; j++) {
    if (x[i] === x[j]) continue;
    const slope = (y[j] - y[i]) / (x[j] - x[i]), intercept = y[i] - slope * x[i];
    const cost = x.reduce((sum, one, k) => sum + Math.abs(y[k] - slope * one - intercept), 0);
    if (cost < least) [least, best] = [cost, [slope, intercept]];
  }
  return best;
}
