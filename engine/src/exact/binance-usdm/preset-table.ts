import type { Preset } from "../protocol.js";
import { powerOfTen } from "../rounding.js";
import type { ContractParameters, MarginTier } from "./parameters.js";

/** Where the tier tables come from, and what is not in them. */
const source =
  "tiers: freqtrade/freqtrade c9ae5e1e9ff25bb55dd61f5e5519f7c479291edb, leverage tiers as the exchange's API gave them; liquidation fee 1.25 %: assumed, not in that table";

/** Decimals of the quote asset in the presets: a millionth of a dollar. */
const quoteDecimals = 6;

function tiersOf(cells: readonly string[]): MarginTier[] {
  const unit = powerOfTen(quoteDecimals);
  const cent = powerOfTen(quoteDecimals - 2);
  let floor = 0n;
  return cells.map((cell) => {
    const [cap, maintenanceRate, maxLeverage, cumulative] = cell.split(":").map(BigInt);
    const tier = { floor, cap: cap * unit, maintenanceRate, maxLeverage, statedCumulative: cumulative * cent };
    floor = tier.cap;
    return tier;
  });
}

/**
 * Presets of a table with one line per contract: its coin, then per tier `cap:rate:leverage:cumulative` (dollars, millionths, times, cents). Money in
 * millionths of a dollar, BTC in units of 1e-8, every other coin of 1e-7.
 */
export function presetsOf(table: string): Preset<ContractParameters>[] {
  return table
    .trim()
    .split("\n")
    .map((line) => {
      const [coin, ...cells] = line.split(" ");
      return {
        name: `${coin.toLowerCase()}-usdt`,
        asOf: "2024-10-24",
        source,
        parameters: {
          assetDecimals: coin === "BTC" ? 8 : 7,
          quoteDecimals,
          tiers: tiersOf(cells),
          liquidationFee: 12_500n,
        },
      };
    });
}
