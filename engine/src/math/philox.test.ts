import { describe, expect, it } from "vitest";
import { AssertionError } from "../book/problem.js";
import { normalInverse } from "./normal.js";
import { fillNormal, fillUniform, normal, philox, uniform } from "./philox.js";

const words = (text: string): number[] => text.split(" ").map((word) => Number.parseInt(word, 16));

// Random123, tests/kat_vectors: counter, key, result of philox4x32 with 10 rounds.
const KNOWN_ANSWERS = [
  ["00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"],
  ["ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"],
  ["243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"],
];

/** Philox in bigint, from the paper's formulas, sharing nothing with the code under test. */
function philoxExact(counter: number[], key: number[]): number[] {
  let x = counter.map(BigInt);
  let k = key.map(BigInt);
  for (let round = 0; round < 10; round++) {
    const first = 0xd2511f53n * x[0];
    const second = 0xcd9e8d57n * x[2];
    x = [(second >> 32n) ^ x[1] ^ k[0], second & 0xffffffffn, (first >> 32n) ^ x[3] ^ k[1], first & 0xffffffffn];
    k = [(k[0] + 0x9e3779b9n) & 0xffffffffn, (k[1] + 0xbb67ae85n) & 0xffffffffn];
  }
  return x.map(Number);
}

describe("philox", () => {
  it("default: the published known answers", () => {
    for (const [counter, key, answer] of KNOWN_ANSWERS) {
      const [c0, c1, c2, c3] = words(counter);
      const [k0, k1] = words(key);
      const out = new Uint32Array(4);
      philox(c0, c1, c2, c3, k0, k1, out);
      expect([...out]).toEqual(words(answer));
    }
  });

  it("behavior: equals the bigint formulas on 5,000 chained blocks", () => {
    let counter = [1, 2, 3, 4];
    const key = [5, 6];
    const out = new Uint32Array(4);
    for (let i = 0; i < 5_000; i++) {
      philox(counter[0], counter[1], counter[2], counter[3], key[0], key[1], out);
      expect([...out]).toEqual(philoxExact(counter, key));
      counter = [...out];
      key[i & 1] = counter[2] ^ 0;
      key[i & 1] >>>= 0;
    }
  });
});

describe("uniform", () => {
  it("default: the address is the counter, the seed is the key", () => {
    const seed = 0x12345 * 4294967296 + 0x9abcdef0;
    const [high, low] = philoxExact([7, 3, 11, 2], [0x9abcdef0, 0x12345]);
    expect(uniform(seed, 11, 3, 2, 7)).toBe(((high >>> 6) * 67108864 + (low >>> 6) + 0.5) / 4503599627370496);
  });

  it("behavior: pinned values, so that a tape of today is a tape of tomorrow", () => {
    expect([0, 1, 2].map((index) => uniform(20210519, 1, 2, 3, index))).toMatchInlineSnapshot(`
      [
        0.3609549995717506,
        0.3063452922494322,
        0.3898157054266628,
      ]
    `);
    expect([0, 1, 2].map((index) => normal(20210519, 1, 2, 3, index))).toMatchInlineSnapshot(`
      [
        -0.35590728604750804,
        -0.5062365712657138,
        -0.279799401564991,
      ]
    `);
  });

  it("behavior: the bulk fills are the single draws", () => {
    const uniforms = new Float64Array(300);
    const normals = new Float64Array(300);
    const seed = Number.MAX_SAFE_INTEGER;
    fillUniform(uniforms, seed, 4294967295, 17, 5);
    fillNormal(normals, seed, 4294967295, 17, 5);
    for (let i = 0; i < 300; i++) {
      expect(uniforms[i]).toBe(uniform(seed, 4294967295, 17, 5, i));
      expect(normals[i]).toBe(normal(seed, 4294967295, 17, 5, i));
      expect(normals[i]).toBe(normalInverse(uniforms[i]));
    }
  });

  it("behavior: every part of the address matters, both words of the seed too", () => {
    const base = [12345, 1, 2, 3, 4] as const;
    const seen = new Set<number>([uniform(...base)]);
    for (let place = 0; place < 5; place++) {
      const moved: [number, number, number, number, number] = [...base];
      moved[place] += 1;
      seen.add(uniform(...moved));
    }
    seen.add(uniform(12345 + 4294967296, 1, 2, 3, 4));
    expect(seen.size).toBe(7);
  });

  it("behavior: a million draws are uniform and normal in their first moments", () => {
    const draws = new Float64Array(1_000_000);
    fillUniform(draws, 1, 0, 0, 0);
    let sum = 0;
    const bins = new Array<number>(100).fill(0);
    for (const u of draws) {
      if (!(u > 0 && u < 1)) expect.fail(`${u} is not inside (0, 1)`);
      sum += u;
      bins[Math.floor(u * 100)]++;
    }
    // Four standard errors; the seed is fixed, so the test cannot flicker.
    expect(Math.abs(sum / 1e6 - 0.5)).toBeLessThan(4 * 0.000289);
    const chiSquare = bins.reduce((total, count) => total + (count - 10_000) ** 2 / 10_000, 0);
    expect(chiSquare).toBeLessThan(99 + 4 * Math.sqrt(198));

    fillNormal(draws, 1, 0, 0, 0);
    let first = 0;
    let second = 0;
    let fourth = 0;
    for (const z of draws) {
      first += z;
      second += z * z;
      fourth += z * z * z * z;
    }
    expect(Math.abs(first / 1e6)).toBeLessThan(0.004);
    expect(Math.abs(second / 1e6 - 1)).toBeLessThan(4 * 0.00142);
    expect(Math.abs(fourth / 1e6 - 3)).toBeLessThan(4 * 0.0098);
  });

  it("limit: the largest and smallest draws stay inside the open interval", () => {
    const largest = (67108863 * 67108864 + 67108863 + 0.5) / 4503599627370496;
    expect(largest).toBe(1 - 2 ** -53);
    expect(0.5 / 4503599627370496).toBe(2 ** -53);
  });

  it("limit: an empty fill", () => {
    fillNormal(new Float64Array(0), 1, 2, 3, 4);
  });

  it("error: an address outside its range", () => {
    expect(() => uniform(-1, 0, 0, 0, 0)).toThrow(AssertionError);
    expect(() => uniform(9007199254740992, 0, 0, 0, 0)).toThrow(AssertionError);
    expect(() => uniform(0, 4294967296, 0, 0, 0)).toThrow(AssertionError);
    expect(() => uniform(0, 0, 0.5, 0, 0)).toThrow(AssertionError);
    expect(() => uniform(0, 0, 0, -1, 0)).toThrow(AssertionError);
    expect(() => uniform(0, 0, 0, 0, Number.NaN)).toThrow(AssertionError);
    expect(() => fillNormal(new Float64Array(1), 0.5, 0, 0, 0)).toThrow(AssertionError);
  });
});
