/** What news of this probability tells, in bits. @param {number} p */
export const bits = (p) => -Math.log2(p);
/** What the outcomes tell on average, in bits. @param {number[]} p */
export const entropy = (p) => p.reduce((sum, one) => sum + (one ? one * bits(one) : 0), 0);
/** The room that words of these lengths need; a code has 1. @param {number[]} lengths */
export const kraft = (lengths) => lengths.reduce((sum, one) => sum + 2 ** -one, 0);
/** @param {number[]} p @param {number[]} lengths */
export const meanLength = (p, lengths) => p.reduce((sum, one, k) => sum + one * lengths[k], 0);
/** Words of these lengths of which none begins another: from short to long, each is the next free one. @param {number[]} lengths */
export function prefixCode(lengths) {
  const words = Array(lengths.length).fill(""), order = lengths.map((_, k) => k).sort((a, b) => lengths[a] - lengths[b]);
  let room = 0;
  for (const k of order) {
    words[k] = (room * 2 ** lengths[k]).toString(2).padStart(lengths[k], "0");
    room += 2 ** -lengths[k];
  }
  return words;
}
