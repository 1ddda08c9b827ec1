import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isMembers, parseWithNumbersAsText } from "../numbers-as-text.js";

/** Day of the last change of every market's `configuration.json` in the history of compound-finance/comet up to commit d5a30b0a (2026-05-29). */
const lastChanged: Readonly<Record<string, string>> = {
  "arbitrum-usdc": "2023-09-12",
  "arbitrum-usdc.e": "2023-09-12",
  "arbitrum-usdt": "2024-07-01",
  "arbitrum-weth": "2024-06-24",
  "base-aero": "2024-10-18",
  "base-usdbc": "2023-08-16",
  "base-usdc": "2024-03-19",
  "base-usds": "2025-03-06",
  "base-weth": "2023-08-23",
  "linea-usdc": "2025-09-15",
  "linea-weth": "2025-09-25",
  "mainnet-usdc": "2022-08-26",
  "mainnet-usds": "2024-10-24",
  "mainnet-usdt": "2024-07-08",
  "mainnet-wbtc": "2025-03-06",
  "mainnet-weth": "2023-01-24",
  "mainnet-wsteth": "2024-09-17",
  "mantle-usde": "2024-11-15",
  "optimism-usdc": "2024-04-10",
  "optimism-usdt": "2024-06-21",
  "optimism-weth": "2024-07-22",
  "polygon-usdc": "2023-03-07",
  "polygon-usdt": "2024-07-02",
  "ronin-weth": "2025-04-09",
  "ronin-wron": "2025-06-09",
  "scroll-usdc": "2024-03-28",
  "unichain-usdc": "2025-03-07",
  "unichain-weth": "2025-05-09",
};

/** Networks whose tokens are worth nothing. */
const testnet = /^(fuji|sepolia)-/;

/** A number of a configuration: text as it stood, underscores allowed, coefficient and power of ten apart. */
interface Amount {
  readonly coefficient: string;
  readonly exponent: number;
}

/** A member that must be there, as text. Throws with the file and the key. */
function text(members: Readonly<Record<string, unknown>>, key: string, file: string): string {
  const value = members[key];
  if (typeof value !== "string") throw new Error(`${file}: no ${key}`);
  return value;
}

/** A member that must be an object. Throws with the file and the key. */
function members(parent: Readonly<Record<string, unknown>>, key: string, file: string): Record<string, unknown> {
  const value = parent[key];
  if (!isMembers(value)) throw new Error(`${file}: no ${key}`);
  return value;
}

/** An amount in scientific form, `5_000e18`: the only form that the deployment scripts of the source take. */
function amount(parent: Readonly<Record<string, unknown>>, key: string, file: string): Amount {
  const match = /^(\d+(?:\.\d+)?)e(\d+)$/.exec(text(parent, key, file).replaceAll("_", ""));
  if (match === null) throw new Error(`${file}: ${key} is not of the form 5000e18`);
  return { coefficient: match[1], exponent: Number(match[2]) };
}

/** A decimal without trailing zeros: `0.70` is `0.7`. */
function decimal(parent: Readonly<Record<string, unknown>>, key: string, file: string): string {
  const found = text(parent, key, file);
  if (!/^\d+(\.\d+)?$/.test(found)) throw new Error(`${file}: ${key} is not a plain decimal: ${found}`);
  return found.includes(".") ? found.replace(/\.?0+$/, "") : found;
}

/** The same amount as a decimal of whole tokens of `decimals` places: `100e6` at 6 is `100`, `1e0` is `0.000001`. */
function tokens({ coefficient, exponent }: Amount, decimals: number): string {
  const [whole, fraction = ""] = coefficient.split(".");
  if (fraction.length > exponent) throw new Error(`${coefficient}e${exponent} is not a whole number of units`);
  const units = (whole + fraction.padEnd(exponent, "0")).padStart(decimals + 1, "0");
  const cut = units.length - decimals;
  const part = units.slice(cut).replace(/0+$/, "");
  const integer = units.slice(0, cut).replace(/^0+(?=\d)/, "");
  return part === "" ? integer : `${integer}.${part}`;
}

/**
 * Decimals of the base token. The files do not state them; the powers of ten of the target reserves and of the smallest principal that earns rewards do, and
 * must agree.
 */
function baseDecimals(market: Readonly<Record<string, unknown>>, file: string): number {
  const target = amount(market, "targetReserves", file).exponent;
  const rewarded = amount(members(market, "tracking", file), "baseMinForRewards", file).exponent;
  if (target !== rewarded) throw new Error(`${file}: base decimals are ${target} or ${rewarded}`);
  return target;
}

function assetRow(name: string, asset: Readonly<Record<string, unknown>>, file: string): string {
  const decimals = Number(decimal(asset, "decimals", file));
  const factors = ["borrowCF", "liquidateCF", "liquidationFactor"].map((key) => decimal(asset, key, file));
  return `  ${[name, decimals, ...factors, tokens(amount(asset, "supplyCap", file), decimals)].join(" ")}`;
}

/** Rows of one market: itself, then its collaterals, indented. */
function marketRows(name: string, json: string): string[] {
  const market = parseWithNumbersAsText(json);
  if (!isMembers(market)) throw new Error(`${name}: not an object`);
  const decimals = baseDecimals(market, name);
  const rates = members(market, "rates", name);
  const curve = (side: string) =>
    ["Kink", "SlopeLow", "SlopeHigh", "Base"].map((key) => decimal(rates, side + key, name));
  const row = [
    name.replaceAll(".", "-"),
    lastChanged[name] ?? fail(`${name}: no day of its last change`),
    text(market, "baseToken", name),
    decimals,
    tokens(amount(market, "borrowMin", name), decimals),
    tokens(amount(market, "targetReserves", name), decimals),
    decimal(market, "storeFrontPriceFactor", name),
    ...curve("supply"),
    ...curve("borrow"),
  ];
  const assets = Object.entries(members(market, "assets", name)).map(([asset, values]) =>
    isMembers(values) ? assetRow(asset, values, name) : fail(`${name}: ${asset} is not an object`),
  );
  return [row.join(" "), ...assets];
}

function fail(message: string): never {
  throw new Error(message);
}

const head = `import { marketPresets } from "./preset-table.js";

/**
 * The markets of compound-finance/comet as their configuration files stand, testnets left out. These are the terms of deployment, dated by the last change of
 * each file: governance has since changed live markets by proposals that the files do not follow (supply caps, factors, rates, collaterals added; the file of
 * mainnet-usdc still has every supply cap at zero).
 *
 * One row per market: name, day, base asset, its decimals, smallest debt and target reserves in tokens, storefront price factor, then kink, low slope, high
 * slope and base of the supply rate and of the borrow rate, a year. Indented rows, its collaterals: name, decimals, borrow collateral factor, liquidate
 * collateral factor, liquidation factor, supply cap in tokens.
 */
export const presets = marketPresets(\`
`;

/** Text of the engine's presets of Compound III, made of the folder of configuration files \`<network>-<base>.json\`. Throws on anything it cannot read whole. */
export async function compoundV3Presets(rawFolder: string): Promise<string> {
  const names = (await readdir(rawFolder))
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.slice(0, -".json".length))
    .filter((name) => !testnet.test(name))
    .sort();
  const rows: string[] = [];
  for (const name of names) rows.push(...marketRows(name, await readFile(join(rawFolder, `${name}.json`), "utf8")));
  return `${head}${rows.join("\n")}\n\`);\n`;
}
