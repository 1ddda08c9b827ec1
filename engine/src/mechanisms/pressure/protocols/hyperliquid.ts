import { z } from "zod";
import { type Basis, type Book, quantity } from "../../../book/index.js";
import {
  type AssetParameters,
  card,
  faults,
  type LiquidationRules,
  presets,
  ruleFaults,
} from "../../../exact/hyperliquid/index.js";
import { type Fraction, leverageRates } from "../../../rules/hyperliquid.js";
import { perpetualRule, rateOne } from "../../../rules/perpetual.js";
import { type CheckContext, define, type Fault, type Market } from "../../definition.js";
import { longsAndShorts } from "../perpetuals/demonstration.js";
import { Inventory } from "../perpetuals/inventory.js";
import { perpetuals } from "../perpetuals/mechanism.js";
import {
  deleveragingShape,
  fundingKey,
  instrumentKey,
  type PerpetualsParams,
  perpetualsFaults,
} from "../perpetuals/schema.js";
import { exchangeDecimals, exchangeReferences, noTiers, withoutRepeats } from "./exchange-terms.js";
import { HyperliquidClosing } from "./hyperliquid-closing.js";
import { marketKey, protocolShape } from "./shape.js";

const markets: readonly Market[] = presets.map(({ name, asOf, source }) => ({ name, asOf, source }));

const schema = z
  .strictObject({
    ...protocolShape("hyperliquid"),
    market: marketKey(markets),
    instrument: instrumentKey(),
    tiers: z
      .array(
        z.strictObject({
          from: quantity.usd().prefault("0 USD").describe("Notional from which the tier counts."),
          maxLeverage: quantity
            .number({ least: 1, most: 1000 })
            .describe("Largest leverage, a whole number; maintenance is half of the initial margin at it."),
        }),
      )
      .min(1)
      .optional()
      .describe("Largest leverage by notional, in place of the market's."),
    partialAbove: quantity
      .usd()
      .prefault("100000 USD")
      .describe("Positions above this notional are closed in part first."),
    partialShare: quantity
      .share({ bare: true, above: 0, most: 1 })
      .default(0.2)
      .describe("Share of such a position that the first order asks for; 100% switches parts off."),
    cooldown: quantity.duration().prefault("30 s").describe("How long after a part the cooldown lasts."),
    duringCooldown: z
      .enum(["entire-position", "nothing"])
      .default("entire-position")
      .describe(
        "What is ordered meanwhile: the entire position, and parts again afterwards; or nothing, and then the entire position.",
      ),
    backstopShare: quantity
      .number({ least: 0, most: 1 })
      .default(2 / 3)
      .describe("The liquidator vault takes over below this share of the maintenance margin; 0 switches it off."),
    vault: quantity
      .usd()
      .prefault("100000000 USD")
      .describe("What the liquidator vault has at the start, assumed: losses of what it sells are paid from it."),
    unwind: quantity.duration().prefault("1 h").describe("In how long the vault sells what it took over; assumed."),
    ...deleveragingShape("hyperliquid"),
    funding: fundingKey(),
    atEquality: z.boolean().default(false).describe("Whether a value of exactly the maintenance margin is liquidated."),
  })
  .transform(
    ({ protocol: _, tiers, partialAbove, cooldown, vault, unwind, deleveragingCap, ...params }): HyperliquidParams => ({
      ...params,
      tiers: tiersOf(tiers?.map(({ from, maxLeverage }) => ({ fromUsd: from, maxLeverage })) ?? []),
      partialAboveUsd: partialAbove,
      cooldownMs: cooldown,
      vaultUsd: vault,
      unwindMs: unwind,
      feeShare: 0,
      insuranceFundUsd: 0,
      deleveragingCapShare: deleveragingCap,
      basis: params.basis ?? (tiers === undefined && params.market !== undefined ? "borrowed" : "assumed"),
    }),
  );

interface Tier {
  readonly fromUsd: number;
  readonly maxLeverage: number;
}

/** A Hyperliquid market's parameters with every default filled in. */
export interface HyperliquidParams extends PerpetualsParams {
  readonly market?: string | undefined;
  readonly tiers: readonly (Tier & { readonly maintenanceShare: number })[];
  readonly partialAboveUsd: number;
  readonly partialShare: number;
  readonly cooldownMs: number;
  readonly duringCooldown: "entire-position" | "nothing";
  readonly backstopShare: number;
  readonly vaultUsd: number;
  readonly unwindMs: number;
  readonly basis: Basis;
}

function tiersOf(tiers: readonly Tier[]): HyperliquidParams["tiers"] {
  return tiers.map((tier) => ({ ...tier, maintenanceShare: 1 / (2 * tier.maxLeverage) }));
}

/** The market's tiers where the scenario writes none. */
function fill(params: HyperliquidParams): HyperliquidParams {
  const preset = presets.find(({ name }) => name === params.market)?.parameters;
  if (params.tiers.length > 0 || preset === undefined) return params;
  const usd = Number(`1e${preset.quoteDecimals}`);
  return {
    ...params,
    tiers: tiersOf(
      preset.tiers.map(({ floor, maxLeverage }) => ({
        fromUsd: Number(floor) / usd,
        maxLeverage: Number(maxLeverage),
      })),
    ),
  };
}

/** Everything wrong with the terms beside the book. */
function check(params: HyperliquidParams, context: CheckContext): Fault[] {
  const general = perpetualsFaults(params, context);
  const rules = ruleFaults(exactRules(params, context.book));
  if (params.tiers.length === 0) return [...general, noTiers("market: eth, or tiers: [{ maxLeverage: 25 }]"), ...rules];
  const broken = params.tiers.flatMap(({ maxLeverage }, tier) =>
    Number.isInteger(maxLeverage)
      ? []
      : [
          {
            code: "leverage-not-whole",
            key: `tiers[${tier}].maxLeverage`,
            message: `maxLeverage is ${maxLeverage}; a whole number`,
            hint: "write 25 for 25x",
          },
        ],
  );
  const { one } = leverageRates(params.tiers.map(({ maxLeverage }) => maxLeverage));
  if (broken.length === 0 && !Number.isSafeInteger(one)) {
    broken.push({
      code: "leverages-too-different",
      key: "tiers",
      message: `the largest leverages have no common multiple below 2^53 (it is ${one}): their rates cannot be compared exactly`,
      hint: "write leverages with common factors, like 40, 20, 10",
    });
  }
  if (broken.length > 0) return [...general, ...broken, ...rules];
  const own = [...faults(exactAsset(params, context.book)), ...rules];
  return withoutRepeats(
    general,
    own.map(({ code, key, message, hint }) => ({
      code,
      key: key.replace(/^tiers\.(\d+)/, "tiers[$1]"),
      message,
      hint,
    })),
  );
}

/** The asset's terms as the exact exchange takes them, at the engine's decimals. */
export function exactAsset(params: HyperliquidParams, book: Book): AssetParameters {
  const decimals = exchangeDecimals(book, params.instrument);
  return {
    ...decimals,
    tiers: params.tiers.map(({ fromUsd, maxLeverage }) => ({
      floor: BigInt(Math.round(fromUsd * Number(`1e${decimals.quoteDecimals}`))),
      maxLeverage: BigInt(maxLeverage),
    })),
  };
}

/** The rules of liquidation as the exact exchange takes them. */
export function exactRules(params: HyperliquidParams, book: Book): LiquidationRules {
  const { quoteDecimals } = exchangeDecimals(book, params.instrument);
  const { numerator, denominator } = asFraction(params.backstopShare);
  return {
    partialAbove: BigInt(Math.round(params.partialAboveUsd * Number(`1e${quoteDecimals}`))),
    partialShare: BigInt(Math.round(params.partialShare * rateOne)),
    cooldown: BigInt(params.cooldownMs),
    duringCooldown: params.duringCooldown,
    backstopShare: { numerator: BigInt(numerator), denominator: BigInt(denominator) },
  };
}

/** A share as a fraction: a small one where it is that (two thirds), millionths else. */
function asFraction(share: number): Fraction {
  for (let denominator = 1; denominator <= 100; denominator++) {
    const numerator = Math.round(share * denominator);
    if (Math.abs(share * denominator - numerator) < 1e-9) return { numerator, denominator };
  }
  return { numerator: Math.round(share * rateOne), denominator: rateOne };
}

export const hyperliquidDefinition = define<HyperliquidParams>({
  kind: "hyperliquid",
  part: "pressure",
  protocol: card,
  markets,
  summary:
    "Hyperliquid: a fifth of a large position, then a cooldown; the liquidator vault below two thirds of maintenance; deleveraging below zero.",
  source: "Hyperliquid docs: margin tiers, liquidations, auto-deleveraging; announcement of partial liquidations",
  schema,
  fill,
  check,
  create: (name, params) => {
    const { one, rates } = leverageRates(params.tiers.map(({ maxLeverage }) => maxLeverage));
    return perpetuals(name, params, {
      rule: ({ scale, tierFrom, atEquality }) =>
        perpetualRule(
          scale,
          rates.map((rate, tier) => ({ fromUnits: tierFrom[tier], rate })),
          atEquality,
          { one, exactDeductions: true },
        ),
      closing: (book) => {
        const { partialAbove, partialShare, backstopShare } = exactRules(params, book);
        return new HyperliquidClosing({
          partialAbove: Number(partialAbove),
          partialShare: Number(partialShare),
          cooldownMs: params.cooldownMs,
          duringCooldown: params.duringCooldown,
          backstopShare: {
            numerator: Number(backstopShare.numerator),
            denominator: Number(backstopShare.denominator),
          },
        });
      },
      backstop: () =>
        new Inventory({
          holder: { name: "liquidator vault", openingUsd: params.vaultUsd },
          price: "mark",
          staysSolvent: false,
          unwindMs: params.unwindMs,
        }),
    });
  },
  references: exchangeReferences,
  demonstration: {
    scenario: longsAndShorts({ exchange: { protocol: "hyperliquid", market: "eth" } }),
    subject: "exchange",
    measure: "liquidatedAccounts",
    off: "falls",
  },
});
