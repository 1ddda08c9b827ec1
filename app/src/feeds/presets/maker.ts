import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { importMakerParameters, type ParameterChange, parametersAt } from "../maker-parameters.js";

/** What the file of parameter changes does not hold, with the first day on which each stood. */
const besides = {
  source: "makerdao/spells-mainnet, the spells' own tests and 2021-04-30-DssSpell, 2021-06-11-DssSpell",
  globalAuctionLimitDai: 100_000_000,
  cutBps: 9_900,
  breakerToleranceBps: 5_000,
  /** ETH-B began with 90 seconds; the spell of 2021-06-11, cast on 2021-06-21 14:05:59, made it 60. */
  stepSeconds: (atMs: number) => (atMs < Date.UTC(2021, 5, 21, 14, 5, 59) ? 90 : 60),
};

/** The days of the vault books after Liquidations 2.0 began. On 2021-04-22 English auctions (Cat, Flipper) still ran. */
const days = ["2021-05-19", "2021-09-20", "2022-01-21"];

/**
 * The text of the exact engine's `presets.ts`: ETH-B's parameters in force at 00:00 UTC of three days, from `parameter_changes.csv`.
 * Throws where the file is broken or where Liquidations 2.0 did not run yet.
 */
export async function makerPresets(rawFolder: string): Promise<string> {
  const text = await readFile(join(rawFolder, "maker-ethb-vaults", "parameter_changes.csv"), "utf8");
  const { rows, refused } = importMakerParameters(text);
  if (refused.length > 0) throw new Error(`parameter_changes.csv, row ${refused[0].rowNumber}: ${refused[0].reason}`);
  return `${head}${days.map((day) => presetText(rows, day)).join("")}];\n`;
}

const head = `import type { Preset } from "../protocol.js";
import { ilkPresets } from "./ilk-presets.js";
import type { MakerParameters } from "./parameters.js";
import { fromTerms } from "./preset-terms.js";

const changes =
  "changes executed by governance: fsc-data-science/MKR-Elasticity-ETHB 92fb84d862efb6096b208fcb09f7d807ea00ca0f, MIT (Carlos R. Mercado); upstream Flipside Crypto";
const besides =
  "not in that file: limit over all collateral types, cut, step and tolerance, from ${besides.source}";

/** Eight collateral types of July 2025, and ETH-B at 00:00 UTC of three days of the vault books; on all three Liquidations 2.0 ran (since 2021-05-06). */
export const presets: readonly Preset<MakerParameters>[] = [
  ...ilkPresets,
`;

function presetText(changes: readonly ParameterChange[], day: string): string {
  const atMs = Date.parse(`${day}T00:00:00Z`);
  const values = parametersAt(changes, atMs);
  if (!values.has("DOG.ilks.chop"))
    throw new Error(`${day}: no DOG.ilks.chop yet, Liquidations 1.2 (Cat and Flipper) still ran`);
  const value = (parameter: string) => {
    const found = values.get(parameter);
    if (found === undefined) throw new Error(`${day}: parameter_changes.csv has no ${parameter}`);
    return found;
  };
  const bps = (parameter: string) => whole(value(parameter) * 10_000);
  const dai = (parameter: string) => whole(value(parameter));
  // the tip was first filed on 2021-06-02: before that the contract held its default, nothing
  const tip = values.has("CLIPPER.tip") ? dai("CLIPPER.tip") : 0n;
  const terms: readonly (readonly [string, bigint])[] = [
    ["liquidationRatioBps", bps("SPOTTER.ilks.mat")],
    ["feePerSecond", feePerSecond(bps("JUG.ilks.duty"))],
    ["debtCeilingCents", whole(value("VAT.ilks.line") * 100)],
    ["dustDai", dai("VAT.ilks.dust")],
    ["penaltyBps", bps("DOG.ilks.chop")],
    ["globalAuctionLimitDai", BigInt(besides.globalAuctionLimitDai)],
    ["auctionLimitDai", dai("DOG.ilks.hole")],
    ["startPriceBps", bps("CLIPPER.buf")],
    ["resetAfterSeconds", dai("CLIPPER.tail")],
    ["resetBelowBps", bps("CLIPPER.cusp")],
    ["incentiveBps", bps("CLIPPER.chip")],
    ["incentiveDai", tip],
    ["cutBps", BigInt(besides.cutBps)],
    ["stepSeconds", BigInt(besides.stepSeconds(atMs))],
    ["breakerToleranceBps", BigInt(besides.breakerToleranceBps)],
  ];
  return `  {
    name: "eth-b-${day}",
    asOf: "${day}",
    source: \`\${changes}; \${besides}\`,
    parameters: fromTerms({
${terms.map(([key, amount]) => `      ${key}: ${grouped(amount)}n,\n`).join("")}    }),
  },
`;
}

/** A quantity that the file writes with so few places that Float64 holds it: the nearest whole number, refused where it is not one. */
function whole(value: number): bigint {
  const rounded = Math.round(value);
  if (Math.abs(value - rounded) > 1e-3) throw new Error(`${value} is no whole number`);
  return BigInt(rounded);
}

const scale = 10n ** 60n;
const secondsPerYear = 31_536_000n;

/**
 * Ray of one second that compounds to 1 + fee in a year of 365 days, as Maker's table of rates has it: the logarithm over the seconds cut to 27 places, then its
 * exponential cut to 27 places, which is up to two units below the nearest.
 */
export function feePerSecond(feeBps: bigint): bigint {
  const target = scale + (feeBps * scale) / 10_000n;
  let low = scale;
  let high = scale + (feeBps * scale) / 10_000n / secondsPerYear + 1n;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (yearly(middle) <= target) low = middle;
    else high = middle;
  }
  const growth = low - scale;
  const places = 10n ** 33n;
  const logarithm = ((growth - growth ** 2n / scale / 2n + growth ** 3n / scale ** 2n / 3n) / places) * places;
  const exponential = scale + logarithm + logarithm ** 2n / scale / 2n + logarithm ** 3n / scale ** 2n / 6n;
  return exponential / places;
}

/** `x` (60 places) to the power of the seconds of a year, rounded down at every step. */
function yearly(x: bigint): bigint {
  let result = scale;
  let power = x;
  for (let left = secondsPerYear; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) result = (result * power) / scale;
    power = (power * power) / scale;
  }
  return result;
}

/** Thousands apart, as our code writes numbers. */
function grouped(amount: bigint): string {
  return amount.toString().replace(/\B(?=(\d{3})+$)/g, "_");
}
