import { type Amount, type Basis, type Book, isProblem, unitsOf } from "../../../book/index.js";
import { type AjnaParameters, faults, presets } from "../../../exact/ajna/index.js";
import { powerOfTen } from "../../../exact/rounding.js";
import { ajnaTerms } from "../../../rules/ajna-auction.js";
import { amountFaults } from "../../amounts.js";
import type { CheckContext, Fault } from "../../definition.js";
import type { LendingParams } from "../lending/schema.js";
import type { AjnaPoolTerms } from "./ajna-auctions.js";
import { heldSymbols, missingColumns, unknownPair } from "./market-terms.js";

/** Beyond this many quote coins per coin a bucket's price has more digits than two Float64 numbers keep. */
const highestDeposit = 9e6;
const defaultRate = 0.05;

/** An Ajna pool's parameters; `fill` leaves only what the book does not say. */
export interface AjnaParams {
  readonly positions: string;
  readonly oracle: string;
  readonly market?: string | undefined;
  readonly collateral?: string | undefined;
  readonly quote?: string | undefined;
  /** By line: price of the bucket (US dollars) and quote in it. */
  readonly deposits: readonly { readonly price: number; readonly amount: Amount }[];
  readonly lenders: { readonly follow: boolean; readonly delayMs: number };
  readonly reserves?: Amount | undefined;
  readonly interestPerYear?: number | undefined;
  readonly basis?: Basis | undefined;
}

/** The pair from the book, the rate from the market. */
export function fillAjna(params: AjnaParams, book: Book): AjnaParams {
  const preset = presets.find(({ name }) => name === params.market);
  const rate = preset === undefined ? defaultRate : Number(preset.parameters.interestRate) / 1e18;
  return {
    ...params,
    collateral: params.collateral ?? heldSymbols(book, params.positions, "collateral")[0],
    quote: params.quote ?? heldSymbols(book, params.positions, "debt")[0],
    interestPerYear: params.interestPerYear ?? rate,
    // Deposits are the scenario's own, whatever the market.
    basis: params.basis ?? "assumed",
  };
}

function assetOf(symbol: string | undefined, book: Book): number {
  return book.assets.findIndex((one) => one.symbol === symbol);
}

/** The pool's parameters as the exact protocol takes them, at the engine's decimals. */
export function exactAjna(params: AjnaParams, book: Book): AjnaParameters {
  const scaleOf = (symbol: string | undefined) =>
    powerOfTen(18 - (book.assets[assetOf(symbol, book)]?.unitDecimals ?? 6));
  return {
    quoteScale: scaleOf(params.quote),
    collateralScale: scaleOf(params.collateral),
    interestRate: BigInt(Math.round((params.interestPerYear ?? 0) * 1e12)) * 1_000_000n,
  };
}

function unitsIn(amount: Amount | undefined, book: Book, asset: number): number {
  if (amount === undefined || asset < 0) return 0;
  const whole = unitsOf(amount, book.assets[asset].unitDecimals, "");
  return isProblem(whole) ? 0 : whole;
}

/** Deposits, reserves and auction terms in whole units. */
export function poolTerms(params: AjnaParams, book: Book): AjnaPoolTerms {
  const quote = assetOf(params.quote, book);
  return {
    ...ajnaTerms(params.interestPerYear ?? 0),
    deposits: params.deposits.map(({ price, amount }) => ({
      price: price / (book.assets[quote]?.priceUsd ?? 1),
      units: unitsIn(amount, book, quote),
    })),
    followAfterMs: params.lenders.follow ? params.lenders.delayMs : undefined,
    reservesUnits: unitsIn(params.reserves, book, quote),
  };
}

/** Everything wrong with a pool beside its book. */
export function checkAjna(params: AjnaParams, { book, tickMs }: CheckContext): Fault[] {
  const found: Fault[] = [
    ...missingColumns(book, params.positions),
    ...unknownPair(book, params.positions, { collateral: params.collateral, debt: params.quote }, "quote"),
    ...pairFaults(params, book),
  ];
  for (const one of faults(exactAjna(params, book))) {
    if (one.key === "interestRate")
      found.push({
        ...one,
        key: "interest",
        message: `is ${100 * (params.interestPerYear ?? 0)} % a year; from 0 to 400 %`,
        hint: "the contract's own rates lie between 0.1 % and 400 %",
      });
    else found.push({ ...one, key: one.key === "quoteScale" ? "quote" : "collateral" });
  }
  if (params.lenders.delayMs % tickMs !== 0)
    found.push({
      code: "duration-no-multiple",
      key: "lenders.delay",
      message: `${params.lenders.delayMs} ms is no whole number of ticks of ${tickMs} ms`,
      hint: "make it a multiple of clock.tick",
    });
  const quote = assetOf(params.quote, book);
  return quote < 0 ? found : [...found, ...depositFaults(params, book, quote)];
}

function pairFaults(params: AjnaParams, book: Book): Fault[] {
  return (["collateral", "debt"] as const).flatMap((role) => {
    const key = role === "debt" ? "quote" : role;
    const others = heldSymbols(book, params.positions, role).filter((symbol) => symbol !== params[key]);
    if (others.length === 0) return [];
    return [
      {
        code: "market-one-pair",
        key,
        message: `accounts also have ${others.join(", ")} as ${role}; a pool has one collateral and one quote token`,
        hint: "make a table and a mechanism for each pool",
      },
    ];
  });
}

function depositFaults(params: AjnaParams, book: Book, quote: number): Fault[] {
  const found: Fault[] = [];
  params.deposits.forEach(({ price, amount }, index) => {
    found.push(...amountFaults(amount, book.assets[quote], `deposits[${index}].amount`));
    if (price / book.assets[quote].priceUsd > highestDeposit)
      found.push({
        code: "deposit-price-too-high",
        key: `deposits[${index}].price`,
        message: `is ${price} USD, ${price / book.assets[quote].priceUsd} quote coins per coin; at most 9,000,000`,
        hint: "count the collateral in a smaller coin",
      });
  });
  if (params.reserves !== undefined) found.push(...amountFaults(params.reserves, book.assets[quote], "reserves"));
  if (found.length > 0) return found;
  const deposited = poolTerms(params, book).deposits.reduce((sum, { units }) => sum + units, 0);
  const table = book.positions.find(({ protocol }) => protocol === params.positions);
  const owed = (table?.columns ?? [])
    .filter(({ role, asset }) => role === "debt" && asset === quote)
    .reduce((sum, { values }) => sum + values.reduce((of, units) => of + units, 0), 0);
  if (deposited >= owed) return found;
  const coins = (units: number) => units / Number(powerOfTen(book.assets[quote].unitDecimals));
  return [
    {
      code: "deposits-below-debt",
      key: "deposits",
      message: `deposits are ${coins(deposited)} ${params.quote}, accounts owe ${coins(owed)}: what is lent was deposited`,
      hint: "write deposits of at least what accounts owe",
    },
  ];
}

/** The terms as lending keeps them: nothing of it decides, the rule does. */
export function lendingTermsOf(params: AjnaParams): LendingParams {
  return {
    positions: params.positions,
    oracle: params.oracle,
    termsOracle: params.oracle,
    threshold: { [params.collateral ?? ""]: 1 },
    bonus: {},
    penalty: 0,
    protocolFee: 0,
    size: { rule: "all-collateral" },
    dustUsd: 0,
    atEquality: false,
    interestPerYear: params.interestPerYear ?? 0,
    basis: params.basis ?? "assumed",
  };
}
