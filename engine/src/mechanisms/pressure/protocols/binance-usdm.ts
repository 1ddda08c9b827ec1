import { z } from "zod";
import { type Basis, type Book, quantity } from "../../../book/index.js";
import { type ContractParameters, card, faults, presets } from "../../../exact/binance-usdm/index.js";
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
import { binanceClosing } from "./binance-usdm-closing.js";
import { exchangeDecimals, exchangeReferences, noTiers, withoutRepeats } from "./exchange-terms.js";
import { marketKey, protocolShape } from "./shape.js";

const markets: readonly Market[] = presets.map(({ name, asOf, source }) => ({ name, asOf, source }));

const schema = z
  .strictObject({
    ...protocolShape("binance-usdm"),
    market: marketKey(markets),
    instrument: instrumentKey(),
    tiers: z
      .array(
        z.strictObject({
          from: quantity.usd().prefault("0 USD").describe("Notional from which the tier counts."),
          maintenance: quantity.share({ bare: true }).describe("Maintenance margin as a share of notional."),
        }),
      )
      .min(1)
      .optional()
      .describe("Maintenance by notional, in place of the market's; the cumulative amounts are computed."),
    fee: quantity
      .share({ bare: true })
      .default(0.0125)
      .describe(
        "Liquidation fee as a share of what is closed, to the insurance fund; at most what the account has left.",
      ),
    insuranceFund: quantity.usd().prefault("0 USD").describe("What the insurance fund holds at the start."),
    takeover: z
      .boolean()
      .default(true)
      .describe(
        "Whether the fund takes over, at the bankruptcy price, what the book does not; otherwise it is deleveraged at once.",
      ),
    unwind: quantity
      .duration()
      .prefault("1 h")
      .describe("In how long the fund sells what it took over; not published, assumed."),
    ...deleveragingShape("binance"),
    funding: fundingKey(),
    atEquality: z.boolean().default(true).describe("Whether a margin ratio of exactly 100 % is liquidated."),
  })
  .transform(
    ({ protocol: _, tiers, fee, insuranceFund, unwind, deleveragingCap, ...params }): BinanceUsdmParams => ({
      ...params,
      tiers: (tiers ?? []).map(({ from, maintenance }) => ({ fromUsd: from, maintenanceShare: maintenance })),
      feeShare: fee,
      insuranceFundUsd: insuranceFund,
      unwindMs: unwind,
      deleveragingCapShare: deleveragingCap,
      basis: params.basis ?? (tiers === undefined && params.market !== undefined ? "borrowed" : "assumed"),
    }),
  );

/** A Binance USD-M market's parameters with every default filled in. */
export interface BinanceUsdmParams extends PerpetualsParams {
  readonly market?: string | undefined;
  readonly takeover: boolean;
  readonly unwindMs: number;
  readonly basis: Basis;
}

/** The market's tiers where the scenario writes none. */
function fill(params: BinanceUsdmParams): BinanceUsdmParams {
  const preset = presets.find(({ name }) => name === params.market)?.parameters;
  if (params.tiers.length > 0 || preset === undefined) return params;
  const usd = Number(`1e${preset.quoteDecimals}`);
  return {
    ...params,
    tiers: preset.tiers.map(({ floor, maintenanceRate }) => ({
      fromUsd: Number(floor) / usd,
      maintenanceShare: Number(maintenanceRate) / rateOne,
    })),
  };
}

/** Everything wrong with the terms beside the book. */
function check(params: BinanceUsdmParams, context: CheckContext): Fault[] {
  const general = perpetualsFaults(params, context);
  if (params.tiers.length === 0) return [...general, noTiers("market: btc-usdt, or tiers: [{ maintenance: 0.4% }]")];
  const own = faults(exactContract(params, context.book)).map(({ code, key, message, hint }) => ({
    code,
    key: key
      .replace(/^tiers\.(\d+)\.maintenanceRate$/, "tiers[$1].maintenance")
      .replace(/^tiers\.(\d+)\..*$/, "tiers[$1]")
      .replace(/^liquidationFee$/, "fee"),
    message,
    hint,
  }));
  // A tier ends where the next begins: empty ones are tiers out of order.
  return withoutRepeats(
    general,
    own.filter(({ code }) => code !== "tier-empty"),
  );
}

/** The same terms as the exact exchange takes them, at the engine's decimals. */
export function exactContract(params: BinanceUsdmParams, book: Book): ContractParameters {
  const { assetDecimals, quoteDecimals } = exchangeDecimals(book, params.instrument);
  const floor = (usd: number) => BigInt(Math.round(usd * Number(`1e${quoteDecimals}`)));
  return {
    assetDecimals,
    quoteDecimals,
    tiers: params.tiers.map(({ fromUsd, maintenanceShare }, tier) => ({
      floor: floor(fromUsd),
      cap: tier + 1 < params.tiers.length ? floor(params.tiers[tier + 1].fromUsd) : 1n << 63n,
      maintenanceRate: BigInt(Math.round(maintenanceShare * rateOne)),
      maxLeverage: 1n,
    })),
    liquidationFee: BigInt(Math.round(params.feeShare * rateOne)),
  };
}

export const binanceUsdmDefinition = define<BinanceUsdmParams>({
  kind: "binance-usdm",
  part: "pressure",
  protocol: card,
  markets,
  summary:
    "Binance USD-M futures: tiers with cumulative amounts, one order for the whole position, the fund takes over, then deleveraging at the bankruptcy price.",
  source: "Binance support: leverage and margin, liquidation protocols, insurance clearance fee, auto-deleveraging",
  schema,
  fill,
  check,
  create: (name, params) =>
    perpetuals(name, params, {
      rule: ({ scale, tierFrom, tierRate, atEquality }) =>
        perpetualRule(
          scale,
          Array.from(tierFrom, (fromUnits, tier) => ({ fromUnits, rate: tierRate[tier] })),
          atEquality,
          { exactDeductions: true },
        ),
      closing: () => binanceClosing(params.feeShare, params.takeover),
      backstop: () =>
        new Inventory({ holder: "fund", price: "bankruptcy", staysSolvent: true, unwindMs: params.unwindMs }),
    }),
  references: exchangeReferences,
  demonstration: {
    scenario: longsAndShorts({
      exchange: { protocol: "binance-usdm", market: "eth-usdt", insuranceFund: "1000 USD" },
    }),
    subject: "exchange",
    measure: "liquidatedAccounts",
    off: "falls",
  },
});
