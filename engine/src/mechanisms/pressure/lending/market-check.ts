import type { Book } from "../../../book/book.js";
import { type Amount, isProblem, unitsOf } from "../../../book/index.js";
import { adaptiveCurveFaults, twoSlopeFaults } from "../../../exact/interest/index.js";
import type { ParameterFault } from "../../../exact/protocol.js";
import { basisPoints, powersOfTen } from "../../../rules/account-value.js";
import type { Interest } from "../../../rules/interest.js";
import { amountFaults } from "../../amounts.js";
import type { Fault, Reference } from "../../definition.js";
import type { LiquidityParams, RampParams } from "./market-schema.js";

/** What of a lending protocol's parameters these checks read. */
export interface MarketTerms extends LiquidityParams {
  readonly positions: string;
  readonly threshold: Readonly<Record<string, number>>;
  readonly interestPerYear: Interest;
  readonly ramps?: Readonly<Record<string, RampParams>> | undefined;
}

/** Everything wrong with ramps, rates and the lenders' side beside the book. */
export function marketFaults(params: MarketTerms, book: Book): Fault[] {
  return [...rampFaults(params), ...rateFaults(params.interestPerYear), ...liquidityFaults(params, book)];
}

/** Assets that ramps and the lenders' side name. */
export function marketReferences(params: LiquidityParams & Pick<MarketTerms, "ramps">): Reference[] {
  return (["ramps", "supplied", "available", "withdrawals"] as const).flatMap((key) =>
    Object.keys(params[key] ?? {}).map((name) => ({ key: `${key}.${name}`, kind: "asset" as const, name })),
  );
}

function rampFaults({ ramps, threshold }: MarketTerms): Fault[] {
  return Object.entries(ramps ?? {}).flatMap(([symbol, { to, overMs }]) => {
    const from = threshold[symbol] ?? 0;
    if (from === 0)
      return [
        {
          code: "ramp-without-threshold",
          key: `ramps.${symbol}`,
          message: `${symbol} has no threshold that could change`,
          hint: `write threshold: { ${symbol}: 80% }`,
        },
      ];
    if (to < from || overMs === 0) return [];
    return [
      {
        code: "ramp-upwards",
        key: `ramps.${symbol}.to`,
        message: `the ramp goes from ${100 * from}% to ${100 * to}%; only a lower threshold is ramped`,
        hint: "raise a threshold at once: over: 0 s",
      },
    ];
  });
}

/** What each key of an adaptive curve is called in `exact/interest`. */
const adaptiveKeys: Readonly<Record<string, string>> = {
  curveSteepness: "steepness",
  adjustmentSpeed: "speed",
  targetUtilization: "targetUtilisation",
  initialRateAtTarget: "target",
  minRateAtTarget: "least",
  maxRateAtTarget: "most",
};
const kinkedKeys: Readonly<Record<string, string>> = {
  optimalUsageRatio: "optimal",
  baseVariableBorrowRate: "base",
  variableRateSlope1: "slope1",
  variableRateSlope2: "slope2",
};

function rateFaults(interest: Interest): Fault[] {
  if (typeof interest === "number") return [];
  const whole = (share: number, scale: number) => BigInt(Math.round(share * scale));
  const named = (faults: readonly ParameterFault[], keys: Readonly<Record<string, string>>): Fault[] =>
    faults.map(({ code, key, message, hint }) => ({
      code,
      key: `interest.${keys[key]}`,
      message: Object.entries(keys).reduce((text, [exact, here]) => text.replaceAll(exact, here), message),
      hint,
    }));
  if (interest.model === "kinked")
    return named(
      twoSlopeFaults({
        optimalUsageRatio: whole(interest.optimal, basisPoints),
        baseVariableBorrowRate: whole(interest.base, basisPoints),
        variableRateSlope1: whole(interest.slope1, basisPoints),
        variableRateSlope2: whole(interest.slope2, basisPoints),
      }),
      kinkedKeys,
    );
  return named(
    adaptiveCurveFaults({
      curveSteepness: whole(interest.steepness, 1e9) * 1_000_000_000n,
      adjustmentSpeed: whole(interest.speed, 1e9),
      targetUtilization: whole(interest.targetUtilisation, 1e9) * 1_000_000_000n,
      initialRateAtTarget: whole(interest.target, 1e15),
      minRateAtTarget: whole(interest.least, 1e15),
      maxRateAtTarget: whole(interest.most, 1e15),
    }),
    adaptiveKeys,
  );
}

function liquidityFaults(params: MarketTerms, book: Book): Fault[] {
  const found: Fault[] = [];
  const say = (code: string, key: string, message: string, hint: string) => found.push({ code, key, message, hint });
  const assetOf = (symbol: string) => book.assets.find((one) => one.symbol === symbol);
  const owed = owedUnits(params.positions, book);
  const each = (key: string, amounts: Readonly<Record<string, Amount>> | undefined) => {
    for (const [symbol, amount] of Object.entries(amounts ?? {})) {
      const asset = assetOf(symbol);
      if (asset !== undefined) found.push(...amountFaults(amount, asset, `${key}.${symbol}`));
    }
  };
  each("supplied", params.supplied);
  each("available", params.available);
  for (const [symbol, { amount }] of Object.entries(params.withdrawals ?? {})) {
    const asset = assetOf(symbol);
    if (asset === undefined) continue;
    found.push(...amountFaults(amount, asset, `withdrawals.${symbol}.amount`));
    if (params.supplied?.[symbol] === undefined && params.available?.[symbol] === undefined)
      say(
        "term-missing",
        `withdrawals.${symbol}`,
        `suppliers withdraw ${symbol}, and nothing says how much is there`,
        `write supplied or available: { ${symbol}: "1000000 ${symbol}" }`,
      );
  }
  for (const [symbol, amount] of Object.entries(params.supplied ?? {})) {
    if (params.available?.[symbol] !== undefined)
      say(
        "choice-wrong",
        `available.${symbol}`,
        `both what is supplied of ${symbol} and what of it is available are written`,
        "write one of the two: the other follows from what is borrowed",
      );
    const asset = assetOf(symbol);
    const units = asset === undefined ? undefined : unitsOf(amount, asset.unitDecimals, "");
    const borrowed = owed.get(symbol) ?? 0;
    if (asset !== undefined && units !== undefined && !isProblem(units) && units < borrowed)
      say(
        "supplied-below-borrowed",
        `supplied.${symbol}`,
        `${amount.text} are supplied, and accounts owe ${borrowed / powersOfTen[asset.unitDecimals]} ${symbol}`,
        "supply at least what is borrowed",
      );
  }
  if (typeof params.interestPerYear === "number") return found;
  for (const symbol of owed.keys())
    if (params.supplied?.[symbol] === undefined && params.available?.[symbol] === undefined)
      say(
        "term-missing",
        `supplied.${symbol}`,
        `accounts owe ${symbol}, and the rate model needs to know what lenders have supplied of it`,
        `write supplied: { ${symbol}: "10000000 ${symbol}" }`,
      );
  return found;
}

/** Units that accounts of a table owe, by symbol; only what somebody owes. */
function owedUnits(positions: string, book: Book): ReadonlyMap<string, number> {
  const table = book.positions.find(({ protocol }) => protocol === positions);
  const sums = new Map<string, number>();
  for (const { role, asset, values } of table?.columns ?? []) {
    if (role !== "debt") continue;
    const sum = values.reduce((total: number, units: number) => total + units, 0);
    if (sum > 0) sums.set(book.assets[asset].symbol, sum);
  }
  return sums;
}
