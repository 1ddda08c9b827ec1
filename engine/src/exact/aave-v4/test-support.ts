/** Markets, positions and a seeded generator that the tests share. */
import { MAX_UINT256, PRICE_8, WAD } from "../scales.js";
import {
  type AaveV4Parameters,
  borrow,
  DEPLOYED_DUST_VALUE,
  type LiquidationCall,
  type LiquidationSides,
  openSpoke,
  type Prices,
  type ReserveParameters,
  type SpokeState,
  setCollateral,
  supply,
} from "./index.js";

/** Dollars as a price. */
export function dollars(amount: number): bigint {
  return BigInt(amount) * PRICE_8;
}

/** A reserve at on-chain decimals: collateral factor 83 %, largest bonus 5 %, fee 10 %. */
export function reserve(asset: string, changed: Partial<ReserveParameters> = {}): ReserveParameters {
  return {
    asset,
    decimals: 18,
    collateralFactorBps: 8_300n,
    maxLiquidationBonusBps: 10_500n,
    liquidationFeeBps: 1_000n,
    paused: false,
    frozen: false,
    borrowable: true,
    ...changed,
  };
}

/** The rule of the golden vectors: target 1.05, largest bonus at 0.8, half of it at 1. */
export const usualRules = {
  targetHealthFactorWad: (WAD * 105n) / 100n,
  healthFactorForMaxBonusWad: (WAD * 8n) / 10n,
  liquidationBonusFactorBps: 5_000n,
  dustValue: DEPLOYED_DUST_VALUE,
};

/** WETH and USDC under that rule. */
export const twoReserves: AaveV4Parameters = {
  reserves: [reserve("WETH"), reserve("USDC", { decimals: 6, collateralFactorBps: 7_800n })],
  rules: usualRules,
};

/** A Spoke in which a lender has supplied plenty and the borrower has opened his position, all of it collateral, while everything he holds was worth a fortune. */
export function opened(
  parameters: AaveV4Parameters,
  supplies: Readonly<Record<string, bigint>>,
  debts: Readonly<Record<string, bigint>>,
): SpokeState {
  let state = openSpoke(parameters);
  const rich: Prices = Object.fromEntries(
    parameters.reserves.map(({ asset }) => [asset, asset in supplies ? dollars(1_000_000) : dollars(1)]),
  );
  for (const { asset, decimals } of parameters.reserves)
    state = supply(parameters, state, { account: "lender", asset, units: 10n ** BigInt(decimals + 7) }).state;
  for (const [asset, units] of Object.entries(supplies)) {
    state = supply(parameters, state, { account: "borrower", asset, units }).state;
    state = setCollateral(parameters, state, "borrower", asset, true, rich);
  }
  for (const [asset, units] of Object.entries(debts))
    state = borrow(parameters, state, { account: "borrower", asset, units }, rich).state;
  return state;
}

/** The keeper repays as much USDC as he may and takes WETH. */
export function call(changed: Partial<LiquidationCall> = {}): LiquidationCall {
  return {
    liquidator: "keeper",
    borrower: "borrower",
    collateralAsset: "WETH",
    debtAsset: "USDC",
    debtToCoverUnits: MAX_UINT256,
    receiveShares: false,
    ...changed,
  };
}

/** Prices of WETH and USDC in dollars. */
export function prices(weth: number, usdc = 1): Prices {
  return { WETH: dollars(weth), USDC: dollars(usdc) };
}

/** 10 WETH at 2,000 dollars against 17,000 USDC. */
export const usualSides: LiquidationSides = {
  healthFactorWad: 976470588235294117n,
  totalDebtValue: 1700000000000000000000000000000n,
  reserveDebtUnits: 17_000_000_000n,
  debtPrice: dollars(1),
  debtUnit: 1_000_000n,
  collateralUnits: 10n * WAD,
  collateralPrice: dollars(2000),
  collateralUnit: WAD,
  collateralFactorBps: 8_300n,
  maxLiquidationBonusBps: 10_500n,
  liquidationFeeBps: 1_000n,
};

/** A seeded generator of whole numbers (xorshift32 on the seed). */
export class Dice {
  private state: number;
  constructor(readonly seed: number) {
    this.state = seed | 0 || 1;
  }
  /** 0 to `count` - 1. */
  below(count: number): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return (this.state >>> 0) % count;
  }
  /** One of the list. */
  pick<Item>(list: readonly Item[]): Item {
    return list[this.below(list.length)];
  }
  /** A whole number from 0 to `largest`, spread over its orders of magnitude. */
  spread(largest: bigint): bigint {
    const bits = 1 + this.below(largest.toString(2).length);
    let value = 0n;
    for (let drawn = 0; drawn < bits; drawn += 31) value = (value << 31n) | BigInt(this.below(2 ** 31));
    return (value & ((1n << BigInt(bits)) - 1n)) % (largest + 1n);
  }
}
