const SHARE = 9 / 13;
/** The log-likelihood of q minus its top, when 9/13 of the throws are heads. @param {number} throws @param {number} q */
export const belowTop = (throws, q) => throws * (SHARE * Math.log(q / SHARE) + (1 - SHARE) * Math.log((1 - q) / (1 - SHARE)));
/** The ends of all q that are at most `drop` nats below the top. @param {number} throws @param {number} [drop] */
export const interval = (throws, drop = 1.92) => [0, 1].map((end) => {
  let [inside, outside] = [SHARE, end];
  for (let k = 0; k < 60; k++) {
    const middle = (inside + outside) / 2;
    if (belowTop(throws, middle) < -drop) outside = middle; else inside = middle;
  }
  return inside;
});
