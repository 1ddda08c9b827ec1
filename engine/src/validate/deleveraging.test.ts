import { describe, expect, it } from "vitest";
import { proRataHaircut } from "../exact/deleveraging/index.js";
import { deleveragingCases, deleveragingExample } from "./deleveraging.js";
import { deleveragingWaves } from "./deleveraging-waves.js";

describe("deleveraging", () => {
  it("default", () => {
    for (const one of deleveragingCases()) expect(one, one.id).toMatchObject({ pass: true });
    expect(deleveragingCases().length).toBe(25);
  });

  it("behavior: the example's haircuts by hand, as fractions", () => {
    // 7.5 of 12.5 is 0.6; with half of 8 as a cap, 4 + (7.5 - 4) of (4 + 0.5).
    const { profits, budget } = deleveragingExample;
    expect(proRataHaircut(budget, profits).amounts).toEqual([4_800_000n, 2_400_000n, 300_000n, 0n, 0n]);
    const level = deleveragingCases().find(({ id }) => id === "deleveraging/capped-level");
    expect(level?.actual).toBeCloseTo(3.5 / 4.5, 6);
  });

  it("behavior: the share of pro rata does not depend on how a wave's winners are split", () => {
    for (const { needed, capacity, wave } of deleveragingWaves) {
      const parts = [capacity / 2n, capacity / 3n, capacity - capacity / 2n - capacity / 3n];
      const shares = proRataHaircut(needed, parts).amounts.map(
        (amount, place) => Number(amount) / Number(parts[place]),
      );
      for (const share of shares) expect(share, `wave ${wave}`).toBeCloseTo(Number(needed) / Number(capacity), 9);
    }
  });

  it("behavior: in eleven waves the file's largest share is ours, in five, where no winner's profit reached its equity, it is smaller", () => {
    const same = deleveragingWaves.filter(
      ({ needed, capacity, proRataShare }) => Math.abs(Number(needed) / Number(capacity) / proRataShare - 1) < 1e-7,
    );
    expect(same.map(({ wave }) => wave)).toEqual([1, 2, 4, 5, 7, 8, 10, 12, 13, 14, 17]);
    for (const wave of deleveragingWaves.filter((one) => !same.includes(one))) {
      expect(wave.proRataShare).toBeLessThan(Number(wave.needed) / Number(wave.capacity));
    }
  });

  it("behavior: the table is a table: waves ascend in number and time, nothing is negative, pro rata meets what is needed", () => {
    deleveragingWaves.forEach((one, place) => {
      if (place > 0) {
        expect(one.wave).toBeGreaterThan(deleveragingWaves[place - 1].wave);
        expect(one.startMs - deleveragingWaves[place - 1].startMs).toBeGreaterThanOrEqual(5_000);
      }
      for (const money of [one.deficit, one.needed, one.production, one.contractProRata, one.vector, one.capacity]) {
        expect(money > 0n, `wave ${one.wave}`).toBe(true);
      }
      expect(one.proRata - one.needed <= 1n && one.needed - one.proRata <= 1n).toBe(true);
      expect(one.capacity > one.needed).toBe(true);
    });
  });
});
