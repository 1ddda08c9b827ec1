import type { Book } from "../../../book/index.js";
import { card, MAX_BANDS, MIN_BANDS } from "../../../exact/crvusd/index.js";
import { pow } from "../../../math/index.js";
import { stepsPerUsd } from "../../../rules/account-value.js";
import { CRVUSD_ONE } from "../../../rules/crvusd.js";
import type { Decide, Mechanism, Settle } from "../../../run/index.js";
import { type CheckContext, define, type Fault } from "../../definition.js";
import { oneAccountFalls } from "../../demonstrations.js";
import { bookArbitrage, finishArbitrage, planArbitrage } from "./crvusd-arbitrage.js";
import {
  bookLiquidations,
  bookRescues,
  examineAccounts,
  pauseOrders,
  priceOf,
  recordUnderwater,
} from "./crvusd-hard.js";
import { crvusdLadder } from "./crvusd-ladder.js";
import { crvusdTable, placements } from "./crvusd-opening.js";
import { type CrvusdRows, openCrvusd, resetCrvusd } from "./crvusd-rows.js";
import { type CrvusdParams, crvusdMarkets, crvusdSchema } from "./crvusd-schema.js";
import { crvusdFaults, exactCrvusd, fillCrvusd, missingCrvusdTerms } from "./crvusd-terms.js";
import { heldSymbols, missingColumns, symbolIn } from "./market-terms.js";

/** A crvUSD market: bands that an arbitrageur converts and converts back, and hard liquidation of who is unhealthy all the same. */
export function crvusd(name: string, params: CrvusdParams): Mechanism<CrvusdRows> {
  return {
    name,
    open(book, layout) {
      const { speed } = params.arbitrage;
      const actShare = speed === 1 ? 1 : 1 - pow(1 - speed, layout.tickMs / 60_000);
      const rows = openCrvusd(name, params, book, layout, actShare);
      const { market, arbitrageRow, collateral } = rows;
      const opening = rows.accounts;
      layout.offerRescue(name, {
        rowCount: arbitrageRow,
        // At the opening bands' worth: what is converted counts as it is, the rest at the price, less the discount.
        margin(row, priceUsd) {
          if (opening.debt[row] === 0) return Number.POSITIVE_INFINITY;
          const held = (opening.collateral[row] / market.collateralScale) * priceUsd(collateral);
          const kept = 1 - market.terms.liquidationDiscount / CRVUSD_ONE;
          const owed = market.debtOf(row);
          if (owed === 0) return Number.POSITIVE_INFINITY;
          return ((held + opening.converted[row] / market.stableScale) * kept * market.stableScale) / owed;
        },
      });
      return rows;
    },
    reset: resetCrvusd,
    ladder: crvusdLadder,
    decide,
    settle,
  };
}

function decide(rows: CrvusdRows, at: Decide): void {
  const steps = at.published(rows.feed);
  if (steps === 0) return;
  rows.steps = steps;
  rows.market.observe(Math.floor(at.timeMs / 1000), priceOf(steps));
  const yields = rows.yields;
  rows.yields = false;
  // Bands change under a trade, so what a liquidation would take is offered in rounds without one.
  if (!yields && planArbitrage(rows, at)) pauseOrders(rows, at);
  else {
    rows.planned.units = 0;
    examineAccounts(rows, at);
  }
}

function settle(rows: CrvusdRows, at: Settle): void {
  if (!at.afterTrades) {
    bookArbitrage(rows, at);
    bookLiquidations(rows, at);
    bookRescues(rows, at);
    return;
  }
  finishArbitrage(rows, at);
  if (at.lastTick) recordUnderwater(rows, at);
}

function check(params: CrvusdParams, { book }: CheckContext): Fault[] {
  const found: Fault[] = [...missingColumns(book, params.positions), ...otherAssets(params, book)];
  if (params.bands < MIN_BANDS || params.bands > MAX_BANDS)
    found.push({
      code: "band-count-out-of-range",
      key: "bands",
      message: `a position of ${params.bands} bands; it may have ${MIN_BANDS} to ${MAX_BANDS}`,
      hint: "crvUSD loans have 10 where nothing is said",
    });
  found.push(...halfColumns(params, book), ...otherMarket(params));
  const missing = missingCrvusdTerms(params);
  if (missing.length > 0) return [...found, ...missing];
  const exact = exactCrvusd(params, book);
  const wrong = crvusdFaults(exact);
  if (wrong.length > 0) return [...found, ...wrong];
  const table = crvusdTable(book, params.positions, params.collateral, params.stable);
  if (table === undefined || found.length > 0) return found;
  const steps = Math.floor(book.assets[table.collateralAsset].priceUsd * stepsPerUsd);
  return [...placements(table, exact, priceOf(steps), params.bands).faults];
}

/** A market has one collateral and one stablecoin; converted collateral is that stablecoin. */
function otherAssets(params: CrvusdParams, book: Book): Fault[] {
  return (["collateral", "debt"] as const).flatMap((role) => {
    const others = heldSymbols(book, params.positions, role).filter(
      (symbol) => symbol !== params.stable && (role === "debt" || symbol !== params.collateral),
    );
    if (others.length === 0) return [];
    return [
      {
        code: "market-one-pair",
        key: role === "debt" ? "stable" : "collateral",
        message: `accounts also have ${others.join(", ")} as ${role}; a crvUSD market has one collateral and one stablecoin`,
        hint: "make a table and a mechanism for each market",
      },
    ];
  });
}

/** A shipped market's bands are priced in its own collateral. */
function otherMarket({ market, collateral }: CrvusdParams): Fault[] {
  const asset = market?.slice(market.lastIndexOf("-") + 1).toUpperCase();
  if (asset === undefined || collateral === undefined || symbolIn(asset, collateral.toUpperCase())) return [];
  return [
    {
      code: "market-other-collateral",
      key: "market",
      message: `the market ${market} takes ${asset}, and accounts hold ${collateral}`,
      hint: "name the market of that collateral, or write the terms",
    },
  ];
}

/** Bands are named by both columns or by neither. */
function halfColumns(params: CrvusdParams, book: Book): Fault[] {
  const table = book.positions.find(({ protocol }) => protocol === params.positions);
  const named = (["firstBand", "lastBand"] as const).filter((role) =>
    table?.columns.some((column) => column.role === role),
  );
  if (named.length !== 1) return [];
  const missing = named[0] === "firstBand" ? "lastBand" : "firstBand";
  return [
    {
      code: "column-missing",
      key: "positions",
      message: `the positions ${params.positions} have a column ${named[0]} and none "${missing} x"`,
      hint: "name both bands of every account, or neither",
    },
  ];
}

export const crvusdDefinition = define<CrvusdParams>({
  kind: "crvusd",
  part: "pressure",
  protocol: card,
  markets: crvusdMarkets,
  summary:
    "crvUSD (LLAMMA): collateral lies in bands that arbitrage converts into stablecoin and back; hard liquidation of who is unhealthy all the same.",
  source: "curvefi/curve-stablecoin cf1d05fb and 2b37900c, AMM.vy exchange, Controller.vy liquidate",
  schema: crvusdSchema,
  fill: fillCrvusd,
  check,
  create: (name, params) => crvusd(name, params),
  references: (params) => [
    { key: "positions", kind: "positions", name: params.positions },
    { key: "oracle", kind: "oracle", name: params.oracle },
    ...(["collateral", "stable"] as const).flatMap((key) => {
      const name = params[key];
      return name === undefined ? [] : [{ key, kind: "asset" as const, name }];
    }),
    ...(params.arbitrage.gasAsset === undefined
      ? []
      : [{ key: "arbitrage.gasAsset", kind: "asset" as const, name: params.arbitrage.gasAsset }]),
  ],
  demonstration: {
    scenario: oneAccountFalls({
      pressure: {
        lender: { protocol: "crvusd", amplification: 100, fee: "0.6%", loanDiscount: "9%", liquidationDiscount: "6%" },
      },
    }),
    subject: "lender",
    measure: "seizedUsd",
    off: "falls",
  },
});
