import type { ImportedCrvusd } from "./crvusd.js";
import type { L2Depth } from "./l2-depth.js";
import type { BookFile, LayerFile, OrderBookFile, PositionsFile } from "./our-format.js";
import { type DepthFile, levelRows } from "./ship-depth.js";
import type { MakerDay } from "./ship-maker.js";
import { utcText } from "./utc-time.js";

/** Maker's liquidation ratio of ETH-B, by which distances to liquidation are read off the recorded vaults. */
const recordedRatio = 1.3;
/** Ether that each invented population holds as collateral. */
const collateralEach = 25_000;

/** A protocol whose accounts are invented: whose distances to liquidation they have, at which threshold, and what they owe. */
interface Population {
  readonly protocol: string;
  readonly day: string;
  readonly threshold: number;
  readonly debt: string;
}

const populations: readonly Population[] = [
  { protocol: "aave", day: "2021-05-19", threshold: 0.83, debt: "USDC" },
  { protocol: "compound", day: "2021-09-20", threshold: 0.895, debt: "USDC" },
  { protocol: "maker", day: "2022-01-21", threshold: 1 / 1.45, debt: "DAI" },
  { protocol: "morpho", day: "2021-04-22", threshold: 0.86, debt: "USDC" },
  { protocol: "euler", day: "2021-09-20", threshold: 0.83, debt: "USDC" },
  { protocol: "liquity", day: "2022-01-21", threshold: 1 / 1.1, debt: "BOLD" },
];

/** Leverages of the invented longs of an exchange, and of its shorts. */
const leverages = [3, 4, 5, 6, 8, 10, 12, 15, 20, 25] as const;

/**
 * Ether as the collateral of many protocols at once, on 30 January 2024: the recorded crvUSD borrowers of that day, and for each other protocol a population
 * that is invented but for one thing: its distances to liquidation are those of recorded Maker vaults. Depth is that of another date.
 */
export function contagionBook(
  market: ImportedCrvusd,
  days: readonly MakerDay[],
  spot: DepthFile,
  perpetual: L2Depth,
  refillPerHour: number,
): BookFile {
  if (market.market === null) throw new Error("the crvUSD market of WETH is needed");
  const priceUsd = Number(market.market.oraclePriceUsd);
  const at = utcText(market.market.timeMs);
  const layers: Record<string, LayerFile> = {
    "crvusd-weth": {
      source:
        "xenophonlabs/crvUSDrisk, commit 7d17fa798e908e1032e4ee432ff14667f284febe, MIT: market metadata of block 19122585",
      asOf: at,
      coverage: `all ${market.rows.length} borrowers of the crvUSD market of WETH (${market.market.address})`,
      coverageShare: null,
      basis: "measured",
    },
    market: spot.layer,
    perpetual: {
      source:
        "nkaz001/hftbacktest, commit 5f3ec40b2afb764e0fea112f941ed85523ef4e88, MIT: Binance ETHUSDT perpetual, raw feed",
      asOf: "2024-08-08T23:54:16Z",
      coverage:
        "one perpetual of one exchange within 0.35 % of its price; beyond it levels at 1, 3 and 10 % are assumed to hold two, four and eight times as much; another date",
      coverageShare: null,
      basis: "assumed",
    },
    longs: {
      source: "invented: ten leverages from 3 to 25, as much long as short",
      asOf: at,
      coverage: "nobody's real positions",
      coverageShare: null,
      basis: "assumed",
    },
    prices: {
      source: "assumption",
      asOf: at,
      coverage: "USDC, DAI, BOLD and crvUSD at 1 USD; ETH at the crvUSD market's own oracle",
      coverageShare: null,
      basis: "assumed",
    },
  };
  const positions: Record<string, PositionsFile> = {
    crvusd: {
      layer: "crvusd-weth",
      columns: ["account", "collateral ETH", "collateral crvUSD", "debt crvUSD", "firstBand x", "lastBand x"],
      rows: [...market.rows]
        .sort((a, b) => (a.account < b.account ? -1 : 1))
        .map((row) => [
          row.account,
          Number(row.collateral),
          Number(row.stablecoin),
          Number(row.debt),
          row.firstBand,
          row.lastBand,
        ]),
    },
    hyperliquid: perpetualTable(priceUsd, 1_500),
    binance: perpetualTable(priceUsd, 2_500),
  };
  for (const population of populations) {
    const day = days.find((one) => one.day === population.day);
    if (day === undefined) throw new Error(`no vaults of ${population.day}`);
    layers[population.protocol] = populationLayer(population, at);
    positions[population.protocol] = populationTable(population, day, priceUsd);
  }
  return {
    version: 1,
    kind: "book",
    name: "eth-many-protocols-2024-01-30",
    at,
    assets: {
      ETH: { unitDecimals: 7, price: `${priceUsd} USD` },
      ...Object.fromEntries(
        ["USDC", "DAI", "BOLD", "crvUSD"].map((symbol) => [symbol, { unitDecimals: 6, price: "1 USD" }]),
      ),
    },
    instruments: {
      "ETH/USDC": { asset: "ETH", quote: "USDC", market: "spot", chain: "ethereum" },
      "ETH/USDC-PERP": { asset: "ETH", quote: "USDC", market: "perpetual", chain: "exchange" },
    },
    layers,
    positions,
    venues: {
      "wider-market": { kind: "order-book", instrument: "ETH/USDC", layer: "market", ...spot.curve },
      "perpetual-market": perpetualVenue(perpetual, refillPerHour),
    },
  };
}

function populationLayer({ day, debt, protocol, threshold }: Population, at: string): LayerFile {
  return {
    source: `invented for ${protocol}: collateral and distance to liquidation of each recorded Maker ETH-B vault of ${day} (fsc-data-science/MKR-Elasticity-ETHB, commit 92fb84d862efb6096b208fcb09f7d807ea00ca0f, MIT), the collateral scaled to ${collateralEach} ETH in all, the debt to a threshold of ${threshold.toFixed(4)} in ${debt}`,
    asOf: at,
    coverage: "nobody's real positions at this protocol",
    coverageShare: null,
    basis: "assumed",
  };
}

function populationTable({ protocol, threshold, debt }: Population, day: MakerDay, priceUsd: number): PositionsFile {
  const vaults = day.vaults.flatMap((vault) => {
    const collateral = Number(vault.collateralEth);
    const owed = Number(vault.debtDai);
    // How often the debt, at the ratio of its day, goes into the collateral.
    const distance = owed === 0 ? 0 : (collateral * Number(day.priceUsd)) / (recordedRatio * owed);
    return distance > 1.002 ? [{ account: vault.account, collateral, distance }] : [];
  });
  const total = vaults.reduce((sum, { collateral }) => sum + collateral, 0);
  return {
    layer: protocol,
    columns: ["account", "collateral ETH", `debt ${debt}`],
    rows: vaults.map(({ account, collateral, distance }) => {
      const held = (collateral * collateralEach) / total;
      return [
        `${protocol}-${account}`,
        Number(held.toFixed(6)),
        Number(((held * priceUsd * threshold) / distance).toFixed(2)),
      ];
    }),
  };
}

/** Longs of ten leverages and as many shorts, each of `size` ether. */
function perpetualTable(priceUsd: number, size: number): PositionsFile {
  const entry = Number(priceUsd.toFixed(2));
  return {
    layer: "longs",
    columns: ["account", "size ETH", "entry USD", "margin USDC"],
    rows: leverages.flatMap((leverage) =>
      [1, -1].map((side) => [
        `${side > 0 ? "long" : "short"}-${String(leverage).padStart(2, "0")}x`,
        side * size,
        entry,
        Number(((size * entry) / leverage).toFixed(2)),
      ]),
    ),
  };
}

function perpetualVenue({ bids, asks }: L2Depth, refillPerHour: number): OrderBookFile {
  const levels = (sign: 1 | -1, measured: L2Depth["bids"]) => {
    const [last] = measured.slice(-1);
    const beyond = [
      { relativePrice: 1 + sign * 0.01, units: 2 * last.units },
      { relativePrice: 1 + sign * 0.03, units: 4 * last.units },
      { relativePrice: 1 + sign * 0.1, units: 8 * last.units },
    ];
    return levelRows([...measured, ...beyond], "ETH");
  };
  return {
    kind: "order-book",
    instrument: "ETH/USDC-PERP",
    layer: "perpetual",
    bids: levels(-1, bids),
    asks: levels(1, asks),
    refill: `${Math.round(refillPerHour)} /h`,
  };
}
