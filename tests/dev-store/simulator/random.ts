/** A stream of random numbers; the same seed gives the same stream on every machine. */
export type Random = () => number;

/**
 * Uniform numbers in [0, 1) from Chris Doty-Humphrey's sfc32 (PractRand), its 128-bit state filled from the seed's text
 * by FNV-1a. Texts as seeds give every day and every order a stream of its own, so that changing one order leaves the
 * others as they were.
 */
export function createRandom(seed: string | number): Random {
  let a = fnv1a(`a${seed}`);
  let b = fnv1a(`b${seed}`);
  let c = fnv1a(`c${seed}`);
  let counter = 1;
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 4294967296;
  };
  // The generator's author asks for twelve rounds before the first number is used.
  for (let round = 0; round < 12; round++) next();
  return next;
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash | 0;
}

/** True with probability `p`. */
export function chance(random: Random, p: number): boolean {
  return random() < p;
}

/** Uniform in [low, high). */
export function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random();
}

/** Whole number, uniform in [low, high]. */
export function wholeBetween(random: Random, low: number, high: number): number {
  return low + Math.floor((high - low + 1) * random());
}

/** Standard normal, by Box and Muller. */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Log-normal with the given median and sigma of the logarithm. */
export function logNormal(random: Random, median: number, sigma: number): number {
  return median * Math.exp(sigma * normal(random));
}

/** Poisson count: Knuth's product for small means, the rounded normal above 60, where they no longer differ visibly. */
export function poisson(random: Random, mean: number): number {
  if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count++;
  return count;
}

/** One of `choices`, each as likely as its weight. Throws when there is nothing to choose from. */
export function pick<T>(random: Random, choices: readonly T[], weight: (choice: T) => number): T {
  let total = 0;
  for (const choice of choices) total += weight(choice);
  let left = random() * total;
  for (const choice of choices) {
    left -= weight(choice);
    if (left < 0) return choice;
  }
  const last = choices.at(-1);
  if (last === undefined) throw new Error("Nothing to pick from.");
  return last;
}

/** The index of one of `weights`, each as likely as its weight. */
export function pickIndex(random: Random, weights: readonly number[]): number {
  return pick(random, [...weights.keys()], (index) => weights[index] ?? 0);
}
