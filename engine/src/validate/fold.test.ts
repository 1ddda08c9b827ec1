import { describe, expect, it } from "vitest";
import { normalCdf } from "../math/index.js";
import { acceptanceBell, deepestDrop, foldCases, folds, shallowestDrop, type ThresholdBell } from "./fold.js";

const residual = ({ reach, centre, width }: ThresholdBell, shock: number, drop: number) =>
  drop - shock - reach * normalCdf((drop - centre) / width);

/** The first root from below, by brute scan. */
function scannedShallowest(bell: ThresholdBell, shock: number, step: number): number {
  let drop = shock;
  while (residual(bell, shock, drop) < 0) drop += step;
  return drop;
}

describe("fold", () => {
  it("default", () => {
    for (const one of foldCases()) expect(one, one.id).toMatchObject({ pass: true });
  });

  it("behavior: a scan of the whole line finds the same drops", () => {
    for (const shock of [-0.2, -0.05, 0, 0.05, 0.0699, 0.0701, 0.1, 0.3]) {
      const scanned = scannedShallowest(acceptanceBell, shock, 1e-6);
      expect(Math.abs(shallowestDrop(acceptanceBell, shock) - scanned), `shock ${shock}`).toBeLessThan(2e-6);
    }
  });

  it("behavior: bisection on where the scanned drop jumps finds the fold", () => {
    const fold = folds(acceptanceBell);
    let before = 0;
    let after = 0.1;
    while (after - before > 1e-7) {
      const middle = (before + after) / 2;
      if (scannedShallowest(acceptanceBell, middle, 1e-5) > 0.2) after = middle;
      else before = middle;
    }
    expect(Math.abs(after - (fold?.collapseShock ?? 0))).toBeLessThan(1e-6);
  });

  it("behavior: every drop solves its equation, the deepest is never above the shallowest's depth", () => {
    for (let shock = -0.3; shock < 0.3; shock += 0.0123) {
      const shallow = shallowestDrop(acceptanceBell, shock);
      const deep = deepestDrop(acceptanceBell, shock);
      expect(Math.abs(residual(acceptanceBell, shock, shallow))).toBeLessThan(1e-14);
      expect(Math.abs(residual(acceptanceBell, shock, deep))).toBeLessThan(1e-14);
      expect(deep).toBeGreaterThanOrEqual(shallow);
    }
  });

  it("behavior: between the two folds the drops differ, outside they are one", () => {
    expect(deepestDrop(acceptanceBell, 0) - shallowestDrop(acceptanceBell, 0)).toBeGreaterThan(0.2);
    for (const shock of [-0.08, 0.08])
      expect(deepestDrop(acceptanceBell, shock)).toBeCloseTo(shallowestDrop(acceptanceBell, shock), 14);
  });

  it("limit: at and below the bistability limit there is no fold and one drop", () => {
    const single = { ...acceptanceBell, reach: 0.1 };
    expect(folds(single)).toBeNull();
    for (const shock of [-0.1, 0.05, 0.1, 0.2]) expect(deepestDrop(single, shock)).toBe(shallowestDrop(single, shock));
    expect(folds({ ...acceptanceBell, reach: 0.1003 })).not.toBeNull();
  });
});
