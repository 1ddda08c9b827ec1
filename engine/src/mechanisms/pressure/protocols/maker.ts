import { z } from "zod";
import { type Amount, type Book, isProblem, parseAmountOf, quantity } from "../../../book/index.js";
import { card, faults, type PriceCurve, presets } from "../../../exact/maker/index.js";
import { powerOfTen } from "../../../exact/rounding.js";
import { log } from "../../../math/index.js";
import { basisPoints, stepsPerUsd } from "../../../rules/account-value.js";
import { MakerRule } from "../../../rules/maker.js";
import { amountFaults } from "../../amounts.js";
import { type CheckContext, define, type Fault, type Market } from "../../definition.js";
import { oneAccountFalls } from "../../demonstrations.js";
import { lending } from "../lending/mechanism.js";
import type { LendingParams } from "../lending/schema.js";
import { MakerAuctions } from "./maker-auctions.js";
import { exactParameters, type MakerCurve, type MakerParams, wholeTerms } from "./maker-terms.js";
import { heldSymbols, missingColumns, unknownPair } from "./market-terms.js";
import { marketKey, protocolShape } from "./shape.js";
import { asWritten } from "./written-faults.js";

const markets: readonly Market[] = presets.map(({ name, asOf, source }) => ({ name, asOf, source }));

const limit = () => z.union([z.literal("unlimited"), quantity.amount()]).optional();

const schema = z
  .strictObject({
    ...protocolShape("maker"),
    market: marketKey(markets),
    collateral: z.string().optional().describe("The collateral type's asset; by default the one that vaults hold."),
    debt: z
      .string()
      .optional()
      .describe("What stands for DAI; by default the asset that vaults owe. It counts one dollar."),
    liquidationRatio: quantity
      .share({ bare: true, least: 1, most: 100 })
      .optional()
      .describe("Collateral over debt below which a vault is unsafe."),
    penalty: quantity
      .share({ bare: true, most: 10 })
      .optional()
      .describe("What an auction raises on top of the debt (13%)."),
    dust: quantity.amount().optional().describe("Least debt of a vault; 0 switches the rule off (nothing)."),
    auctionLimit: limit().describe("Most debt with penalty at auction at one time (unlimited)."),
    globalAuctionLimit: limit().describe(
      "The same over all collateral types, of which the others have none at auction (unlimited).",
    ),
    startPrice: quantity
      .share({ bare: true, least: 1, most: 100 })
      .optional()
      .describe("Where auctions start, over the oracle's price (110%)."),
    priceCurve: z
      .discriminatedUnion("kind", [
        z.strictObject({ kind: z.literal("linear"), duration: quantity.duration({ above: 0 }) }),
        z.strictObject({
          kind: z.literal("stairstep"),
          cut: quantity.share({ bare: true, above: 0 }).describe("The price is multiplied by this,"),
          step: quantity.duration({ above: 0 }).describe("every so often."),
        }),
        z.strictObject({ kind: z.literal("exponential"), cut: quantity.share({ bare: true, above: 0 }) }),
      ])
      .optional()
      .describe("How an auction's price falls (times 99% every 90 s)."),
    resetAfter: z
      .union([z.literal("never"), quantity.duration({ above: 0 })])
      .optional()
      .describe("How long an auction lasts before it must start again (2 h)."),
    resetBelow: quantity
      .share({ bare: true })
      .optional()
      .describe("Share of its start price below which it must start again (45%); 0 switches the rule off."),
    incentiveShare: quantity
      .share({ bare: true, below: 1 })
      .optional()
      .describe("Share of the tab that whoever starts or resets an auction is paid (nothing)."),
    incentiveFlat: quantity.amount().optional().describe("What is paid besides (nothing)."),
    breaker: z
      .enum(["on", "off"])
      .default("on")
      .describe(
        "Whether somebody stops new auctions and resets when the oracle's next price is far below its current one.",
      ),
    breakerTolerance: quantity
      .share({ bare: true })
      .optional()
      .describe("How far: share of the current price (50%); only an oracle with a hop shows its next price."),
    fee: quantity.share({ bare: true, most: 10 }).optional().describe("Stability fee per year (nothing)."),
  })
  .transform(
    ({ protocol: _, resetAfter, priceCurve, ...params }): MakerParams => ({
      ...params,
      resetAfterMs: resetAfter,
      priceCurve:
        priceCurve === undefined
          ? undefined
          : priceCurve.kind === "linear"
            ? { kind: "linear", durationMs: priceCurve.duration }
            : priceCurve.kind === "stairstep"
              ? { kind: "stairstep", cut: priceCurve.cut, stepMs: priceCurve.step }
              : priceCurve,
    }),
  );

/** Keys that say nothing of the collateral type's terms: with these alone a market's terms stay borrowed. */
const besideTerms = new Set(["positions", "oracle", "market", "collateral", "debt", "breaker", "basis"]);

const secondsPerYear = 31_536_000;

function fill(params: MakerParams, book: Book): MakerParams {
  const preset = presets.find(({ name }) => name === params.market)?.parameters;
  const debt = params.debt ?? heldSymbols(book, params.positions, "debt")[0];
  const written = Object.entries(params).some(([key, value]) => value !== undefined && !besideTerms.has(key));
  const given = Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined));
  const dai = (rad: bigint): Amount => coins(Number(rad / powerOfTen(43)) / 100, debt);
  return {
    penalty: preset === undefined ? 0.13 : share(preset.liquidationPenalty, 18) - 1,
    dust: preset === undefined ? coins(0, debt) : dai(preset.dust),
    auctionLimit: preset === undefined ? "unlimited" : dai(preset.auctionLimit),
    globalAuctionLimit: preset === undefined ? "unlimited" : dai(preset.globalAuctionLimit),
    startPrice: preset === undefined ? 1.1 : share(preset.startPriceFactor, 27),
    priceCurve: preset === undefined ? { kind: "stairstep", cut: 0.99, stepMs: 90_000 } : curveOf(preset.priceCurve),
    resetAfterMs: preset === undefined ? 7_200_000 : Number(preset.resetAfterSeconds) * 1000,
    resetBelow: preset === undefined ? 0.45 : share(preset.resetBelowShare, 27),
    incentiveShare: preset === undefined ? 0 : share(preset.incentiveShare, 18),
    incentiveFlat: preset === undefined ? coins(0, debt) : dai(preset.incentiveFlat),
    breakerTolerance: preset === undefined ? 0.5 : share(preset.breakerTolerance, 27),
    fee: preset === undefined ? 0 : (Number(preset.feePerSecond - powerOfTen(27)) / 1e27) * secondsPerYear,
    ...(preset === undefined ? {} : { liquidationRatio: share(preset.liquidationRatio, 27) }),
    collateral: heldSymbols(book, params.positions, "collateral")[0],
    debt,
    ...given,
    positions: params.positions,
    oracle: params.oracle,
    breaker: params.breaker,
    basis: params.basis ?? (params.market === undefined || written ? "assumed" : "borrowed"),
  };
}

/** A fixed-point number to nine places, which Float64 tells apart. */
function share(value: bigint, places: number): number {
  return Number(value / powerOfTen(places - 9)) / 1e9;
}

function coins(units: number, symbol: string | undefined): Amount {
  const amount = parseAmountOf(`${units} ${symbol ?? "DAI"}`, "");
  if (isProblem(amount)) throw new RangeError(amount.message);
  return amount;
}

function curveOf(curve: PriceCurve): MakerCurve {
  const cut = (value: bigint) => share(value, 27);
  switch (curve.kind) {
    case "linear":
      return { kind: "linear", durationMs: Number(curve.seconds) * 1000 };
    case "stairstep":
      return { kind: "stairstep", cut: cut(curve.cut), stepMs: Number(curve.step) * 1000 };
    case "exponential":
      return { kind: "exponential", cut: cut(curve.cut) };
  }
}

const amountKeys = ["dust", "auctionLimit", "globalAuctionLimit", "incentiveFlat"] as const;

function check(params: MakerParams, { book }: CheckContext): Fault[] {
  const found: Fault[] = [
    ...missingColumns(book, params.positions),
    ...unknownPair(book, params.positions, { collateral: params.collateral, debt: params.debt }),
    ...besidePair(params, book),
  ];
  const debt = book.assets.find(({ symbol }) => symbol === params.debt);
  const collateral = book.assets.find(({ symbol }) => symbol === params.collateral);
  for (const key of amountKeys) {
    const amount = params[key];
    if (debt !== undefined && amount !== undefined && amount !== "unlimited")
      found.push(...amountFaults(amount, debt, key));
  }
  if (debt !== undefined && collateral !== undefined) {
    const apart = collateral.unitDecimals - debt.unitDecimals;
    if (apart < -5 || apart > 2)
      found.push({
        code: "decimals-out-of-range",
        key: "collateral",
        message: `${collateral.symbol} has ${collateral.unitDecimals} places and ${debt.symbol} ${debt.unitDecimals}; the collateral may have 5 fewer to 2 more`,
        hint: "write unitDecimals for one of them in the book",
      });
  }
  if (params.liquidationRatio === undefined) {
    found.push({
      code: "term-missing",
      key: "liquidationRatio",
      message: "neither a market nor a liquidation ratio is written",
      hint: "write liquidationRatio: 150%, or market: eth-a",
    });
    return found;
  }
  return [...found, ...termFaults(params, book)];
}

/** What the exact protocol says of the terms; a floor of 0 is how a scenario switches that rule off. */
function termFaults(params: MakerParams, book: Book): Fault[] {
  const keys: Readonly<Record<string, string>> = {
    liquidationPenalty: "penalty",
    startPriceFactor: "startPrice",
    resetAfterSeconds: "resetAfter",
    resetBelowShare: "resetBelow",
    incentiveShare: "incentiveShare",
    incentiveFlat: "incentiveFlat",
    breakerTolerance: "breakerTolerance",
    "priceCurve.seconds": "priceCurve.duration",
  };
  const rays = new Set([
    "liquidationRatio",
    "startPriceFactor",
    "priceCurve.cut",
    "resetBelowShare",
    "breakerTolerance",
  ]);
  return faults(exactParameters(params, book))
    .filter(({ key }) => !(key === "resetBelowShare" && params.resetBelow === 0))
    .map((fault) => asWritten(fault, keys, rays));
}

function besidePair(params: MakerParams, book: Book): Fault[] {
  return (["collateral", "debt"] as const).flatMap((role) => {
    const others = heldSymbols(book, params.positions, role).filter((symbol) => symbol !== params[role]);
    if (others.length === 0) return [];
    return [
      {
        code: "market-one-pair",
        key: role,
        message: `vaults also have ${others.join(", ")} as ${role}; a collateral type has one collateral, and all owe DAI`,
        hint: "make a table and a mechanism for each collateral type",
      },
    ];
  });
}

function lendingTerms(params: MakerParams): LendingParams {
  return {
    positions: params.positions,
    oracle: params.oracle,
    termsOracle: params.oracle,
    threshold: { [params.collateral ?? ""]: 1 / (params.liquidationRatio ?? 1) },
    bonus: {},
    penalty: 0,
    protocolFee: 0,
    size: { rule: "all-collateral" },
    dustUsd: 0,
    atEquality: false,
    interestPerYear: params.fee ?? 0,
    basis: params.basis ?? "assumed",
  };
}

/** How long an auction takes from its start price to the oracle's price of its start. */
function wayDownMs({ startPrice = 1, priceCurve }: MakerParams): number {
  if (priceCurve === undefined) return 0;
  if (priceCurve.kind === "linear") return Math.ceil(priceCurve.durationMs * (1 - 1 / startPrice));
  const stepMs = priceCurve.kind === "stairstep" ? priceCurve.stepMs : 1000;
  return Math.ceil(log(startPrice) / -log(priceCurve.cut) - 1e-9) * stepMs;
}

function create(name: string, params: MakerParams) {
  let rule: MakerRule;
  let book: Book;
  return lending(name, lendingTerms(params), {
    saleDelayMs: wayDownMs(params),
    rule: (base, of) => {
      const terms = wholeTerms(params, of);
      book = of;
      rule = new MakerRule(terms);
      // Not whole basis points: the ratio's own threshold, so that nobody is looked at too late.
      const thresholdBps = base.thresholdBps.map((bps) =>
        bps === 0 ? 0 : (basisPoints * basisPoints) / terms.ratioBps,
      );
      return { ...base, thresholdBps, protocol: rule };
    },
    decreed: (of) => of.assets.map(({ symbol }) => (symbol === params.debt ? stepsPerUsd : 0)),
    disposal: () => {
      const { startBps, ...terms } = wholeTerms(params, book);
      return new MakerAuctions(rule, { ...terms, startFactor: startBps / basisPoints });
    },
  });
}

export const makerDefinition = define<MakerParams>({
  kind: "maker",
  part: "pressure",
  protocol: card,
  markets,
  summary:
    "Maker vaults, Liquidations 2.0: bark under limits on debt at auction, Dutch auctions by the clock with resets, a breaker, bad debt for the Vow.",
  source: "makerdao/dss fa4f6630, Dog.bark, Clipper.kick, redo, take; makerdao/clipper-mom 1473b448, tripBreaker",
  schema,
  fill,
  check,
  create,
  references: (params) => [
    { key: "positions", kind: "positions", name: params.positions },
    { key: "oracle", kind: "oracle", name: params.oracle },
    ...(["collateral", "debt"] as const).flatMap((key) => {
      const name = params[key];
      return name === undefined ? [] : [{ key, kind: "asset" as const, name }];
    }),
  ],
  demonstration: {
    scenario: oneAccountFalls({ pressure: { lender: { protocol: "maker", liquidationRatio: "120%" } } }),
    subject: "lender",
    measure: "liquidatedAccounts",
    off: "falls",
  },
});
