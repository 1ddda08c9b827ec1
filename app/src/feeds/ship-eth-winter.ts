import type { ImportedCrvusd } from "./crvusd.js";
import {
  chainTable,
  chainWords,
  daysText,
  type ImportedChain,
  leftOutWords,
  netPositionWords,
} from "./option-chain.js";
import type { BookFile, LayerFile, PositionsFile } from "./our-format.js";
import type { DepthFile } from "./ship-depth.js";
import { utcText } from "./utc-time.js";

/** Floors of the invented vaults that insure themselves, as shares of their wealth, each with this much wealth in dollars. */
const floors = [0.74, 0.78, 0.8, 0.82, 0.84, 0.86, 0.88, 0.9] as const;
const wealthEachUsd = 4_000_000;
/** The multiplier at which they are taken to stand at their targets: the scenario's. */
const multiplier = 4;

/** What the invented option vaults have sold to dealers: per cent of spot, ether, side, days to a Friday 08:00 UTC. */
const sold = [
  { vault: "covered-call-weekly", strikeShare: 1.1, coins: 12_000, call: 1, expiry: "2024-02-02T08:00:00Z" },
  { vault: "covered-call-monthly", strikeShare: 1.2, coins: 10_000, call: 1, expiry: "2024-02-23T08:00:00Z" },
  { vault: "put-selling-weekly", strikeShare: 0.9, coins: 8_000, call: -1, expiry: "2024-02-02T08:00:00Z" },
  { vault: "put-selling-monthly", strikeShare: 0.8, coins: 6_000, call: -1, expiry: "2024-02-23T08:00:00Z" },
] as const;
/** Volatility at which those are carried, in per cent a year. */
const vaultVolatility = 55;

/**
 * Ether in the winter of 2024, all who are forced at once: the recorded crvUSD borrowers of 30 January, the open interest of one options venue of 8 January
 * (what had not expired by then), depth of 20 November, and invented vaults that insure themselves or sell options. Every layer has its own date.
 */
export function ethWinterBook(market: ImportedCrvusd, imported: ImportedChain, spot: DepthFile): BookFile {
  if (market.market === null) throw new Error("the crvUSD market of WETH is needed");
  const priceUsd = Number(market.market.oraclePriceUsd);
  const atMs = market.market.timeMs;
  const debt = market.rows.reduce((sum, row) => sum + Number(row.debt), 0);
  const at = utcText(atMs);
  return {
    version: 1,
    kind: "book",
    name: "eth-winter-2024",
    at,
    assets: {
      ETH: { unitDecimals: 7, price: `${priceUsd} USD` },
      USDC: { unitDecimals: 6, price: "1 USD" },
      crvUSD: { unitDecimals: 6, price: "1 USD" },
    },
    instruments: { "ETH/USDC": { asset: "ETH", quote: "USDC", market: "spot", chain: "ethereum" } },
    layers: {
      "crvusd-weth": {
        source:
          "xenophonlabs/crvUSDrisk, commit 7d17fa798e908e1032e4ee432ff14667f284febe, MIT: market metadata of block 19122585",
        asOf: at,
        coverage: `all ${market.rows.length} borrowers of the crvUSD market of WETH (${market.market.address}); their debts sum to ${debt.toFixed(0)} of the market's ${Number(market.market.totalDebt).toFixed(0)} crvUSD`,
        coverageShare: Math.min(1, Number((debt / Number(market.market.totalDebt)).toFixed(4))),
        basis: "measured",
      },
      options: optionsLayer(imported, atMs, priceUsd),
      market: spot.layer,
      ...inventedLayers(at),
    },
    positions: {
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
      options: standing(chainTable(imported.chain, imported.symbol, "options", atMs)),
      "option-vaults": vaultTable(atMs, priceUsd),
      insured: insuredTable(priceUsd),
    },
    venues: {
      "wider-market": { kind: "order-book", instrument: "ETH/USDC", layer: "market", ...spot.curve },
    },
  };
}

/** The contracts by name, so that the file does not hang on the order of the venue's answer. */
function standing(table: PositionsFile): PositionsFile {
  return { ...table, rows: [...table.rows].sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1)) };
}

function optionsLayer(imported: ImportedChain, atMs: number, priceUsd: number): LayerFile {
  const { chain, symbol } = imported;
  let goneCoins = 0;
  let goneContracts = 0;
  const dates = new Set<string>();
  for (let row = 0; row < chain.count; row++) {
    if (chain.expiryMs[row] > atMs || chain.openInterest[row] === 0) continue;
    goneCoins += chain.openInterest[row];
    goneContracts++;
    dates.add(utcText(chain.expiryMs[row]).slice(0, 10));
  }
  const gone = `${goneContracts} contracts with ${Math.round(goneCoins)} ${symbol} open that expired on ${[...dates].sort().join(", ")}, before the book's moment, are left out`;
  return {
    source:
      "jiaxiang-cheng/definer, commit 014a0c090013d5c6d6207e0ffcf952d35d4bca2d, MIT: Deribit's book summary of ETH options",
    asOf: utcText(chain.atMs),
    coverage: [
      `one venue, another date: ${chainWords(imported)}`,
      `${gone}; the others stand with the open interest, the strikes and the volatilities of their date (${symbol} at ${chain.spotUsd} USD then, ${priceUsd.toFixed(2)} in this book) and the time that is left from this book's moment`,
      "volatilities are inverted from marks in coins at each expiry's own underlying price",
      netPositionWords,
    ].join(". "),
    coverageShare: null,
    basis: "borrowed",
  };
}

function inventedLayers(at: string): Record<string, LayerFile> {
  const invented = (what: string): LayerFile => ({
    source: `invented: ${what}`,
    asOf: at,
    coverage: "nobody's real positions",
    coverageShare: null,
    basis: "assumed",
  });
  return {
    "option-vaults": invented(
      `vaults that sell covered calls (${sold[0].coins + sold[1].coins} ETH, 10 and 20 % above the price) and puts (${sold[2].coins + sold[3].coins} ETH, 10 and 20 % below) to dealers, who hold them, at a volatility of ${vaultVolatility} %`,
    ),
    insured: invented(
      `${floors.length} vaults of ${wealthEachUsd / 1e6} million dollars each that keep floors of ${100 * floors[0]} to ${100 * floors[floors.length - 1]} % of their wealth, at ${multiplier} times their cushion`,
    ),
    prices: {
      source: "assumption",
      asOf: at,
      coverage: "USDC and crvUSD at 1 USD; ETH at the crvUSD market's own oracle",
      coverageShare: null,
      basis: "assumed",
    },
  };
}

function vaultTable(atMs: number, priceUsd: number): PositionsFile {
  return {
    layer: "option-vaults",
    columns: ["account", "size ETH", "strike USD", "expiry day", "call x", "volatility %"],
    rows: sold.map(({ vault, strikeShare, coins, call, expiry }) => [
      vault,
      coins,
      50 * Math.round((priceUsd * strikeShare) / 50),
      daysText(Date.parse(expiry) - atMs),
      call,
      vaultVolatility,
    ]),
  };
}

function insuredTable(priceUsd: number): PositionsFile {
  return {
    layer: "insured",
    columns: ["account", "risky ETH", "cash USDC", "floor USD"],
    rows: floors.map((floor) => {
      const risky = Number(((multiplier * (1 - floor) * wealthEachUsd) / priceUsd).toFixed(4));
      const held = Math.min(risky, Number((wealthEachUsd / priceUsd).toFixed(4)));
      return [
        `insured-${Math.round(100 * floor)}`,
        held,
        Number(Math.max(0, wealthEachUsd - held * priceUsd).toFixed(2)),
        Number((floor * wealthEachUsd).toFixed(2)),
      ];
    }),
  };
}

/** What the shipped page says of the options: how many stand, how many do not, why. */
export function ethWinterWords(imported: ImportedChain, atMs: number): string {
  const { chain } = imported;
  const standingRows = Array.from(chain.expiryMs, (expiry, row) => expiry > atMs && chain.openInterest[row] > 0);
  const count = standingRows.filter(Boolean).length;
  const coins = chain.openInterest.reduce((sum, open, row) => sum + (standingRows[row] ? open : 0), 0);
  return `${count} contracts with ${Math.round(coins)} ETH open still stand at the book's moment; of the file ${leftOutWords(imported)}`;
}
