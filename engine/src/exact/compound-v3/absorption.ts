import { NotLiquidatable } from "../errors.js";
import { most, mulDivDown } from "../rounding.js";
import { WAD } from "../scales.js";
import { isLiquidatable } from "./health.js";
import { accrue } from "./interest.js";
import type { CompoundParameters } from "./parameters.js";
import { type CompoundEntry, entriesBetween } from "./reserves.js";
import {
  basePrice,
  type CompoundAccount,
  type CompoundMarket,
  type CompoundPrices,
  collateralPrice,
  type LiquidatorPoints,
  presentValue,
  principalValue,
  repaidAndSupplied,
  valueOf,
} from "./state.js";

/** Collateral taken from an absorbed account (event AbsorbCollateral). */
export interface SeizedCollateral {
  /** Index into `CompoundParameters.assets`. */
  readonly asset: number;
  readonly units: bigint;
  /** 1e-8, before the liquidation factor, rounded down. */
  readonly value: bigint;
}

/** One absorbed account. */
export interface Absorption {
  /** Without collateral and without debt; with base of its own where the credit exceeded the debt. */
  readonly account: CompoundAccount;
  readonly seized: readonly SeizedCollateral[];
  /** Base units credited for the collateral: each value times its liquidation factor, in base at its price, every step rounded down. */
  readonly credit: bigint;
  /** Balance afterwards, base units: debt plus credit, not below zero. */
  readonly newBalance: bigint;
  /** Base units by which the reserves fall: new balance less old (event AbsorbDebt). */
  readonly basePaidOut: bigint;
  /** 1e-8, rounded down (event AbsorbDebt). */
  readonly valueOfBasePaidOut: bigint;
}

/** What `absorb` leaves behind. */
export interface AbsorbOutcome {
  readonly market: CompoundMarket;
  /** In the order of the accounts. */
  readonly absorptions: readonly Absorption[];
  readonly points: LiquidatorPoints;
  /** Whole call, interest since the last accrual included. The absorber gets nothing. */
  readonly entries: readonly CompoundEntry[];
}

/** All collateral of an account with its values at the prices. */
function seize(
  parameters: CompoundParameters,
  account: CompoundAccount,
  prices: CompoundPrices,
): { seized: SeizedCollateral[]; creditValue: bigint } {
  const seized: SeizedCollateral[] = [];
  let creditValue = 0n;
  parameters.assets.forEach(({ scale, liquidationFactor }, asset) => {
    const units = account.collateral[asset];
    if (units === 0n) return;
    const value = valueOf(units, collateralPrice(prices, asset), scale);
    creditValue += mulDivDown(value, liquidationFactor, WAD);
    seized.push({ asset, units, value });
  });
  return { seized, creditValue };
}

/** The market after it has taken one account's collateral and debt (Comet.absorbInternal); the market has accrued. */
function absorbOne(
  parameters: CompoundParameters,
  market: CompoundMarket,
  account: CompoundAccount,
  prices: CompoundPrices,
): { market: CompoundMarket; absorption: Absorption } {
  if (!isLiquidatable(parameters, market, account, prices))
    throw new NotLiquidatable(`an account of principal ${account.principal} has collateral enough`);
  const oldBalance = presentValue(market, account.principal);
  const { seized, creditValue } = seize(parameters, account, prices);
  const credit = mulDivDown(creditValue, parameters.baseScale, basePrice(prices));
  const newBalance = most(oldBalance + credit, 0n);
  const principal = principalValue(market, newBalance);
  const { repaid, supplied } = repaidAndSupplied(account.principal, principal);
  const basePaidOut = newBalance - oldBalance;
  return {
    market: {
      ...market,
      totalSupplyBase: market.totalSupplyBase + supplied,
      totalBorrowBase: market.totalBorrowBase - repaid,
      collateral: market.collateral.map((totals, asset) => ({
        ...totals,
        supplied: totals.supplied - account.collateral[asset],
      })),
    },
    absorption: {
      account: { principal, collateral: account.collateral.map(() => 0n) },
      seized,
      credit,
      newBalance,
      basePaidOut,
      valueOfBasePaidOut: valueOf(basePaidOut, basePrice(prices), parameters.baseScale),
    },
  };
}

/**
 * Takes all collateral and all debt of every account onto the protocol's books, in order, all or none; anybody may call and needs no capital (Comet.absorb).
 * An account whose credit exceeds its debt keeps the rest as supplied base; a shortfall falls on the reserves. `spend` is the absorber's gas times base fee,
 * wei. Throws NotLiquidatable, BadPrice.
 */
export function absorb(
  parameters: CompoundParameters,
  market: CompoundMarket,
  accounts: readonly CompoundAccount[],
  prices: CompoundPrices,
  second: bigint,
  points: LiquidatorPoints = { absorbs: 0n, absorbed: 0n, approximateSpend: 0n },
  spend = 0n,
): AbsorbOutcome {
  let after = accrue(parameters, market, second);
  const absorptions: Absorption[] = [];
  for (const account of accounts) {
    const one = absorbOne(parameters, after, account, prices);
    after = one.market;
    absorptions.push(one.absorption);
  }
  return {
    market: after,
    absorptions,
    points: {
      absorbs: points.absorbs + 1n,
      absorbed: points.absorbed + BigInt(accounts.length),
      approximateSpend: points.approximateSpend + spend,
    },
    entries: entriesBetween(parameters, market, after),
  };
}
