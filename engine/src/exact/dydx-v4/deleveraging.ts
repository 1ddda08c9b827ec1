import { NothingToDo } from "../errors.js";
import { least } from "../rounding.js";
import {
  InvalidDeleveragedSubaccount,
  NoPerpetualPositionsToLiquidate,
  Undercollateralized,
  WithdrawalsAndTransfersBlocked,
} from "./errors.js";
import { isValidTransition, netNotional, priceOf, subaccountRisk } from "./margin.js";
import { BLOCKS_WITHDRAWALS_GATED } from "./parameters.js";
import { bankruptcyQuote, subaccountOf } from "./prices.js";
import { type Chain, type Movement, magnitude, type OraclePrices, OUTSIDE, signOf, updated } from "./state.js";

/** One pair that was closed: base quantums, and quote quantums that the deleveraged side received (negative: paid). */
export interface DeleveragingFill {
  readonly counterparty: string;
  readonly quantums: bigint;
  readonly quote: bigint;
}

/** What deleveraging did; `movements` add up to nothing in units and in quote. */
export interface DeleveragingOutcome {
  readonly chain: Chain;
  readonly movements: readonly Movement[];
  readonly fills: readonly DeleveragingFill[];
  /** Base quantums for which nobody was found. */
  readonly remaining: bigint;
  /** Subaccounts of the other side that were passed over because their own bankruptcy price did not overlap. */
  readonly skipped: readonly string[];
}

/**
 * How a subaccount's position may be deleveraged: at the bankruptcy price where net collateral is below 0, else at the oracle price in a market in final settlement,
 * else not at all, whatever the insurance fund has. Throws `NoPerpetualPositionsToLiquidate`, `NoOraclePrice`. Source: CanDeleverageSubaccount.
 */
export function deleveragingPrice(
  chain: Chain,
  prices: OraclePrices,
  id: string,
  perpetual: string,
): "bankruptcy" | "oracle" | null {
  if (subaccountRisk(chain, prices, subaccountOf(chain, id)).netCollateral < 0n) return "bankruptcy";
  return chain.perpetuals[perpetual].finalSettlement ? "oracle" : null;
}

/** Closes one pair; null where either side's update is refused. Source: ProcessDeleveraging. */
function closePair(
  chain: Chain,
  prices: OraclePrices,
  id: string,
  counterparty: string,
  perpetual: string,
  units: bigint,
  quote: bigint,
): Chain | null {
  const closed: Chain = {
    ...chain,
    openInterest: { ...chain.openInterest, [perpetual]: (chain.openInterest[perpetual] ?? 0n) - magnitude(units) },
    subaccounts: {
      ...chain.subaccounts,
      [id]: updated(chain.subaccounts[id], perpetual, units, quote),
      [counterparty]: updated(chain.subaccounts[counterparty], perpetual, -units, -quote),
    },
  };
  const allowed = [id, counterparty].every((one) =>
    isValidTransition(
      subaccountRisk(chain, prices, chain.subaccounts[one]),
      subaccountRisk(closed, prices, closed.subaccounts[one]),
    ),
  );
  return allowed ? closed : null;
}

/**
 * Closes a position against subaccounts of the other side: from `startIndex` on, round the end of `candidates`, each once, as much as both hold, at the bankruptcy price of
 * what is closed (or the oracle price, see `deleveragingPrice`). A candidate whose update the chain would refuse is passed over: that is where bankruptcy
 * prices do not overlap. The chain takes the candidates from its daemon, draws the index pseudo-randomly, and looks at 500 at most: both are the
 * caller's. Throws `NoPerpetualPositionsToLiquidate`, `InvalidDeleveragedSubaccount`, `NoMarginRequirement`, `NoOraclePrice`. Source: MaybeDeleverageSubaccount,
 * OffsetSubaccountPerpetualPosition.
 */
export function deleverage(
  chain: Chain,
  prices: OraclePrices,
  id: string,
  perpetual: string,
  candidates: readonly string[],
  startIndex: number,
): DeleveragingOutcome {
  const size = subaccountOf(chain, id).positions[perpetual] ?? 0n;
  if (size === 0n) throw new NoPerpetualPositionsToLiquidate(`${id} has no position in ${perpetual}`);
  const at = deleveragingPrice(chain, prices, id, perpetual);
  if (at === null)
    throw new InvalidDeleveragedSubaccount(
      `net collateral of ${id} is 0 or more and ${perpetual} is not in final settlement`,
    );
  const movements: Movement[] = [];
  const fills: DeleveragingFill[] = [];
  const skipped: string[] = [];
  let present = chain;
  let remaining = magnitude(size);
  for (let offset = 0; offset < candidates.length && remaining > 0n; offset++) {
    const counterparty = candidates[(startIndex + offset) % candidates.length];
    const held = present.subaccounts[counterparty]?.positions[perpetual] ?? 0n;
    if (held === 0n || signOf(held) === signOf(size)) continue;
    const quantums = least(remaining, magnitude(held));
    const units = -signOf(size) * quantums;
    const quote =
      at === "oracle"
        ? netNotional(present.perpetuals[perpetual], -units, priceOf(prices, perpetual))
        : bankruptcyQuote(present, prices, id, perpetual, units);
    const closed = closePair(present, prices, id, counterparty, perpetual, units, quote);
    if (closed === null) {
      skipped.push(counterparty);
      continue;
    }
    present = closed;
    remaining -= quantums;
    fills.push({ counterparty, quantums, quote });
    movements.push(
      { party: id, perpetual, units, quote },
      { party: counterparty, perpetual, units: -units, quote: -quote },
    );
  }
  return { chain: present, movements, fills, remaining, skipped };
}

/**
 * After a block's liquidations and deleveragings: where any of these subaccounts still has negative net collateral, withdrawals are gated from this block on. Throws
 * `NoPerpetualPositionsToLiquidate`, `NoOraclePrice`. Source: GateWithdrawalsIfNegativeTncSubaccountSeen.
 */
export function gateWithdrawals(chain: Chain, prices: OraclePrices, ids: readonly string[]): Chain {
  const seen = ids.some((id) => subaccountRisk(chain, prices, subaccountOf(chain, id)).netCollateral < 0n);
  return seen ? { ...chain, negativeCollateralSeenAt: chain.height } : chain;
}

/** Whether withdrawals and transfers are blocked: for 50 blocks, the first included. Source: internalCanUpdateSubaccounts. */
export function withdrawalsGated({ height, negativeCollateralSeenAt: seen }: Chain): boolean {
  return seen !== null && height - seen < BLOCKS_WITHDRAWALS_GATED;
}

/**
 * Takes quote quantums out of a subaccount. Throws `NothingToDo`, `NoPerpetualPositionsToLiquidate` for an unknown subaccount, `NoOraclePrice`,
 * `WithdrawalsAndTransfersBlocked`, and `Undercollateralized` where the initial margin is no longer met. Source: UpdateSubaccounts with type Withdrawal.
 */
export function withdraw(
  chain: Chain,
  prices: OraclePrices,
  id: string,
  quantums: bigint,
): { readonly chain: Chain; readonly movements: readonly Movement[] } {
  const subaccount = subaccountOf(chain, id);
  if (quantums <= 0n) throw new NothingToDo(`${quantums} quote quantums; at least 1`);
  if (withdrawalsGated(chain)) {
    throw new WithdrawalsAndTransfersBlocked(
      `negative net collateral was seen at block ${chain.negativeCollateralSeenAt}, this is ${chain.height}`,
    );
  }
  const after = { ...subaccount, quoteBalance: subaccount.quoteBalance - quantums };
  const risk = subaccountRisk(chain, prices, after);
  if (!isValidTransition(subaccountRisk(chain, prices, subaccount), risk)) {
    throw new Undercollateralized(`it leaves ${risk.netCollateral} quote quantums; ${risk.initialMargin} are needed`);
  }
  return {
    chain: { ...chain, subaccounts: { ...chain.subaccounts, [id]: after } },
    movements: [
      { party: id, perpetual: null, units: 0n, quote: -quantums },
      { party: OUTSIDE, perpetual: null, units: 0n, quote: quantums },
    ],
  };
}
