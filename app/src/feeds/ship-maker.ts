import type { AccruedFees } from "./accrued-fees.js";
import type { Candle } from "./candles.js";
import type { GasPercentiles } from "./gas.js";
import type { PricePoint } from "./hourly-prices.js";
import type { MakerEvent } from "./maker-events.js";
import type { MakerTerms } from "./maker-parameters.js";
import type { ProtocolTotal } from "./maker-totals.js";
import type { MakerVault } from "./maker-vaults.js";
import type { BookFile, LayerFile, SeriesFile, SeriesTableFile } from "./our-format.js";
import type { PoolReserves } from "./reserves.js";
import type { DepthFile } from "./ship-depth.js";
import { utcText } from "./utc-time.js";

/** Everything known about one Maker day, understood. */
export interface MakerDay {
  /** `2021-05-19`. */
  readonly day: string;
  readonly atMs: number;
  readonly vaults: readonly MakerVault[];
  readonly events: readonly MakerEvent[];
  readonly terms: MakerTerms;
  readonly hourly: readonly PricePoint[];
  readonly priceUsd: string;
  readonly priceSource: LayerFile;
  /** The accrued fees that the debts leave out; null where no vault was settled in the window. */
  readonly fees: AccruedFees | null;
  /** The protocol's own total of debt, fees included, and the book's debt replayed to that block (at the book's moment where the total is older). */
  readonly total: (ProtocolTotal & { readonly bookDai: number }) | null;
  readonly intraday: {
    readonly candles: readonly Candle[];
    readonly gas: readonly GasPercentiles[];
    readonly reserves: readonly PoolReserves[];
  } | null;
}

const makerSource =
  "fsc-data-science/MKR-Elasticity-ETHB, commit 92fb84d862efb6096b208fcb09f7d807ea00ca0f, MIT (Carlos R. Mercado); upstream Flipside Crypto";
const hourlySource =
  "bhemen/aave-data, commit bb4b9c93e927a324843427adf4e3cd56c3894a53, no licence file; upstream CoinGecko hourly ETH/USD";
const stablesims =
  "BerkeleyBlockchain/stablesims, commit 29556c766689ebbc5ed749babc7c380ccb6aa047, no licence file; upstream";

/** Provenance of the price of ETH taken from the hourly points. */
export function hourlyPriceLayer(point: PricePoint): LayerFile {
  return {
    source: hourlySource,
    asOf: utcText(point.timeMs),
    coverage: "price of ETH: the hourly point nearest to the book's moment, cut to 8 places",
    coverageShare: null,
    basis: "measured",
  };
}

/** Provenance of the price of ETH taken from the first ten-minute bar of the day. */
export function openPriceLayer(candle: Candle): LayerFile {
  return {
    source: `${stablesims} CoinAPI OHLCV`,
    asOf: utcText(candle.startMs),
    coverage: "price of ETH: open of the day's first ten-minute bar",
    coverageShare: null,
    basis: "measured",
  };
}

/** The book of one Maker day: all ETH-B vaults at 00:00 UTC, the wider market's depth where given and, where measured, the DAI/WETH pool. */
export function makerBook(day: MakerDay, depth: DepthFile | null): BookFile {
  const at = utcText(day.atMs);
  const pool = openingPool(day);
  return {
    version: 1,
    kind: "book",
    name: `maker-eth-b-${day.day}`,
    at,
    assets: { ETH: { unitDecimals: 7, price: `${day.priceUsd} USD` }, DAI: { unitDecimals: 6, price: "1 USD" } },
    instruments: { "ETH/DAI": { asset: "ETH", quote: "DAI", market: "spot", chain: "ethereum" } },
    layers: {
      vaults: vaultLayer(day),
      ...(depth === null ? {} : { "wider-market": depth.layer }),
      ...(pool === undefined ? {} : { "dai-weth-pool": poolLayer(pool.startMs) }),
      "price-eth": day.priceSource,
      "price-dai": {
        source: "assumption",
        asOf: at,
        coverage: "price of DAI: 1 USD",
        coverageShare: null,
        basis: "assumed",
      },
    },
    positions: {
      "maker-eth-b": {
        layer: "vaults",
        columns: ["account", "collateral ETH", "debt DAI"],
        rows: day.vaults.map((vault) => [vault.account, Number(vault.collateralEth), Number(vault.debtDai)]),
      },
    },
    venues: {
      ...(pool === undefined
        ? {}
        : {
            "dai-weth": {
              kind: "constant-product",
              instrument: "ETH/DAI",
              layer: "dai-weth-pool",
              base: `${pool.baseEth} ETH`,
              quote: `${pool.quoteDai} DAI`,
              fee: "0.3%",
            } as const,
          }),
      ...(depth === null
        ? {}
        : {
            "wider-market": {
              kind: "order-book",
              instrument: "ETH/DAI",
              layer: "wider-market",
              ...depth.curve,
            } as const,
          }),
    },
  };
}

function vaultLayer(day: MakerDay): LayerFile {
  const { terms } = day;
  return {
    source: makerSource,
    asOf: utcText(day.atMs),
    coverage: [
      `every open Maker ETH-B vault at 00:00 UTC (${day.vaults.length}), rebuilt from its full event history; one collateral type of one protocol, its share of all debt against ETH not known here`,
      "vaults without debt are not in it",
      totalWords(day.total),
      `debt is drawn less repaid, without accrued stability fee: ${feeWords(day.fees)}`,
      `terms: ${termsWords(terms)}`,
      "amounts cut to 7 places of ETH and 6 of DAI",
    ].join(". "),
    coverageShare: null,
    basis: "measured",
  };
}

/** What the fees that are left out amount to, in words. */
export function feeWords(fees: AccruedFees | null): string {
  if (fees === null) return "understated, by how much is not measurable: no vault was settled in the window";
  const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
  return `understated by ${percent(fees.medianShare)} in the median (80 % of them ${percent(fees.lowShare)} to ${percent(fees.highShare)}; ${percent(fees.pooledShare)} of their summed debt) on the ${fees.samples.length} vaults that were liquidated or wholly repaid in the five days after`;
}

/** How the book's debt compares with the protocol's own count, in words. */
export function totalWords(total: MakerDay["total"]): string {
  if (total === null) return "the protocol's own total of debt is not known near this day";
  return `its debt, without fees, is ${((100 * total.bookDai) / total.debtDai).toFixed(2)} % of the protocol's own total of ${total.debtDai.toFixed(0)} DAI at ${utcText(total.timeMs)} (from its automatic debt ceiling, fees included)`;
}

/** The terms in one line. */
export function termsWords(terms: MakerTerms): string {
  const per = (share: number) => `${Number((share * 100).toFixed(4))} %`;
  const common = `liquidations ${terms.liquidations}, collateral ratio ${per(terms.collateralRatio)}, penalty ${per(terms.penaltyShare)}, stability fee ${per(terms.stabilityFeeShareYear)} a year, dust ${terms.dustDai} DAI, price delayed by one hour`;
  if (terms.auctionSizeDai !== null) return `${common}, at most ${terms.auctionSizeDai} DAI a lot (dunk)`;
  return `${common}, auctions start at ${terms.startPriceFactor} x feed (buf), reset after ${terms.resetSeconds} s (tail) or at ${terms.resetPriceShare} of the start (cusp), keeper reward ${terms.rewardDai} DAI (tip) + ${per(terms.rewardShare ?? 0)} (chip), at most ${terms.debtAtAuctionDai} DAI at auction (hole)`;
}

/** The first measured reserves of the day, at the book's price: the same invariant, moved along the curve as arbitrage would. */
function openingPool(day: MakerDay): PoolReserves | undefined {
  const first = day.intraday?.reserves[0];
  if (first === undefined) return undefined;
  const root = Math.sqrt(Number(first.baseEth) * Number(first.quoteDai));
  const rootPrice = Math.sqrt(Number(day.priceUsd));
  return { startMs: first.startMs, baseEth: (root / rootPrice).toFixed(7), quoteDai: (root * rootPrice).toFixed(6) };
}

function poolLayer(firstMs: number): LayerFile {
  return {
    source: `${stablesims} The Graph, Uniswap v2 DAI/WETH`,
    asOf: utcText(firstMs),
    coverage:
      "one pool of one exchange, of many that traded ETH that day; the feed's day begins at midnight in Los Angeles, so its first reserves are hours after the book: their invariant, at the book's price; cut to 7 places of ETH and 6 of DAI",
    coverageShare: null,
    basis: "borrowed",
  };
}

/** The series of one Maker day: events and hourly prices of five days and, where measured, ten-minute candles, gas and reserves of the day. */
export function makerSeries(day: MakerDay): SeriesFile {
  const at = utcText(day.atMs);
  return {
    version: 1,
    kind: "series",
    name: `maker-eth-b-${day.day}-series`,
    layers: {
      events: {
        source: makerSource,
        asOf: at,
        coverage:
          "every creation, deposit, repayment, borrow, withdrawal and liquidation of Maker ETH-B vaults in five days; order inside a block is not known: open, deposit, repay, borrow, withdraw, liquidate is assumed. Amounts are never negative, the kind says the direction. A liquidation is two rows of the same block: ETH seized (the feed rounds it to whole ETH) and DAI of debt covered, accrued fee included, penalty not. The amount of an open row is 0",
        coverageShare: 1,
        basis: "measured",
      },
      prices: {
        source: hourlySource,
        asOf: at,
        coverage:
          "hourly ETH/USD from two hours before the book to five days after it; times as observed, cut to 8 places",
        coverageShare: null,
        basis: "measured",
      },
      ...(day.intraday === null ? {} : intradayLayers(at)),
    },
    tables: {
      ...(day.intraday === null ? {} : intradayTables(day.intraday)),
      prices: {
        layer: "prices",
        asset: "ETH",
        columns: ["time", "price USD"],
        rows: day.hourly.map((point) => [utcText(point.timeMs), Number(point.priceUsd)]),
      },
      events: {
        layer: "events",
        protocol: "maker-eth-b",
        columns: ["time", "block", "account", "kind", "amount", "asset"],
        rows: day.events.map((event) => [
          utcText(event.timeMs),
          event.block,
          event.account,
          event.kind,
          Number(event.amount),
          event.asset,
        ]),
      },
    },
  };
}

function intradayLayers(at: string): Readonly<Record<string, LayerFile>> {
  const layer = (upstream: string, coverage: string): LayerFile => ({
    source: `${stablesims} ${upstream}`,
    asOf: at,
    coverage,
    coverageShare: null,
    basis: "measured",
  });
  return {
    candles: layer("CoinAPI OHLCV", "ten-minute ETH/USD bars of the book's day"),
    gas: layer(
      "Anyblock",
      "percentiles of gas prices by ten minutes of the book's day, cut to whole wei; times from the timestamp field",
    ),
    reserves: layer(
      "The Graph, Uniswap v2 DAI/WETH",
      "reserves by ten minutes; the feed has no times: row order is the clock, and it begins at midnight in Los Angeles (the pool's price fits the candles best 42 rows later: mean error 1.5 % against 8.8 %), so it ends hours into the next day; cut to 7 places of ETH and 6 of DAI",
    ),
  };
}

function intradayTables(intraday: NonNullable<MakerDay["intraday"]>): Readonly<Record<string, SeriesTableFile>> {
  return {
    candles: {
      layer: "candles",
      asset: "ETH",
      interval: "10 min",
      columns: ["start", "open USD", "high USD", "low USD", "close USD"],
      rows: intraday.candles.map((candle) => [
        utcText(candle.startMs),
        ...[candle.open, candle.high, candle.low, candle.close].map(Number),
      ]),
    },
    gas: {
      layer: "gas",
      interval: "10 min",
      columns: ["start", "p30 gwei", "p60 gwei", "p90 gwei", "p100 gwei"],
      rows: intraday.gas.map((row) => [
        utcText(row.startMs),
        ...[row.p30Gwei, row.p60Gwei, row.p90Gwei, row.p100Gwei].map(Number),
      ]),
    },
    reserves: {
      layer: "reserves",
      venue: "dai-weth",
      interval: "10 min",
      columns: ["start", "base ETH", "quote DAI"],
      rows: intraday.reserves.map((row) => [utcText(row.startMs), Number(row.baseEth), Number(row.quoteDai)]),
    },
  };
}
