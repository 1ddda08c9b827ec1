/** Markets, positions and a seeded generator that the tests share. */
import { MAX_UINT256, PRICE_8 } from "../scales.js";
import {
  type AaveV3Parameters,
  borrow,
  deployedRules,
  type LiquidationCall,
  openPool,
  type PoolState,
  type Prices,
  type ReserveParameters,
  supply,
} from "./index.js";

/** Dollars as a price or a value in the base currency. */
export function dollars(amount: number): bigint {
  return BigInt(amount) * PRICE_8;
}

/** A reserve at on-chain decimals without interest: threshold 83 %, bonus 5 %, fee 10 %. */
export function reserve(asset: string, changed: Partial<ReserveParameters> = {}): ReserveParameters {
  return {
    asset,
    decimals: 18,
    loanToValueBps: 8_000n,
    liquidationThresholdBps: 8_300n,
    liquidationBonusBps: 10_500n,
    liquidationProtocolFeeBps: 1_000n,
    reserveFactorBps: 1_000n,
    active: true,
    frozen: false,
    paused: false,
    borrowingEnabled: true,
    interestRates: null,
    ...changed,
  };
}

/** WETH and USDC under the deployed rules. */
export const twoReserves: AaveV3Parameters = {
  reserves: [
    reserve("WETH"),
    reserve("USDC", { decimals: 6, loanToValueBps: 7_500n, liquidationThresholdBps: 7_800n }),
  ],
  eModeCategories: [],
  rules: deployedRules,
};

/** What an account starts with: units by asset. */
export interface Opening {
  readonly supplies: Readonly<Record<string, bigint>>;
  readonly debts: Readonly<Record<string, bigint>>;
}

/** A pool in which a lender has supplied plenty of everything and the borrower has opened his position while every collateral was worth a fortune. */
export function opened(parameters: AaveV3Parameters, { supplies, debts }: Opening, borrower = "borrower"): PoolState {
  let state = openPool(parameters, 0n);
  for (const { asset, decimals } of parameters.reserves)
    state = supply(parameters, state, { account: "lender", asset, units: 10n ** BigInt(decimals + 7) }).state;
  for (const [asset, units] of Object.entries(supplies))
    state = supply(parameters, state, { account: borrower, asset, units }).state;
  const rich: Prices = Object.fromEntries(
    parameters.reserves.map(({ asset }) => [asset, asset in supplies ? dollars(1_000_000) : dollars(1)]),
  );
  for (const [asset, units] of Object.entries(debts))
    state = borrow(parameters, state, { account: borrower, asset, units }, rich).state;
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

/** A seeded generator of whole numbers (xorshift32 on the seed). */
export class Dice {
  private state: number;
  constructor(readonly seed: number) {
    this.state = seed | 0 || 1;
  }
  /** 0 to 2^32 - 1. */
  next(): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return this.state >>> 0;
  }
  /** 0 to `count` - 1. */
  below(count: number): number {
    return this.next() % count;
  }
  /** One of the list. */
  pick<Item>(list: readonly Item[]): Item {
    return list[this.below(list.length)];
  }
  /** A whole number from 0 to `largest`, spread over its orders of magnitude. */
  spread(largest: bigint): bigint {
    const bits = 1 + this.below(largest.toString(2).length);
    let value = 0n;
    for (let drawn = 0; drawn < bits; drawn += 32) value = (value << 32n) | BigInt(this.next());
    return (value & ((1n << BigInt(bits)) - 1n)) % (largest + 1n);
  }
}
