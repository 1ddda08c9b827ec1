import { NothingToDo } from "../errors.js";
import { divDown, divUp, least, mulDivDown } from "../rounding.js";
import { WAD } from "../scales.js";
import { afterOwnAction, withDebt, withTotalDebt } from "./borrow.js";
import { holdingsOf, withdraw } from "./deposit.js";
import { FractionAboveOne, LoanDoesNotExist, NotEnoughRekt, Slippage } from "./errors.js";
import { debtOf, health } from "./health.js";
import { AMM, CONTROLLER, type Holdings, type Market, type Outcome, settle } from "./state.js";

/** A hard liquidation: of a part of the debt, by somebody. */
export interface LiquidateCall {
  readonly account: string;
  /** The borrower itself may always liquidate itself. */
  readonly liquidator: string;
  /** Part of the debt, wad. */
  readonly fraction: bigint;
  /** Least stablecoin, units, that must come out of the bands. */
  readonly leastStable: bigint;
}

/** What a hard liquidation did, token units. */
export interface Liquidated extends Outcome {
  /** By how much the debt fell. */
  readonly repaid: bigint;
  /** What came out of the bands. */
  readonly seized: Holdings;
  /** What the liquidator paid from its own pocket. */
  readonly paid: bigint;
}

/**
 * Share of the position that goes with a fraction of the debt, wad: ((1 + h/2) / (1 + h) (1 - fraction) + fraction) fraction for a liquidation discount h. Less than
 * the fraction, but for all of it: closing whole loans pays best. Rounds down. Source: controller.vy `_get_f_remove`.
 */
export function removedShare(fraction: bigint, discount: bigint): bigint {
  if (discount === 0n) return fraction;
  if (fraction === WAD) return WAD;
  const kept = divDown((WAD + divDown(discount, 2n)) * (WAD - fraction), WAD + discount);
  return mulDivDown(kept + fraction, fraction, WAD);
}

/**
 * Repays a fraction of a debt (rounded up, in v1 down) first with the stablecoin of the bands, then by the liquidator, who gets the collateral and any stablecoin
 * too much. Others than the borrower may do so only while the full health is below zero. Throws LoanDoesNotExist, NotEnoughRekt, FractionAboveOne, NothingToDo,
 * Slippage, EndsUnhealthy. Source: controller.vy `liquidate`; v1 Controller.vy `_liquidate`.
 */
export function liquidate(market: Market, call: LiquidateCall): Liquidated {
  const { account, liquidator, leastStable } = call;
  const { rules } = market.parameters;
  const owed = debtOf(market, account);
  if (owed === 0n) throw new LoanDoesNotExist(`${account} has no loan`);
  const own = liquidator === account;
  const before = health(market, account, "full");
  if (!own && before >= 0n) throw new NotEnoughRekt(`the full health of ${account} is ${before}, not below zero`);
  const fraction = fractionOf(market, call);
  const repaid = (rules === "v1" ? divDown : divUp)(owed * fraction, WAD);
  if (repaid === 0n) throw new NothingToDo("a liquidation of nothing");
  const left = owed - repaid;
  const discount = own ? 0n : (market.loans.get(account)?.liquidationDiscount ?? 0n);
  const share = left === 0n && rules === "v2" ? WAD : removedShare(fraction, discount);
  const { market: emptied, withdrawn } = withdraw(market, account, share);
  if (withdrawn.stable < leastStable)
    throw new Slippage(`the bands give ${withdrawn.stable}, less than ${leastStable}`);
  const fromBands = least(withdrawn.stable, repaid);
  const paid = repaid - fromBands;
  let after = withTotalDebt(withDebt(emptied, account, left), -repaid);
  if (own && left > 0n && rules === "v2") after = afterSelfLiquidation(after, account, left, before);
  const outcome = settle(after, [
    { from: AMM, to: CONTROLLER, coin: "stable", amount: fromBands },
    { from: AMM, to: liquidator, coin: "stable", amount: withdrawn.stable - fromBands },
    { from: AMM, to: liquidator, coin: "collateral", amount: withdrawn.collateral },
    { from: liquidator, to: CONTROLLER, coin: "stable", amount: paid },
  ]);
  return { ...outcome, repaid, seized: withdrawn, paid };
}

/** Stablecoin units that a liquidator needs for a fraction (wad) of a debt: rounded down for the bands' part. Source: controller.vy `tokens_to_liquidate`. */
export function stableToLiquidate(market: Market, call: LiquidateCall): bigint {
  const { account, liquidator } = call;
  const fraction = fractionOf(market, call);
  const discount = liquidator === account ? 0n : (market.loans.get(account)?.liquidationDiscount ?? 0n);
  const fromBands = mulDivDown(holdingsOf(market, account).stable, removedShare(fraction, discount), WAD);
  const repaid = (market.parameters.rules === "v1" ? divDown : divUp)(debtOf(market, account) * fraction, WAD);
  return repaid > fromBands ? repaid - fromBands : 0n;
}

function fractionOf({ parameters }: Market, { fraction }: LiquidateCall): bigint {
  if (fraction <= WAD) return fraction;
  if (parameters.rules === "v1") return WAD;
  throw new FractionAboveOne(`${fraction} of the debt; at most ${WAD}`);
}

/** Whoever was healthy must be so afterwards; whoever was not may end unhealthy, but today's discount applies from now on. */
function afterSelfLiquidation(market: Market, account: string, left: bigint, before: bigint): Market {
  if (before >= 0n) return afterOwnAction(market, account, left);
  const loan = market.loans.get(account);
  if (loan === undefined) return market;
  const { liquidationDiscount } = market.parameters;
  return { ...market, loans: new Map(market.loans).set(account, { ...loan, liquidationDiscount }) };
}
