import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { decimalText, parseDecimal, unitsDown } from "../decimal.js";
import { isMembers, parseWithNumbersAsText } from "../numbers-as-text.js";

const folder = "crvusd-positions";
const source =
  "xenophonlabs/crvUSDrisk 7d17fa7, MIT, test/data/metadata/pool_metadata_*.json: llamma_params and controller_params of block 19122585";

type Members = Readonly<Record<string, unknown>>;

/** The five markets' raw files, those with most borrowers first. Throws where a file is no market. */
async function rawMarkets(rawFolder: string): Promise<Members[]> {
  const names = (await readdir(join(rawFolder, folder))).filter((name) => name.startsWith("pool_metadata_")).sort();
  const markets: Members[] = [];
  for (const name of names) {
    const parsed = parseWithNumbersAsText(await readFile(join(rawFolder, folder, name), "utf8"));
    if (!isMembers(parsed)) throw new Error(`${name} is no market`);
    markets.push(parsed);
  }
  const size = (market: Members) => list(market, "userStates").length;
  return markets.sort((a, b) => size(b) - size(a));
}

function members(value: unknown, name: string): Members {
  const member = isMembers(value) ? value[name] : undefined;
  if (!isMembers(member)) throw new Error(`lacks ${name}`);
  return member;
}

function list(value: unknown, name: string): readonly unknown[] {
  const member = isMembers(value) ? value[name] : undefined;
  if (!Array.isArray(member)) throw new Error(`no list under ${name}`);
  return member;
}

function text(value: unknown, name: string): string {
  const member = isMembers(value) ? value[name] : undefined;
  if (typeof member !== "string") throw new Error(`lacks ${name}`);
  return member;
}

function whole(value: unknown, name: string): number {
  const found = text(value, name);
  if (!/^-?\d{1,15}$/.test(found)) throw new Error(`${name} is no whole number: ${found}`);
  return Number(found);
}

/** A decimal in units of 1e-18, cut. */
function wad(value: unknown, name: string): bigint {
  const decimal = parseDecimal(text(value, name));
  if (typeof decimal === "string") throw new Error(`${name}: ${decimal}`);
  return unitsDown(decimal, 18);
}

/** A wad as a plain decimal. */
const plain = (value: unknown, name: string) => decimalText(wad(value, name), 18);

/** A bigint literal with thousands apart. */
const literal = (value: bigint) => `${value.toString().replace(/\B(?=(\d{3})+$)/g, "_")}n`;

/** The text of `engine/src/exact/crvusd/presets.ts`: the five markets of 30 January 2024, from the raw data folder (the one that holds `crvusd-positions`). */
export async function crvusdPresets(rawFolder: string): Promise<string> {
  const entries = (await rawMarkets(rawFolder)).map((market) => {
    const amm = members(market, "llamma_params");
    const controller = members(market, "controller_params");
    const missing = 18 - whole(amm, "collateral_precision");
    return `  {
    name: "mainnet-${text(amm, "collateral_symbol").toLowerCase()}",
    asOf: "2024-01-30",
    source,
    parameters: {
      ...january2024,
      amplification: ${literal(BigInt(whole(amm, "A")))},
      basePrice: ${literal(wad(amm, "BASE_PRICE"))},
      fee: ${literal(wad(amm, "fee"))},
      adminFee: ${literal(wad(amm, "admin_fee"))},
      loanDiscount: ${literal(wad(controller, "loan_discount"))},
      liquidationDiscount: ${literal(wad(controller, "liquidation_discount"))},
      collateralPrecision: ${literal(10n ** BigInt(missing))},
    },
  },`;
  });
  return `import type { Preset } from "../protocol.js";
import { WAD } from "../scales.js";
import type { CrvusdParameters } from "./parameters.js";

const source =
  "${source}";

/** What every market had in common: the rules of 2023, which the record does not name; the delay and step are constants of AMM.vy. */
const january2024 = {
  rules: "v1",
  bandFeeShare: 0n,
  stablePrecision: 1n,
  oracleDelaySeconds: 120n,
  largestOracleStep: WAD + (WAD >> 2n),
} as const;

/** Five crvUSD markets of 30 January 2024. The record has base prices with 16 digits only. Generated. */
export const presets: readonly Preset<CrvusdParameters>[] = [
${entries.join("\n")}
];
`;
}

/** Lines of a table: entries apart by semicolons, \`perLine\` to a line. */
function lines(entries: readonly string[], perLine: number): string {
  const found: string[] = [];
  for (let at = 0; at < entries.length; at += perLine) found.push(entries.slice(at, at + perLine).join(";"));
  return found.join(";\n");
}

function borrowerText(state: unknown): string {
  const amounts = ["collateral", "stablecoin", "debt", "health", "loss", "collateralUp"].map((name) =>
    plain(state, name),
  );
  return [whole(state, "n1"), whole(state, "n2"), ...amounts].join(" ");
}

/** Bands that hold something, by number; refuses a record whose bands do not meet at their edges. */
function bandTexts(market: Members): string[] {
  const bands = list(market, "bands").map((band) => ({ band, index: whole(band, "index") }));
  const upper = new Map(bands.map(({ band, index }) => [index, wad(band, "priceOracleUp")]));
  for (const { band, index } of bands) {
    const next = upper.get(index + 1);
    const off = next === undefined ? 0n : next - wad(band, "priceOracleDown");
    if (off > 1n || off < -1n) throw new Error(`band ${index} does not end where the next one begins`);
  }
  return bands
    .filter(({ band }) => wad(band, "stableCoin") > 0n || wad(band, "collateral") > 0n)
    .sort((a, b) => a.index - b.index)
    .map(({ band, index }) =>
      [index, plain(band, "stableCoin"), plain(band, "collateral"), plain(band, "priceOracleUp")].join(" "),
    );
}

/**
 * The text of \`engine/src/validate/crvusd-record.ts\`: all borrowers and bands of the five markets, from the raw data folder (the one that holds
 * \`crvusd-positions\`).
 */
export async function crvusdRecord(rawFolder: string): Promise<string> {
  const markets = (await rawMarkets(rawFolder)).map((market) => {
    const amm = members(market, "llamma_params");
    const [firstUser] = list(market, "userStates");
    const [firstBand] = list(market, "bands");
    const zero = list(market, "bands").find((band) => whole(band, "index") === 0);
    return `  {
    name: "mainnet-${text(amm, "collateral_symbol").toLowerCase()}",
    oraclePrice: "${plain(amm, "oracle_price")}",
    activeBand: ${whole(amm, "active_band")},
    rateMultiplier: "${decimalText(BigInt(text(amm, "rate_mul")), 18)}",
    marketTime: ${whole(market, "timestamp")},
    bandTime: ${whole(firstBand, "timestamp")},
    bandBasePrice: "${plain(zero, "priceOracleUp")}",
    borrowerTime: ${whole(firstUser, "timestamp")},
    borrowers: \`
${lines(list(market, "userStates").map(borrowerText), 6)}\`,
    bands: \`
${lines(bandTexts(market), 6)}\`,
  },`;
  });
  return `/** What was recorded of one market, decimals as text of at most 18 places, times in Unix seconds. */
export interface CrvusdRecord {
  /** The preset's name. */
  readonly name: string;
  /** Of \`marketTime\`. */
  readonly oraclePrice: string;
  /** Of \`marketTime\`. */
  readonly activeBand: number;
  /** As last saved before \`marketTime\`. */
  readonly rateMultiplier: string;
  readonly marketTime: number;
  readonly bandTime: number;
  /** Upper price of band 0 at \`bandTime\`. */
  readonly bandBasePrice: string;
  readonly borrowerTime: number;
  /** First band, last band, collateral, stablecoin, debt, health, loss of collateral in conversion, collateral on the way up; apart by semicolons. */
  readonly borrowers: string;
  /** Number, stablecoin, collateral, upper oracle price; apart by semicolons. */
  readonly bands: string;
}

/**
 * All borrowers and non-empty bands of five crvUSD markets on 30 January 2024: xenophonlabs/crvUSDrisk, commit 7d17fa7, MIT,
 * test/data/metadata/pool_metadata_*.json. Three moments of one day: bands at 00:03 UTC, borrowers at 20:07, the market's own figures at 23:24. Generated.
 */
export const crvusdRecords: readonly CrvusdRecord[] = [
${markets.join("\n")}
];
`;
}
