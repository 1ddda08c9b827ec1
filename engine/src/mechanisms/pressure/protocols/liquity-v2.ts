import { z } from "zod";
import { type Amount, type Book, isProblem, parseAmountOf, quantity } from "../../../book/index.js";
import { card, faults, presets } from "../../../exact/liquity-v2/index.js";
import { powerOfTen } from "../../../exact/rounding.js";
import { basisPoints, stepsPerUsd } from "../../../rules/account-value.js";
import { LiquityV2Rule } from "../../../rules/liquity-v2.js";
import { amountFaults } from "../../amounts.js";
import { type CheckContext, define, type Fault, type Market } from "../../definition.js";
import { oneAccountFalls } from "../../demonstrations.js";
import { lending } from "../lending/mechanism.js";
import type { LendingParams } from "../lending/schema.js";
import { LiquityLadder } from "./liquity-ladder.js";
import { LiquityPool, type LiquityPoolTerms } from "./liquity-pool.js";
import { exactParameters, type LiquityV2Params, wholeTerms, wholeUnits } from "./liquity-terms.js";
import { heldSymbols, missingColumns, unknownPair } from "./market-terms.js";
import { marketKey, protocolShape } from "./shape.js";
import { asWritten } from "./written-faults.js";

const markets: readonly Market[] = presets.map(({ name, asOf, source }) => ({ name, asOf, source }));

const schema = z
  .strictObject({
    ...protocolShape("liquity-v2"),
    market: marketKey(markets),
    collateral: z.string().optional().describe("The branch's collateral asset; by default the one that troves hold."),
    debt: z
      .string()
      .optional()
      .describe("What stands for BOLD; by default the asset that troves owe. It counts one dollar."),
    minimumRatio: quantity
      .share({ bare: true, least: 1, most: 100 })
      .optional()
      .describe("Collateral over debt below which a trove is liquidated (MCR)."),
    shutdownRatio: quantity
      .share({ bare: true, least: 1, most: 100 })
      .optional()
      .describe("Collateral over debt of the whole branch below which it is shut down (SCR; the minimum ratio)."),
    poolPenalty: quantity.share({ bare: true }).optional().describe("What depositors get over the debt they pay (5%)."),
    redistributionPenalty: quantity
      .share({ bare: true })
      .optional()
      .describe("What other borrowers get over the debt they take over (10%)."),
    gasCompensation: quantity
      .share({ bare: true })
      .optional()
      .describe("The liquidator's part of the collateral that goes to the pool, one in so many (0.5%)."),
    gasCompensationCap: quantity.amount().optional().describe("At most this much of the collateral (2 coins)."),
    stabilityPool: quantity.amount().optional().describe("BOLD in the stability pool at the opening (nothing)."),
    minimumInPool: quantity
      .amount()
      .optional()
      .describe("BOLD of the pool that no liquidation takes (1; at least one unit always stays)."),
    depositorsSell: quantity
      .share({ bare: true })
      .default(0.5)
      .describe("Share of the collateral they gain that depositors sell: assumed."),
    within: quantity.duration().prefault("1 day").describe("How long they take to sell it, evenly: assumed."),
    interest: quantity.share({ bare: true, most: 10 }).default(0).describe("Interest per year on debt."),
  })
  .transform(({ protocol: _, within, ...params }): LiquityV2Params => ({ ...params, withinMs: within }));

/** Keys that say nothing of the branch's terms: with these alone a market's terms stay borrowed. */
const besideTerms = new Set(["positions", "oracle", "market", "collateral", "debt", "basis"]);
const assumptions = new Set(["depositorsSell", "withinMs", "interest", "stabilityPool"]);

function fill(params: LiquityV2Params, book: Book): LiquityV2Params {
  const preset = presets.find(({ name }) => name === params.market)?.parameters;
  const collateral = params.collateral ?? heldSymbols(book, params.positions, "collateral")[0];
  const debt = params.debt ?? heldSymbols(book, params.positions, "debt")[0];
  const written = Object.entries(params).some(
    ([key, value]) => value !== undefined && !besideTerms.has(key) && !assumptions.has(key),
  );
  const minimumRatio = params.minimumRatio ?? (preset === undefined ? undefined : share(preset.minimumCollateralRatio));
  return {
    ...params,
    collateral,
    debt,
    minimumRatio,
    shutdownRatio:
      params.shutdownRatio ?? (preset === undefined ? minimumRatio : share(preset.shutdownCollateralRatio)),
    poolPenalty: params.poolPenalty ?? (preset === undefined ? 0.05 : share(preset.poolPenalty)),
    redistributionPenalty:
      params.redistributionPenalty ?? (preset === undefined ? 0.1 : share(preset.redistributionPenalty)),
    gasCompensation: params.gasCompensation ?? 0.005,
    gasCompensationCap: params.gasCompensationCap ?? coins(2, collateral),
    stabilityPool: params.stabilityPool ?? coins(0, debt),
    minimumInPool: params.minimumInPool ?? coins(1, debt),
    basis: params.basis ?? (params.market === undefined || written ? "assumed" : "borrowed"),
  };
}

/** A wad to nine places, which Float64 tells apart. */
function share(wad: bigint): number {
  return Number(wad / powerOfTen(9)) / 1e9;
}

function coins(count: number, symbol: string | undefined): Amount {
  const amount = parseAmountOf(`${count} ${symbol ?? "BOLD"}`, "");
  if (isProblem(amount)) throw new RangeError(amount.message);
  return amount;
}

const amountKeys = { gasCompensationCap: "collateral", stabilityPool: "debt", minimumInPool: "debt" } as const;

function check(params: LiquityV2Params, { book }: CheckContext): Fault[] {
  const found: Fault[] = [
    ...missingColumns(book, params.positions),
    ...unknownPair(book, params.positions, { collateral: params.collateral, debt: params.debt }),
    ...besidePair(params, book),
  ];
  const collateral = book.assets.find(({ symbol }) => symbol === params.collateral);
  const debt = book.assets.find(({ symbol }) => symbol === params.debt);
  for (const key of Object.keys(amountKeys) as (keyof typeof amountKeys)[]) {
    const amount = params[key];
    const asset = amountKeys[key] === "debt" ? debt : collateral;
    if (asset !== undefined && amount !== undefined) found.push(...amountFaults(amount, asset, key));
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
  if (params.minimumRatio === undefined) {
    found.push({
      code: "term-missing",
      key: "minimumRatio",
      message: "neither a market nor a minimum ratio is written",
      hint: "write minimumRatio: 110%, or market: weth",
    });
    return found;
  }
  const keys: Readonly<Record<string, string>> = {
    minimumCollateralRatio: "minimumRatio",
    shutdownCollateralRatio: "shutdownRatio",
    gasCompensationDivisor: "gasCompensation",
  };
  const terms = faults(exactParameters(params, book)).filter(({ key }) => key !== "criticalCollateralRatio");
  return [...found, ...terms.map((fault) => asWritten(fault, keys))];
}

function besidePair(params: LiquityV2Params, book: Book): Fault[] {
  return (["collateral", "debt"] as const).flatMap((role) => {
    const others = heldSymbols(book, params.positions, role).filter((symbol) => symbol !== params[role]);
    if (others.length === 0) return [];
    return [
      {
        code: "market-one-pair",
        key: role,
        message: `troves also have ${others.join(", ")} as ${role}; a branch has one collateral, and all owe BOLD`,
        hint: "make a table and a mechanism for each branch",
      },
    ];
  });
}

function lendingTerms(params: LiquityV2Params): LendingParams {
  return {
    positions: params.positions,
    oracle: params.oracle,
    termsOracle: params.oracle,
    threshold: { [params.collateral ?? ""]: 1 / (params.minimumRatio ?? 1) },
    bonus: {},
    penalty: 0,
    protocolFee: 0,
    size: { rule: "all-collateral" },
    dustUsd: 0,
    atEquality: false,
    interestPerYear: params.interest,
    basis: params.basis ?? "assumed",
  };
}

function create(name: string, params: LiquityV2Params) {
  let rule: LiquityV2Rule;
  let pool: LiquityPoolTerms;
  let rowCount = 0;
  return lending(name, lendingTerms(params), {
    rule: (base, book) => {
      const terms = wholeTerms(params, book);
      rule = new LiquityV2Rule(terms);
      pool = {
        depositUnits: wholeUnits(params.stabilityPool, book, terms.debt),
        sellBps: Math.round(params.depositorsSell * basisPoints),
        withinMs: params.withinMs,
      };
      rowCount = book.positions.find(({ protocol }) => protocol === params.positions)?.ids.length ?? 0;
      // Not whole basis points: the ratio's own threshold, so that nobody is looked at too late.
      const thresholdBps = base.thresholdBps.map((bps) =>
        bps === 0 ? 0 : (basisPoints * basisPoints) / terms.minimumRatioBps,
      );
      return { ...base, thresholdBps, protocol: rule };
    },
    decreed: (book) => book.assets.map(({ symbol }) => (symbol === params.debt ? stepsPerUsd : 0)),
    disposal: () => new LiquityPool(rule, pool, rowCount),
    ladder: (breaching, rows) => new LiquityLadder(breaching, rows, rule, pool),
  });
}

export const liquityV2Definition = define<LiquityV2Params>({
  kind: "liquity-v2",
  part: "pressure",
  protocol: card,
  markets,
  summary:
    "Liquity v2 branch: whole troves go to the stability pool while it has BOLD, then to the other troves, who may breach in turn; depositors sell part of their gains.",
  source:
    "liquity/bold 405f9122, TroveManager.batchLiquidateTroves, _getOffsetAndRedistributionVals, _redistributeDebtAndColl; StabilityPool.offset",
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
    scenario: oneAccountFalls({
      pressure: { lender: { protocol: "liquity-v2", market: "weth", stabilityPool: "1000000 USD", within: "30 min" } },
    }),
    subject: "lender",
    measure: "liquidatedAccounts",
    off: "falls",
  },
});
