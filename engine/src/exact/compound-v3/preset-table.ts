import type { Preset } from "../protocol.js";
import { powerOfTen } from "../rounding.js";
import type { CompoundAsset, CompoundParameters } from "./parameters.js";

const source = (name: string, day: string) =>
  `compound-finance/comet commit d5a30b0aaeff7755f1431e87f818990902237b03 (2026-05-29), deployments, configuration.json of ${name}, file last changed ${day}; terms of deployment, later changes by governance not included`;

/** `text` with the point moved `decimals` places. Throws RangeError where that is not a whole number. */
export function wholeUnits(text: string, decimals: number): bigint {
  const match = /^(\d+)(?:\.(\d+))?$/.exec(text);
  const fraction = match?.[2] ?? "";
  if (match === null || fraction.length > decimals) throw new RangeError(`${text} at ${decimals} decimals`);
  return BigInt(match[1] + fraction.padEnd(decimals, "0"));
}

const wad = (text: string) => wholeUnits(text, 18);

function assetOf(row: string): CompoundAsset {
  const [name, decimals, borrow, liquidate, liquidation, cap] = row.trim().split(" ");
  return {
    name,
    scale: powerOfTen(Number(decimals)),
    borrowCollateralFactor: wad(borrow),
    liquidateCollateralFactor: wad(liquidate),
    liquidationFactor: wad(liquidation),
    supplyCap: wholeUnits(cap, Number(decimals)),
  };
}

function marketOf(rows: readonly string[]): Preset<CompoundParameters> {
  const [name, asOf, baseAsset, decimals, borrowMin, targetReserves, storefront, ...rates] = rows[0].split(" ");
  const [supplyKink, supplySlopeLow, supplySlopeHigh, supplyBase] = rates.slice(0, 4).map(wad);
  const [borrowKink, borrowSlopeLow, borrowSlopeHigh, borrowBase] = rates.slice(4).map(wad);
  return {
    name,
    asOf,
    source: source(name, asOf),
    parameters: {
      baseAsset,
      baseScale: powerOfTen(Number(decimals)),
      borrowMin: wholeUnits(borrowMin, Number(decimals)),
      targetReserves: wholeUnits(targetReserves, Number(decimals)),
      storeFrontPriceFactor: wad(storefront),
      rates: {
        supplyKink,
        supplySlopeLow,
        supplySlopeHigh,
        supplyBase,
        borrowKink,
        borrowSlopeLow,
        borrowSlopeHigh,
        borrowBase,
      },
      assets: rows.slice(1).map(assetOf),
    },
  };
}

/** Reads the table of markets: a row per market, indented rows for its collaterals. Exact decimals, on-chain units. Throws RangeError on a number it cannot hold. */
export function marketPresets(table: string): readonly Preset<CompoundParameters>[] {
  return table
    .trim()
    .split(/\n(?! )/)
    .map((block) => marketOf(block.split("\n")));
}
