import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { booksReadme } from "./books-readme.js";
import { type ImportedCrvusd, importCrvusd } from "./crvusd.js";
import { importDeribitChain } from "./deribit-chain.js";
import { readMakerDay } from "./maker-day.js";
import type { ImportedChain } from "./option-chain.js";
import { formatFile } from "./our-format.js";
import { measureFeed } from "./perpetual-feed.js";
import { importQuotes, tokens } from "./quotes.js";
import type { RefusedRow } from "./refused-row.js";
import { crashBook, crashSeries } from "./ship-1987.js";
import { contagionBook } from "./ship-contagion.js";
import { crvusdBook } from "./ship-crvusd.js";
import { perpetualBook, widerMarketDepth } from "./ship-depth.js";
import { ethWinterBook, ethWinterWords } from "./ship-eth-winter.js";
import { makerBook, makerSeries } from "./ship-maker.js";

const makerDays = ["2021-04-22", "2021-05-19", "2021-09-20", "2022-01-21"];

/**
 * Writes every shipped book and series and their README into `outFolder` from the raw sets in `sharedDataFolder`, and returns the file names.
 * Throws where a row of a raw set is refused: shipped figures rest on files that are understood whole.
 */
export function shipBooks(sharedDataFolder: string, outFolder: string): readonly string[] {
  mkdirSync(outFolder, { recursive: true });
  const written: string[] = [];
  const write = (name: string, text: string) => {
    writeFileSync(join(outFolder, name), text);
    written.push(name);
  };
  const feed = measureFeed(join(sharedDataFolder, "l2-binance-ethusdt-perp-2024-08-08/usdm_ethusdt_20240808.gz"));
  if (feed.refill === null) throw new Error("feed: no episode to measure the refill on");
  refuseNone("feed", feed.replay.refused);
  const refill = feed.refill;
  const imported = importQuotes(readFileSync(join(sharedDataFolder, "dex-slippage-quotes/quotes.csv"), "utf8"));
  refuseNone("quotes", imported.refused);
  const depthOf = (token: keyof typeof tokens, asset: string) => widerMarketDepth(imported.rows, token, asset, refill);
  const days = makerDays.map((name) => {
    // The candles, gas and reserves of a day ship for 2021-05-19 only: of the four days the raw set holds just that one.
    const { day, refused } = readMakerDay(
      join(sharedDataFolder, "maker-ethb-vaults"),
      join(sharedDataFolder, "eth-10m-gas-liquidity"),
      name,
    );
    refuseNone(name, refused);
    return day;
  });
  for (const day of days) {
    write(`maker-eth-b-${day.day}.json`, formatFile(makerBook(day, depthOf("weth", "ETH"))));
    write(`maker-eth-b-${day.day}.series.json`, formatFile(makerSeries(day)));
  }
  write(
    "binance-ethusdt-perp-2024-08-08.json",
    formatFile(perpetualBook(feed.depth, refill, feed.matchWords, feed.atMs)),
  );
  const depths = {
    WETH: depthOf("weth", "WETH"),
    wstETH: depthOf("wsteth", "wstETH"),
    sfrxETH: depthOf("sfrxeth", "sfrxETH"),
    WBTC: depthOf("wbtc", "WBTC"),
  };
  const markets = readMarkets(sharedDataFolder);
  write("crvusd-2024-01-30.json", formatFile(crvusdBook(markets, depths)));
  const weth = markets.find(({ market }) => market?.symbol === "WETH");
  if (weth === undefined) throw new Error("no crvUSD market of WETH");
  write(
    "eth-many-protocols-2024-01-30.json",
    formatFile(contagionBook(weth, days, depthOf("weth", "ETH"), feed.depth, refill.perHour)),
  );
  write("us-equity-1987-10-19.json", formatFile(crashBook(sharedDataFolder)));
  write("us-equity-1987-10-19.series.json", formatFile(crashSeries(sharedDataFolder)));
  const chain = importDeribitChain(
    readFileSync(join(sharedDataFolder, "deribit-option-chains/eth_options_oi_2024-01-08.csv"), "utf8"),
    { fileName: "eth_options_oi_2024-01-08.csv" },
  );
  refuseOnly("options", chain, ["price-below-intrinsic", "volatility-missing"]);
  write("eth-winter-2024.json", formatFile(ethWinterBook(weth, chain, depthOf("weth", "ETH"))));
  write("README.md", booksReadme(days, feed, refill, ethWinterWords(chain, weth.market?.timeMs ?? 0)));
  return written;
}

function readMarkets(sharedDataFolder: string): readonly ImportedCrvusd[] {
  const folder = join(sharedDataFolder, "crvusd-positions");
  const names = readdirSync(folder).filter((name) => name.startsWith("pool_metadata_"));
  return names.sort().map((name) => {
    const imported = importCrvusd(readFileSync(join(folder, name), "utf8"));
    refuseNone(name, imported.refused);
    return imported;
  });
}

/** A chain may hold contracts that have no volatility, which the layer counts; anything else is a file that is not understood. */
function refuseOnly(name: string, { byCode }: ImportedChain, codes: readonly string[]): void {
  const other = [...byCode.keys()].filter((code) => !codes.includes(code));
  if (other.length > 0) throw new Error(`${name}: rows refused with ${other.join(", ")}`);
}

function refuseNone(name: string, refused: readonly RefusedRow[]): void {
  const first = refused[0];
  if (first !== undefined)
    throw new Error(`${name}: ${refused.length} rows refused, the first (${first.rowNumber}): ${first.reason}`);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [, , from, to] = process.argv;
  if (from === undefined || to === undefined) {
    process.stderr.write("usage: npx tsx app/src/feeds/ship.ts RAW_FOLDER OUT_FOLDER\n");
    process.exitCode = 2;
  } else {
    for (const name of shipBooks(from, to)) process.stdout.write(`${name}\n`);
  }
}
