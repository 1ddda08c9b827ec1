import { NothingToDo, NotLiquidatable } from "../errors.js";
import { divDown, least, most, mulDivDown } from "../rounding.js";
import {
  FillAmountNotDivisibleByStepSize,
  FillOutsideOrder,
  LiquidationConflictsWithClobPairStatus,
  NoPerpetualPositionsToLiquidate,
  SubaccountHasLiquidatedPerpetual,
} from "./errors.js";
import { isLiquidatable, netNotional, notionalInBaseQuantums, priceOf, subaccountRisk } from "./margin.js";
import { MILLION } from "./parameters.js";
import { bankruptcyQuote, fillablePrice, limitPrice, subaccountOf } from "./prices.js";
import {
  type BlockLiquidations,
  type Chain,
  type Fraction,
  INSURANCE_FUND,
  liquidatedOf,
  MARKET,
  type Movement,
  magnitude,
  type OraclePrices,
  updated,
} from "./state.js";

/** An immediate-or-cancel order that closes a position or a part of it. */
export interface LiquidationOrder {
  readonly perpetual: string;
  readonly side: "sell" | "buy";
  /** Base quantums. */
  readonly quantums: bigint;
  /** Exact worst price, in quote quantums a base quantum. */
  readonly fillable: Fraction;
  /** The same as a limit in price steps. */
  readonly limit: bigint;
}

/** One maker's part of an order: base quantums and the quote quantums that pass for them. */
export interface Fill {
  readonly quantums: bigint;
  readonly quote: bigint;
}

/** Why an order was matched no further. */
export type StopReason =
  | "insurance-fund-has-insufficient-funds"
  | "exceeds-subaccount-max-notional-liquidated"
  | "exceeds-subaccount-max-insurance-lost";

/** What a liquidation order did; `movements` add up to nothing in units and in quote. */
export interface LiquidationOutcome {
  readonly chain: Chain;
  readonly movements: readonly Movement[];
  /** Base quantums filled. */
  readonly filled: bigint;
  /** Net payment to the insurance fund in quote quantums; negative where it paid. */
  readonly insuranceFundDelta: bigint;
  /** Null where every fill offered was taken. */
  readonly stopped: StopReason | null;
}

function requireLiquidatable(chain: Chain, prices: OraclePrices, id: string): void {
  const risk = subaccountRisk(chain, prices, subaccountOf(chain, id));
  if (isLiquidatable(risk)) return;
  throw new NotLiquidatable(
    `net collateral of ${id} is ${risk.netCollateral}; liquidatable below ${risk.maintenanceMargin} quote quantums, where that is above 0`,
  );
}

function requireNotLiquidated(chain: Chain, id: string, perpetual: string): void {
  if (!liquidatedOf(chain, id).perpetuals.includes(perpetual)) return;
  throw new SubaccountHasLiquidatedPerpetual(`${perpetual} of ${id} was already liquidated in block ${chain.height}`);
}

/**
 * The position that is liquidated next: the first one from `startIndex` on, by name and round the end, that was not yet liquidated in this block. The chain draws the
 * index from a pseudo-random generator seeded by the block. Throws `NoPerpetualPositionsToLiquidate`. Source: GetPerpetualPositionToLiquidate.
 */
export function positionToLiquidate(chain: Chain, id: string, startIndex: number): string {
  const names = Object.keys(subaccountOf(chain, id).positions).sort();
  for (let offset = 0; offset < names.length; offset++) {
    const name = names[(startIndex + offset) % names.length];
    if (!liquidatedOf(chain, id).perpetuals.includes(name)) return name;
  }
  throw new NoPerpetualPositionsToLiquidate(`${id} has no position that was not liquidated in block ${chain.height}`);
}

/** The largest notional (quote quantums) of a position of this notional that one order may close. Source: GetMaxAndMinPositionNotionalLiquidatable. */
export function maxPositionNotional(chain: Chain, notional: bigint): bigint {
  const { minPositionNotionalLiquidated, maxPositionPortionLiquidatedPpm } = chain.config;
  const smallest = least(minPositionNotionalLiquidated, notional);
  return most(smallest, mulDivDown(notional, maxPositionPortionLiquidatedPpm, MILLION));
}

/**
 * Base quantums that an order may close: the whole position where its notional is within the position's and the subaccount's limit (or it is one step), else what the
 * limit buys, down to a step, at least one step. Throws `NoPerpetualPositionsToLiquidate`, `SubaccountHasLiquidatedPerpetual`, `NoOraclePrice`. Source:
 * GetLiquidatablePositionSizeDelta.
 */
export function liquidatableQuantums(chain: Chain, prices: OraclePrices, id: string, perpetual: string): bigint {
  const whole = magnitude(subaccountOf(chain, id).positions[perpetual] ?? 0n);
  if (whole === 0n) throw new NoPerpetualPositionsToLiquidate(`${id} has no position in ${perpetual}`);
  requireNotLiquidated(chain, id, perpetual);
  const parameters = chain.perpetuals[perpetual];
  const step = parameters.stepBaseQuantums;
  const price = priceOf(prices, perpetual);
  const notional = netNotional(parameters, whole, price);
  const left = chain.config.maxNotionalLiquidated - liquidatedOf(chain, id).notionalLiquidated;
  const limit = least(maxPositionNotional(chain, notional), left);
  if (notional <= limit || whole <= step) return whole;
  const rounded = divDown(notionalInBaseQuantums(parameters, limit, price), step) * step;
  return least(whole, most(step, rounded));
}

/**
 * The order for one position of a liquidatable subaccount. Throws `NotLiquidatable`, `LiquidationConflictsWithClobPairStatus`,
 * `NoPerpetualPositionsToLiquidate`, `SubaccountHasLiquidatedPerpetual`, `NoOraclePrice`. Source: GetLiquidationOrderForPerpetual.
 */
export function liquidationOrder(chain: Chain, prices: OraclePrices, id: string, perpetual: string): LiquidationOrder {
  requireLiquidatable(chain, prices, id);
  const quantums = liquidatableQuantums(chain, prices, id, perpetual);
  const parameters = chain.perpetuals[perpetual];
  if (parameters.finalSettlement) {
    throw new LiquidationConflictsWithClobPairStatus(`${perpetual} is in final settlement`);
  }
  const fillable = fillablePrice(chain, prices, id, perpetual);
  const selling = chain.subaccounts[id].positions[perpetual] > 0n;
  return {
    perpetual,
    side: selling ? "sell" : "buy",
    quantums,
    fillable,
    limit: limitPrice(parameters, fillable, selling),
  };
}

/**
 * What the subaccount pays to the insurance fund for a fill, in quote quantums (negative: what the fund pays): quote received - bankruptcy quote, where positive at
 * most the largest fee's share of the quote, rounded down. Throws what `bankruptcyQuote` throws. Source: GetLiquidationInsuranceFundDelta.
 */
export function insuranceFundDelta(
  chain: Chain,
  prices: OraclePrices,
  id: string,
  perpetual: string,
  fill: Fill,
): bigint {
  const selling = (subaccountOf(chain, id).positions[perpetual] ?? 0n) > 0n;
  const received = selling ? fill.quote : -fill.quote;
  const delta = selling ? -fill.quantums : fill.quantums;
  const surplus = received - bankruptcyQuote(chain, prices, id, perpetual, delta);
  if (surplus <= 0n) return surplus;
  return least(mulDivDown(fill.quote, chain.config.maxLiquidationFeePpm, MILLION), surplus);
}

function requireFillOfOrder(chain: Chain, order: LiquidationOrder, fill: Fill, left: bigint): void {
  const parameters = chain.perpetuals[order.perpetual];
  if (fill.quantums <= 0n) throw new NothingToDo(`${fill.quantums} quantums; at least 1`);
  if (fill.quantums > left) throw new FillOutsideOrder(`the order has ${left} quantums left, not ${fill.quantums}`);
  if (fill.quantums % parameters.stepBaseQuantums !== 0n) {
    throw new FillAmountNotDivisibleByStepSize(
      `${fill.quantums} quantums are no multiple of ${parameters.stepBaseQuantums}`,
    );
  }
  const worst = netNotional(parameters, fill.quantums, order.limit);
  if (order.side === "sell" ? fill.quote < worst : fill.quote > worst || fill.quote < 0n) {
    throw new FillOutsideOrder(`${fill.quote} quote quantums; the limit price gives ${worst}`);
  }
}

/** Why a fill is not matched, in the order in which the chain asks; null where it is. Source: validateMatchedLiquidation. */
function stopReason(chain: Chain, done: BlockLiquidations, notional: bigint, delta: bigint): StopReason | null {
  const { maxNotionalLiquidated, maxQuantumsInsuranceLost } = chain.config;
  if (delta < 0n && chain.insuranceFund + delta < 0n) return "insurance-fund-has-insufficient-funds";
  if (done.notionalLiquidated + notional > maxNotionalLiquidated) return "exceeds-subaccount-max-notional-liquidated";
  if (delta < 0n && done.insuranceLost - delta > maxQuantumsInsuranceLost)
    return "exceeds-subaccount-max-insurance-lost";
  return null;
}

/**
 * Matches a liquidation order with makers' fills, one after the other, until one is refused by the insurance fund or by a limit of the block; the position then counts as
 * liquidated in this block, filled or not. The fee (or the fund's payment) is settled with each fill. Throws what `liquidationOrder` throws,
 * `NothingToDo`, `FillOutsideOrder`, `FillAmountNotDivisibleByStepSize`. Source: PlacePerpetualLiquidation, ProcessSingleMatch, memclob matching.
 */
export function liquidate(
  chain: Chain,
  prices: OraclePrices,
  id: string,
  perpetual: string,
  fills: readonly Fill[],
): LiquidationOutcome {
  const order = liquidationOrder(chain, prices, id, perpetual);
  const side = order.side === "sell" ? 1n : -1n;
  const movements: Movement[] = [];
  let present = chain;
  let filled = 0n;
  let paid = 0n;
  let stopped: StopReason | null = null;
  for (const fill of fills) {
    requireFillOfOrder(present, order, fill, order.quantums - filled);
    const delta = insuranceFundDelta(present, prices, id, perpetual, fill);
    const notional = netNotional(present.perpetuals[perpetual], fill.quantums, priceOf(prices, perpetual));
    const done = liquidatedOf(present, id);
    stopped = stopReason(present, done, notional, delta);
    if (stopped !== null) break;
    const units = -side * fill.quantums;
    const quote = side * fill.quote;
    present = {
      ...present,
      insuranceFund: present.insuranceFund + delta,
      subaccounts: { ...present.subaccounts, [id]: updated(present.subaccounts[id], perpetual, units, quote - delta) },
      liquidatedInBlock: {
        ...present.liquidatedInBlock,
        [id]: {
          ...done,
          notionalLiquidated: done.notionalLiquidated + notional,
          insuranceLost: done.insuranceLost + most(0n, -delta),
        },
      },
    };
    filled += fill.quantums;
    paid += delta;
    movements.push(
      { party: id, perpetual, units, quote: quote - delta },
      { party: MARKET, perpetual, units: -units, quote: -quote },
      { party: INSURANCE_FUND, perpetual: null, units: 0n, quote: delta },
    );
  }
  const done = liquidatedOf(present, id);
  const marked = { ...done, perpetuals: [...done.perpetuals, perpetual] };
  return {
    chain: { ...present, liquidatedInBlock: { ...present.liquidatedInBlock, [id]: marked } },
    movements,
    filled,
    insuranceFundDelta: paid,
    stopped,
  };
}
