import { describe, expect, it } from "vitest";
import { WAD } from "../scales.js";
import { accountData, liquidate, MustNotLeaveDust } from "./index.js";
import { call, opened, prices, twoReserves } from "./test-support.js";

/**
 * Vectors of an independent integer replica (aave_v3): WETH at a threshold of 83 %, USDC debt, bonus 10500, protocol fee 1000, no limit on the cover. Where a vector
 * names no bonus or fee it uses those too: its results fit them to the last unit.
 */
interface Vector {
  readonly name: string;
  readonly weth: bigint;
  readonly price: number;
  readonly debt: bigint;
  readonly healthFactor: bigint;
  readonly collateralBase: bigint;
  readonly debtBase: bigint;
  readonly most: bigint;
  readonly repaid: bigint;
  readonly toLiquidator: bigint;
  readonly fee: bigint;
  readonly deficit: bigint;
}

const vectors: readonly Vector[] = [
  {
    name: "hf between .95 and 1 -> 50% of TOTAL debt",
    weth: 10n * WAD,
    price: 2000,
    debt: 17_000_000_000n,
    healthFactor: 976470588235294117n,
    collateralBase: 2000000000000n,
    debtBase: 1700000000000n,
    most: 8500000000n,
    repaid: 8500000000n,
    toLiquidator: 4441250000000000000n,
    fee: 21250000000000000n,
    deficit: 0n,
  },
  {
    name: "hf <= .95 -> 100%",
    weth: 10n * WAD,
    price: 1900,
    debt: 17_000_000_000n,
    healthFactor: 927647058823529411n,
    collateralBase: 1900000000000n,
    debtBase: 1700000000000n,
    most: 17000000000n,
    repaid: 17000000000n,
    toLiquidator: 9349999999999999998n,
    fee: 44736842105263158n,
    deficit: 0n,
  },
  {
    name: "small position (<2000 USD debt) -> 100%",
    weth: WAD,
    price: 2000,
    debt: 1_700_000_000n,
    healthFactor: 976470588235294117n,
    collateralBase: 200000000000n,
    debtBase: 170000000000n,
    most: 1700000000n,
    repaid: 1700000000n,
    toLiquidator: 888250000000000000n,
    fee: 4250000000000000n,
    deficit: 0n,
  },
  {
    name: "underwater: all collateral seized, deficit booked",
    weth: 10n * WAD,
    price: 1700,
    debt: 17_000_000_000n,
    healthFactor: 830000000000000000n,
    collateralBase: 1700000000000n,
    debtBase: 1700000000000n,
    most: 17000000000n,
    repaid: 16190476191n,
    toLiquidator: 9952380952380952380n,
    fee: 47619047619047620n,
    deficit: 809523809n,
  },
];

describe("aave v3: golden vectors", () => {
  for (const vector of vectors)
    it(`golden: MECHANISMS section 1, golden vector "${vector.name}"`, () => {
      const state = opened(twoReserves, { supplies: { WETH: vector.weth }, debts: { USDC: vector.debt } });
      const data = accountData(twoReserves, state, "borrower", prices(vector.price));
      expect(data.healthFactorWad).toBe(vector.healthFactor);
      expect(data.collateralBase).toBe(vector.collateralBase);
      expect(data.debtBase).toBe(vector.debtBase);
      const outcome = liquidate(twoReserves, state, call(), prices(vector.price));
      expect(outcome.mostRepayableUnits).toBe(vector.most);
      expect(outcome.amounts).toEqual({
        repaidUnits: vector.repaid,
        seizedUnits: vector.toLiquidator + vector.fee,
        toLiquidatorUnits: vector.toLiquidator,
        feeUnits: vector.fee,
      });
      expect(outcome.deficitUnits.USDC ?? 0n).toBe(vector.deficit);
      expect(outcome.state.reserves.USDC.deficitUnits).toBe(vector.deficit);
    });

  it('golden: MECHANISMS section 1, golden vector "dust revert: cover 16500 of 17000 (leaves 500)"', () => {
    const state = opened(twoReserves, { supplies: { WETH: 10n * WAD }, debts: { USDC: 17_000_000_000n } });
    const data = accountData(twoReserves, state, "borrower", prices(1900));
    expect(data.healthFactorWad).toBe(927647058823529411n);
    expect(() => liquidate(twoReserves, state, call({ debtToCoverUnits: 16_500_000_000n }), prices(1900))).toThrow(
      MustNotLeaveDust,
    );
  });

  it("golden: the excerpt in MECHANISMS section 30 is the same vectors", () => {
    const state = opened(twoReserves, { supplies: { WETH: 10n * WAD }, debts: { USDC: 17_000_000_000n } });
    const seized = liquidate(twoReserves, state, call(), prices(1700)).amounts;
    expect(seized.seizedUnits).toBe(10n * WAD);
  });
});
