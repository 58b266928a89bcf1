import { describe, expect, it } from "vitest";
import { createRandom, logNormal, pick, pickIndex, poisson } from "./random";

const many = <T>(draw: () => T) => Array.from({ length: 20_000 }, draw);
const mean = (numbers: number[]) => numbers.reduce((sum, each) => sum + each, 0) / numbers.length;

describe("seeded randomness", () => {
  it("repeats itself for the same seed only", () => {
    const draw = (seed: string | number) => Array.from({ length: 5 }, createRandom(seed));
    expect(draw(1)).toEqual(draw("1"));
    expect(draw(1)).not.toEqual(draw(2));
    expect(draw("a/1")).not.toEqual(draw("a/2"));
  });

  it("is uniform, from neighbouring seeds too", () => {
    expect(mean(many(createRandom(1)))).toBeCloseTo(0.5, 1);
    let seed = 0;
    const firsts = many(() => createRandom(++seed)());
    expect(mean(firsts)).toBeCloseTo(0.5, 1);
    expect(firsts.filter((each) => each < 0.1).length / firsts.length).toBeCloseTo(0.1, 1);
  });

  it("counts as Poisson counts, for small means and large", () => {
    const random = createRandom(4);
    expect(Math.abs(mean(many(() => poisson(random, 3))) - 3)).toBeLessThan(0.1);
    expect(Math.abs(mean(many(() => poisson(random, 120))) - 120)).toBeLessThan(0.5);
  });

  it("has the median it was given", () => {
    const random = createRandom(5);
    const below = many(() => logNormal(random, 8, 0.7)).filter((each) => each < 8).length;
    expect(below / 20_000).toBeCloseTo(0.5, 1);
  });

  it("picks by weight", () => {
    const random = createRandom(6);
    const threes = many(() => pickIndex(random, [1, 3])).filter((index) => index === 1).length;
    expect(threes / 20_000).toBeCloseTo(0.75, 1);
    expect(() => pick(random, [], () => 1)).toThrow("Nothing to pick from");
  });
});
