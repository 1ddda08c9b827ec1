import { describe, expect, it } from "vitest";
import {
  breakEvenPoolShare,
  mostProfitablePoolShare,
  poolRevenue,
  poolShareForImpact,
  profitableLiquidationCases,
  repaidFor,
} from "./profitable-liquidation.js";

const pool = { collateral: 1_000, debt: 2_000_000, feeShare: 0.003 };
const profit = (sold: number) => poolRevenue(pool, sold) - repaidFor(pool, 0.05, sold);

describe("profitable liquidation", () => {
  it("default", () => {
    for (const one of profitableLiquidationCases()) expect(one, one.id).toMatchObject({ pass: true });
  });

  it("behavior: a scan of sizes pays up to break-even and not beyond", () => {
    const edge = breakEvenPoolShare(0.05, 0.003) * pool.collateral;
    for (let sold = 0.01; sold < 2 * edge; sold += 0.01)
      if (Math.abs(sold - edge) > 1e-6) expect(profit(sold) > 0).toBe(sold < edge);
  });

  it("behavior: no scanned size pays more than the most profitable", () => {
    const best = mostProfitablePoolShare(0.05, 0.003) * pool.collateral;
    for (let sold = 0; sold < 60; sold += 0.01) expect(profit(sold)).toBeLessThanOrEqual(profit(best));
  });

  it("behavior: the pool's invariant, kept in whole units, moves by the stated impact", () => {
    const sold = poolShareForImpact(0.02) * 1e9;
    const debtLeft = (1e9 * 2e9) / (1e9 + sold);
    expect(debtLeft / (1e9 + sold) / 2).toBeCloseTo(0.98, 12);
  });

  it("limit: a fee as large as the bonus leaves nothing that pays", () => {
    expect(breakEvenPoolShare(0.003, 0.003)).toBe(0);
    expect(mostProfitablePoolShare(0.003, 0.003)).toBe(0);
    expect(breakEvenPoolShare(0.05, 0)).toBeCloseTo(0.05, 15);
    expect(poolShareForImpact(0)).toBe(0);
  });
});
