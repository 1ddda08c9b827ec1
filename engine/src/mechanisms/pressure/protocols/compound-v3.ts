import { z } from "zod";
import {
  type Amount,
  type Basis,
  type Book,
  isProblem,
  parseAmountOf,
  quantity,
  unitsOf,
} from "../../../book/index.js";
import { type CompoundParameters, card, faults, presets } from "../../../exact/compound-v3/index.js";
import { powerOfTen } from "../../../exact/rounding.js";
import { basisPoints } from "../../../rules/account-value.js";
import { CompoundV3Rule, compoundTerms } from "../../../rules/compound-v3.js";
import type { Interest } from "../../../rules/interest.js";
import { amountFaults } from "../../amounts.js";
import { type CheckContext, define, type Fault, type Market } from "../../definition.js";
import { oneAccountFalls } from "../../demonstrations.js";
import { marketFaults, marketReferences } from "../lending/market-check.js";
import type { LiquidityParams } from "../lending/market-schema.js";
import { lending } from "../lending/mechanism.js";
import type { LendingParams } from "../lending/schema.js";
import { CompoundLadder } from "./compound-ladder.js";
import { Storefront, type StorefrontTerms } from "./compound-storefront.js";
import { heldSymbols, missingColumns, missingTerms, perSymbol, symbolIn } from "./market-terms.js";
import { interestRate, liquidityShape, marketKey, protocolShape } from "./shape.js";

const markets: readonly Market[] = presets.map(({ name, asOf, source }) => ({ name, asOf, source }));

const schema = z
  .strictObject({
    ...protocolShape("compound-v3"),
    market: marketKey(markets),
    base: z.string().optional().describe("The asset that is lent; by default the market's, else the one accounts owe."),
    threshold: perSymbol().describe(
      "By collateral: liquidate collateral factor, the share of its value that keeps an account from being absorbed.",
    ),
    liquidationFactor: perSymbol().describe(
      "By collateral: the share of its value that an absorbed account is credited; one less this is the penalty.",
    ),
    storefrontPriceFactor: quantity
      .share({ bare: true })
      .optional()
      .describe("The storefront's discount as a share of the penalty (50 %); 0 sells at the oracle's price."),
    targetReserves: quantity
      .amount()
      .optional()
      .describe(
        "Reserves from which on the storefront keeps what it has; by default the market's, else it always sells.",
      ),
    reserves: quantity.amount().optional().describe("The protocol's own base at the opening (nothing)."),
    absorb: z
      .strictObject({
        delay: quantity.duration().default(0).describe("From a breach to its absorption; whole ticks."),
      })
      .prefault({})
      .describe("Who absorbs earns nothing for it, so somebody must want to."),
    interest: interestRate(),
    supplied: liquidityShape().supplied,
    withdrawals: liquidityShape().withdrawals,
  })
  .transform(
    ({ protocol: _, absorb, interest, ...params }): CompoundV3Params => ({
      ...params,
      threshold: params.threshold ?? {},
      liquidationFactor: params.liquidationFactor ?? {},
      absorbDelayMs: absorb.delay,
      interestPerYear: interest,
    }),
  );

/** A Compound III market's parameters with every default filled in. */
export interface CompoundV3Params extends LiquidityParams {
  readonly positions: string;
  readonly oracle: string;
  readonly market?: string | undefined;
  readonly base?: string | undefined;
  readonly threshold: Readonly<Record<string, number>>;
  readonly liquidationFactor: Readonly<Record<string, number>>;
  readonly storefrontPriceFactor?: number | undefined;
  readonly targetReserves?: Amount | undefined;
  readonly reserves?: Amount | undefined;
  readonly absorbDelayMs: number;
  readonly interestPerYear: Interest;
  readonly basis?: Basis | undefined;
}

/** Factors as the contract stores them: four decimals, cut. */
function share(wad: bigint): number {
  return Number(wad / 100_000_000_000_000n) / basisPoints;
}

function amountOf(units: bigint, scale: bigint, symbol: string): Amount {
  const whole = parseAmountOf(`${units / scale} ${symbol}`, "");
  if (isProblem(whole)) throw new RangeError(whole.message);
  return whole;
}

/** The market's terms for the assets of the book, under what the scenario writes. */
function fill(params: CompoundV3Params, book: Book): CompoundV3Params {
  const market = presets.find(({ name }) => name === params.market)?.parameters;
  const base =
    params.base ??
    book.assets.find(({ symbol }) => market !== undefined && symbolIn(market.baseAsset, symbol))?.symbol ??
    (market === undefined ? heldSymbols(book, params.positions, "debt")[0] : undefined);
  const shares = (of: (asset: CompoundParameters["assets"][number]) => bigint) =>
    Object.fromEntries(
      book.assets.flatMap(({ symbol }) => {
        const asset = market?.assets.find(({ name }) => symbolIn(name, symbol));
        return asset === undefined ? [] : [[symbol, share(of(asset))]];
      }),
    );
  const written = Object.keys(params.threshold).length > 0;
  const target =
    params.targetReserves ??
    (market === undefined || base === undefined ? undefined : amountOf(market.targetReserves, market.baseScale, base));
  return {
    ...params,
    ...(base === undefined ? {} : { base }),
    threshold: { ...shares((one) => one.liquidateCollateralFactor), ...params.threshold },
    liquidationFactor: { ...shares((one) => one.liquidationFactor), ...params.liquidationFactor },
    storefrontPriceFactor:
      params.storefrontPriceFactor ?? (market === undefined ? 0.5 : share(market.storeFrontPriceFactor)),
    ...(target === undefined ? {} : { targetReserves: target }),
    ...(base === undefined ? {} : { reserves: params.reserves ?? amountOf(0n, 1n, base) }),
    basis: params.basis ?? (params.market === undefined || written ? "assumed" : "borrowed"),
  };
}

/** Everything wrong with the terms beside the book. */
function check(params: CompoundV3Params, { book, tickMs }: CheckContext): Fault[] {
  const collaterals = heldSymbols(book, params.positions, "collateral");
  const base = book.assets.find(({ symbol }) => symbol === params.base);
  const found: Fault[] = [
    ...missingColumns(book, params.positions),
    ...missingTerms("threshold", params.threshold, collaterals, params.market),
    ...missingTerms("liquidationFactor", params.liquidationFactor, collaterals, params.market),
  ];
  if (params.absorbDelayMs % tickMs !== 0)
    found.push({
      code: "duration-no-multiple",
      key: "absorb.delay",
      message: `${params.absorbDelayMs} ms is no whole number of ticks of ${tickMs} ms`,
      hint: "make it a multiple of clock.tick",
    });
  if (base === undefined) {
    if (params.base === undefined)
      found.push({
        code: "term-missing",
        key: "base",
        message: "no asset of the book is the market's base asset",
        hint: "write base: with the symbol of the asset that is lent",
      });
    return [...found, ...exactFaults(params, book)];
  }
  const others = heldSymbols(book, params.positions, "debt").filter((symbol) => symbol !== params.base);
  if (others.length > 0)
    found.push({
      code: "one-base-asset",
      key: "base",
      message: `accounts also owe ${others.join(", ")}; a Compound III market lends ${params.base} alone`,
      hint: "make a table and a mechanism for each market",
    });
  if (collaterals.includes(base.symbol))
    found.push({
      code: "collateral-is-base",
      key: "base",
      message: `accounts hold ${base.symbol} as collateral; base that an account supplies is no collateral`,
      hint: "take it off the debt of those accounts",
    });
  for (const key of ["reserves", "targetReserves"] as const) {
    const amount = params[key];
    if (amount !== undefined) found.push(...amountFaults(amount, base, key));
  }
  return [...found, ...exactFaults(params, book), ...marketFaults(params, book)];
}

function exactFaults(params: CompoundV3Params, book: Book): Fault[] {
  const parameters = exactParameters(params, book);
  return faults(parameters).map(({ code, key, message, hint }) => {
    const [, index, name] = /^assets\.(\d+)\.(\w+)$/.exec(key) ?? [];
    if (index === undefined)
      return { code, key: key.replace("storeFrontPriceFactor", "storefrontPriceFactor"), message, hint };
    const term = name === "liquidationFactor" ? "liquidationFactor" : "threshold";
    return { code, key: `${term}.${parameters.assets[Number(index)].name}`, message, hint };
  });
}

/** The market as the exact protocol takes it, at the engine's decimals: values in 1e-6 USD, so that a token's unit counts two digits more. */
export function exactParameters(params: CompoundV3Params, book: Book): CompoundParameters {
  const wad = (part: number) => BigInt(Math.round(part * basisPoints)) * 100_000_000_000_000n;
  const scale = (unitDecimals: number) => powerOfTen(unitDecimals + 2);
  const base = book.assets.find(({ symbol }) => symbol === params.base);
  const never = powerOfTen(60);
  return {
    baseAsset: params.base ?? "",
    baseScale: scale(base?.unitDecimals ?? 0),
    borrowMin: 0n,
    targetReserves: BigInt(targetUnits(params, book) === Number.POSITIVE_INFINITY ? never : targetUnits(params, book)),
    storeFrontPriceFactor: wad(params.storefrontPriceFactor ?? 0),
    rates: {
      supplyKink: 0n,
      supplySlopeLow: 0n,
      supplySlopeHigh: 0n,
      supplyBase: 0n,
      borrowKink: 0n,
      borrowSlopeLow: 0n,
      borrowSlopeHigh: 0n,
      borrowBase: 0n,
    },
    assets: book.assets
      .filter(({ symbol }) => params.threshold[symbol] !== undefined && symbol !== params.base)
      .map(({ symbol, unitDecimals }) => ({
        name: symbol,
        scale: scale(unitDecimals),
        borrowCollateralFactor: 0n,
        liquidateCollateralFactor: wad(params.threshold[symbol]),
        liquidationFactor: wad(params.liquidationFactor[symbol] ?? 1),
        supplyCap: never,
      })),
  };
}

function units(amount: Amount | undefined, book: Book, fallback: number): number {
  if (amount === undefined) return fallback;
  const asset = book.assets.find(({ symbol }) => symbol === amount.asset);
  const found = unitsOf(amount, asset?.unitDecimals ?? 0, "");
  return isProblem(found) ? fallback : found;
}

function targetUnits(params: CompoundV3Params, book: Book): number {
  return units(params.targetReserves, book, Number.POSITIVE_INFINITY);
}

/** The terms as lending keeps them. */
function terms(params: CompoundV3Params): LendingParams {
  return {
    positions: params.positions,
    oracle: params.oracle,
    termsOracle: params.oracle,
    threshold: params.threshold,
    bonus: {},
    penalty: 0,
    protocolFee: 0,
    size: { rule: "all-collateral" },
    dustUsd: 0,
    atEquality: false,
    interestPerYear: params.interestPerYear,
    supplied: params.supplied,
    withdrawals: params.withdrawals,
    basis: params.basis ?? "assumed",
  };
}

function create(name: string, params: CompoundV3Params) {
  // Made when the rule meets its book; disposal and ladder are asked for after it.
  let rule: CompoundV3Rule;
  let storefront: StorefrontTerms;
  return lending(name, terms(params), {
    rule: (base, book) => {
      const factor = (symbol: string) => Math.round((params.liquidationFactor[symbol] ?? 1) * basisPoints);
      const baseAsset = book.assets.findIndex(({ symbol }) => symbol === params.base);
      const factors = book.assets.map(({ symbol }) => factor(symbol));
      const priceFactorBps = Math.round((params.storefrontPriceFactor ?? 0) * basisPoints);
      rule = new CompoundV3Rule(compoundTerms(base, baseAsset, factors, priceFactorBps));
      storefront = {
        reservesUnits: units(params.reserves, book, 0),
        targetUnits: targetUnits(params, book),
        absorbDelayMs: params.absorbDelayMs,
      };
      return { ...base, protocol: rule };
    },
    disposal: () => new Storefront(rule, storefront, rule.terms.thresholdBps.length),
    ladder: (breaching, rows) => new CompoundLadder(breaching, rows, rule, storefront),
  });
}

export const compoundV3Definition = define<CompoundV3Params>({
  kind: "compound-v3",
  part: "pressure",
  protocol: card,
  markets,
  summary:
    "Compound III: the protocol absorbs a whole account at once, and a storefront sells what it took while reserves are below their target.",
  source: "compound-finance/comet d5a30b0a, Comet.isLiquidatable, absorb, buyCollateral, quoteCollateral",
  schema,
  fill,
  check,
  create,
  references: (params) => [
    { key: "positions", kind: "positions", name: params.positions },
    { key: "oracle", kind: "oracle", name: params.oracle },
    ...(params.base === undefined ? [] : [{ key: "base", kind: "asset" as const, name: params.base }]),
    ...Object.keys(params.threshold).map((name) => ({ key: `threshold.${name}`, kind: "asset" as const, name })),
    ...Object.keys(params.liquidationFactor).map((name) => ({
      key: `liquidationFactor.${name}`,
      kind: "asset" as const,
      name,
    })),
    ...marketReferences(params),
  ],
  demonstration: {
    scenario: oneAccountFalls({
      pressure: { lender: { protocol: "compound-v3", threshold: { ETH: "85%" }, liquidationFactor: { ETH: "93%" } } },
    }),
    subject: "lender",
    measure: "liquidatedAccounts",
    off: "falls",
  },
});
