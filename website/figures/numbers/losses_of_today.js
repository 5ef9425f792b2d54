/** What focal loss charges for the probability q of the true class, in nats. @param {number} q @param {number} gamma */
export const focal = (q, gamma) => (1 - q) ** gamma * -Math.log(q);
/** What a report q costs on average, if "yes" has probability p. @param {number} p @param {number} q @param {number} gamma */
export const averageFocal = (p, q, gamma) => p * focal(q, gamma) + (1 - p) * focal(1 - q, gamma);
/** The report that costs least on average. @param {number} p @param {number} gamma */
export function bestReport(p, gamma) {
  const pull = (/** @type {number} */ q) => (1 - q) ** gamma / q - gamma * (1 - q) ** (gamma - 1) * Math.log(q);
  let [low, high] = [0, 1];
  for (let k = 0; k < 60; k++) {
    const q = (low + high) / 2;
    if (p * pull(q) > (1 - p) * pull(1 - q)) low = q; else high = q;
  }
  return (low + high) / 2;
}
