import { accountIds } from "../book/account-ids.js";
import type { Book, PositionTable } from "../book/book.js";
import { formatMoment } from "../book/moment.js";
import { assert } from "../book/problem.js";
import { spotPrices } from "../map/index.js";
import { publishHeld } from "../map/market.js";
import { exp } from "../math/index.js";
import { powersOfTen } from "../rules/account-value.js";
import { readScenario } from "../scenario/parse.js";
import type { Plan } from "../scenario/plan.js";
import type { InsuranceMarket } from "./insure-market.js";
import type { InsuranceQuestion } from "./insure-question.js";
import { exchangeName, type InsuranceStrategy } from "./insure-strategies.js";
import { openMarket } from "./plan-market.js";

/** Name of the mechanism, the position table and the layer of those who are insured. */
export const insuredName = "insured";
/** Row of the account that is asked about; the crowd is the row after it. */
export const insuredRow = 0;

/** Accounts and their opening holdings: whole units of the asset and of cash. */
interface Holdings {
  readonly risky: Float64Array;
  readonly cash: Float64Array;
  /** Shorts of the perpetual, in accounts of the same names. */
  readonly shorts?: Shorts;
}

/** Positions at the exchange: whole units of the quote asset (below 0), and of the coin. */
interface Shorts {
  readonly size: Float64Array;
  readonly margin: Float64Array;
}

/** Margin behind a short at the start, of its value: a little more than the fifth that the strategy keeps there. */
const openingMargin = 0.21;

function shortsOf({ book, instrument }: InsuranceMarket, sums: readonly number[], share: number): Shorts {
  const { asset, quote } = book.instruments[instrument];
  const { priceUsd, unitDecimals } = book.assets[asset];
  const contract = powersOfTen[book.assets[quote].unitDecimals];
  return {
    size: Float64Array.from(sums, (usd) => 0 - Math.round(usd * share) * contract),
    margin: Float64Array.from(sums, (usd) =>
      Math.ceil((openingMargin * usd * share * powersOfTen[unitDecimals]) / priceUsd),
    ),
  };
}

/**
 * The market with one account that follows a strategy, and, where `crowd` says so, a second that holds what everybody else does. Both begin with what the
 * strategy wants to hold at the opening price, so nobody has to buy first. The price path has the same draws in every plan of a question.
 */
export function insurancePlan(
  around: InsuranceMarket,
  question: InsuranceQuestion,
  strategy: InsuranceStrategy,
  crowd: boolean,
): Plan {
  const market = strategy.shorted === undefined ? around : around.perpetual;
  assert(market !== null, "a strategy that is short of a perpetual is asked where there is one");
  if (strategy.kind === null) return assembled(market, question, null, crowd, null);
  const { asset, quote } = market.book.instruments[market.instrument];
  const perUsd = (index: number) => {
    const { unitDecimals, priceUsd } = market.book.assets[index];
    return powersOfTen[unitDecimals] / priceUsd;
  };
  const sums = crowd ? [question.sumUsd, question.crowdUsd] : [question.sumUsd];
  const share = strategy.invested?.(question, crowd) ?? 1;
  const invested = Float64Array.from(sums, (usd) => Math.floor(usd * share * perUsd(asset)));
  const none = new Float64Array(sums.length);
  if (strategy.shorted !== undefined) {
    const short = strategy.shorted(question);
    const shorts = shortsOf(market, sums, short);
    const risky = invested.map((units, row) => units - shorts.margin[row]);
    return assembled(market, question, strategy, crowd, { risky, cash: none, shorts });
  }
  const plan = assembled(market, question, strategy, crowd, { risky: invested, cash: none });
  if (strategy.invested !== undefined) return plan;
  // Where every account holds nothing but the asset, the strategy's own map says what it sells at the opening price.
  const sold = soldAtSpot(plan, sums.length);
  const risky = invested.map((units, row) => units - sold[row]);
  const cash = Float64Array.from(sums, (usd, row) => Math.round((usd - risky[row] / perUsd(asset)) * perUsd(quote)));
  return assembled(market, question, strategy, crowd, { risky, cash });
}

/** Units that each insured account sells (bought: negative) at the opening price. */
function soldAtSpot(plan: Plan, count: number): Float64Array {
  const market = openMarket(plan);
  const published = publishHeld(market, spotPrices(market), new Float64Array(market.feeds.length));
  const sold = new Float64Array(count);
  const ladder = market.ladders.find((one) => one.mechanism === insuredName);
  assert(ladder !== undefined, "every strategy says in the map what it trades");
  ladder.accounts(published, ({ row, units }) => {
    sold[row] += units;
  });
  return sold;
}

/** A plan around a price path, the market's venues, and the insured. */
function assembled(
  market: InsuranceMarket,
  question: InsuranceQuestion,
  strategy: InsuranceStrategy | null,
  crowd: boolean,
  holdings: Holdings | null,
): Plan {
  const { instrument } = market;
  const book = withInsured(market.book, instrument, holdings);
  const { id, asset } = book.instruments[instrument];
  const pressure =
    strategy === null
      ? {}
      : {
          [insuredName]: {
            kind: strategy.kind,
            instrument: id,
            ...strategy.written(question, { instrument: id, priceUsd: book.assets[asset].priceUsd }, crowd),
          },
          ...(strategy.shorted === undefined ? {} : { [exchangeName]: exchangeOf(book) }),
        };
  return readScenario(
    {
      version: 1,
      name: strategy === null ? "hold" : strategy.name,
      book: "the market's",
      clock: { tick: `${question.tickMs} ms`, duration: `${question.horizonMs} ms`, rounds: market.roundLimit },
      lasting: question.lastingShare,
      prices: { path: pricePath(question), ...strategy?.prices?.(question, crowd) },
      liquidity: market.liquidity,
      pressure,
    },
    () => ({ book }),
  );
}

/** A coin-margined exchange of contracts of one dollar, as a scenario writes it: liquidation at 1 %, no fund, no fee. */
function exchangeOf({ instruments }: Book): unknown {
  return { protocol: "inverse-perpetual", instrument: instruments[1].id, tiers: [{ maintenance: "1%" }] };
}

/** The path as a scenario writes it: drift is what is left when jumps have taken their mean, so that the expected price grows as asked. */
function pricePath({ asset, volatility, jumps, drift }: InsuranceQuestion): unknown {
  const { perYear, logMean, logDeviation } = jumps;
  const meanJump = exp(logMean + (logDeviation * logDeviation) / 2) - 1;
  return {
    kind: "brownian",
    calibrated: "net",
    assets: { [asset]: { volatility, drift: drift - perYear * meanJump, jumps: { perYear, logMean, logDeviation } } },
  };
}

function withInsured(book: Book, instrument: number, holdings: Holdings | null): Book {
  const { asset, quote } = book.instruments[instrument];
  if (holdings === null) return book;
  const insured: PositionTable = {
    protocol: insuredName,
    ids: accountIds(["account", "crowd"].slice(0, holdings.risky.length)),
    columns: [
      { role: "risky", asset, values: holdings.risky },
      { role: "cash", asset: quote, values: holdings.cash },
    ],
    layer: insuredName,
  };
  const layer = {
    source: "the question itself",
    asOf: formatMoment(book.atMs),
    coverage: "accounts made for this comparison",
    coverageShare: null,
    basis: "assumed" as const,
  };
  const { shorts } = holdings;
  const exchange: PositionTable[] =
    shorts === undefined
      ? []
      : [
          {
            protocol: exchangeName,
            ids: insured.ids,
            columns: [
              { role: "size", asset: quote, values: shorts.size },
              { role: "entryUsd", asset: -1, values: shorts.size.map(() => book.assets[asset].priceUsd) },
              { role: "margin", asset, values: shorts.margin },
            ],
            layer: insuredName,
          },
        ];
  return { ...book, positions: [...exchange, insured], layers: { ...book.layers, [insuredName]: layer } };
}
