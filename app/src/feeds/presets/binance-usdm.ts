import { readFileSync } from "node:fs";
import { join } from "node:path";

interface RawTier {
  readonly maxNotional: number;
  readonly maxLeverage: number;
  readonly info: { readonly notionalFloor: string; readonly maintMarginRatio: string; readonly cum: string };
}

/** How many contracts are shipped. */
const shipped = 40;

/** Caps above this many dollars are placeholders of delisted contracts (2^63). */
const largestCap = 1e15;

/** `0.004` as whole millionths; refused where it is finer. */
function millionths(share: string): number {
  const rate = Math.round(Number(share) * 1e6);
  if (Math.abs(rate - Number(share) * 1e6) > 1e-6) throw new Error(`rate ${share} is finer than a millionth`);
  return rate;
}

function whole(amount: number): number {
  if (!Number.isSafeInteger(amount)) throw new Error(`${amount} is not whole`);
  return amount;
}

/** `BTC 50000:4000:125:0 ... `: one cell per tier with its cap, rate in millionths, leverage and cumulative amount in cents; its floor is the cap before. */
function tableLine(coin: string, tiers: readonly RawTier[]): string {
  let floor = 0;
  const cells = tiers.map((tier) => {
    if (Number(tier.info.notionalFloor) !== floor) throw new Error(`${coin}: tiers do not join at ${floor}`);
    floor = whole(tier.maxNotional);
    const cumulative = whole(Number(tier.info.cum) * 100);
    return [floor, millionths(tier.info.maintMarginRatio), tier.maxLeverage, cumulative].join(":");
  });
  return `${coin} ${cells.join(" ")}`;
}

/**
 * Text of the engine's `exact/binance-usdm/presets.ts` from the raw data folder (the one that holds `margin-tiers`): the 40 perpetuals quoted in USDT with the
 * largest last tier, ties by name. Throws where a figure is not whole or tiers do not join.
 */
export async function binanceUsdmPresets(rawFolder: string): Promise<string> {
  const raw = readFileSync(join(rawFolder, "margin-tiers/binance_leverage_tiers_2024-10-24.json"), "utf8");
  const largest = Object.entries(JSON.parse(raw) as Record<string, readonly RawTier[]>)
    .filter(([symbol]) => symbol.endsWith("/USDT:USDT"))
    .map(([symbol, tiers]) => ({ coin: symbol.split("/")[0], tiers, cap: tiers[tiers.length - 1].maxNotional }))
    .filter(({ cap }) => cap < largestCap)
    .sort((a, b) => b.cap - a.cap || (a.coin < b.coin ? -1 : 1))
    .slice(0, shipped);
  return `import type { Preset } from "../protocol.js";
import type { ContractParameters } from "./parameters.js";
import { presetsOf } from "./preset-table.js";

const table = \`
${largest.map(({ coin, tiers }) => tableLine(coin, tiers)).join("\n")}
\`;

/** The ${shipped} USDT perpetuals with the largest last tier on 24 October 2024, generated from the exchange's table. */
export const presets: readonly Preset<ContractParameters>[] = presetsOf(table);
`;
}
