import { z } from "zod";
import { type Basis, type Book, quantity } from "../../../book/index.js";
import { card, type FluidParameters, faults } from "../../../exact/fluid/index.js";
import { basisPoints } from "../../../rules/account-value.js";
import { FluidRule, type FluidTerms } from "../../../rules/fluid.js";
import { type CheckContext, define, type Fault } from "../../definition.js";
import { oneAccountFalls } from "../../demonstrations.js";
import { lending } from "../lending/mechanism.js";
import type { LendingParams } from "../lending/schema.js";
import { FluidLadder } from "./fluid-ladder.js";
import { FluidVault } from "./fluid-vault.js";
import { heldSymbols, missingColumns, unknownPair } from "./market-terms.js";
import { protocolShape } from "./shape.js";

const schema = z
  .strictObject({
    ...protocolShape("fluid"),
    collateral: z.string().optional().describe("The vault's collateral; by default the one that accounts hold."),
    debt: z.string().optional().describe("The vault's debt asset; by default the one that accounts owe."),
    threshold: quantity
      .share({ bare: true, above: 0 })
      .describe("Debt over collateral from which on positions are liquidated; to a tenth of a per cent."),
    limit: quantity
      .share({ bare: true, above: 0 })
      .describe("Debt over collateral from which on a tick is absorbed whole; to a tenth of a per cent."),
    penalty: quantity
      .share({ bare: true })
      .describe("What the liquidator gets on top of the price; whole basis points, at most 10.23%."),
  })
  .transform(({ protocol: _, ...params }): FluidParams => params);

/** A Fluid vault's parameters with every default filled in. */
export interface FluidParams {
  readonly positions: string;
  readonly oracle: string;
  readonly collateral?: string | undefined;
  readonly debt?: string | undefined;
  readonly threshold: number;
  readonly limit: number;
  readonly penalty: number;
  readonly basis?: Basis | undefined;
}

function fill(params: FluidParams, book: Book): FluidParams {
  return {
    ...params,
    collateral: params.collateral ?? heldSymbols(book, params.positions, "collateral")[0],
    debt: params.debt ?? heldSymbols(book, params.positions, "debt")[0],
    basis: params.basis ?? "assumed",
  };
}

function thousandths(share: number): number {
  return Math.round(1_000 * share);
}

/** The vault as the exact protocol takes it. */
export function exactParameters(params: FluidParams): FluidParameters {
  return {
    collateralFactor: BigInt(thousandths(params.threshold)) - 1n,
    liquidationThreshold: BigInt(thousandths(params.threshold)),
    liquidationMaxLimit: BigInt(thousandths(params.limit)),
    liquidationPenalty: BigInt(Math.round(params.penalty * basisPoints)),
    borrowFee: 0n,
  };
}

const faultKeys: Readonly<Record<string, string>> = {
  collateralFactor: "threshold",
  liquidationThreshold: "threshold",
  liquidationMaxLimit: "limit",
  liquidationPenalty: "penalty",
};

/** Everything wrong with the terms beside the book. */
function check(params: FluidParams, { book }: CheckContext): Fault[] {
  const found: Fault[] = [
    ...missingColumns(book, params.positions),
    ...unknownPair(book, params.positions, { collateral: params.collateral, debt: params.debt }),
  ];
  for (const [role, key] of [
    ["collateral", "collateral"],
    ["debt", "debt"],
  ] as const) {
    const others = heldSymbols(book, params.positions, role).filter((symbol) => symbol !== params[key]);
    if (others.length > 0)
      found.push({
        code: "market-one-pair",
        key,
        message: `accounts also have ${others.join(", ")} as ${role}; a vault has one collateral and one debt asset`,
        hint: "make a table and a mechanism for each vault",
      });
  }
  for (const key of ["threshold", "limit"] as const)
    if (Math.abs(1_000 * params[key] - thousandths(params[key])) > 1e-6)
      found.push({
        code: "thousandths-not-whole",
        key,
        message: `${100 * params[key]} % is finer than a tenth of a per cent, which is how the vault keeps it`,
        hint: `write ${thousandths(params[key]) / 10}%`,
      });
  return [
    ...found,
    ...faults(exactParameters(params)).map(({ code, key, message, hint }) => ({
      code,
      key: faultKeys[key] ?? key,
      message,
      hint,
    })),
  ];
}

/** The terms as lending keeps them. */
function terms(params: FluidParams): LendingParams {
  return {
    positions: params.positions,
    oracle: params.oracle,
    termsOracle: params.oracle,
    threshold: { [params.collateral ?? ""]: params.threshold },
    bonus: {},
    penalty: 0,
    protocolFee: 0,
    size: { rule: "close-factor", steps: [{ healthBelow: 100, closeFactor: 1 }] },
    dustUsd: 0,
    atEquality: false,
    interestPerYear: 0,
    basis: params.basis ?? "assumed",
  };
}

/** A tick and what puts a debt onto it: positions count as this much closer to the threshold at most. */
const tickRoom = 0.996;

function create(name: string, params: FluidParams) {
  let vaultTerms: FluidTerms;
  return lending(name, terms(params), {
    rule: (base, book) => {
      const asset = (symbol: string | undefined) => book.assets.findIndex((one) => one.symbol === symbol);
      vaultTerms = {
        collateral: asset(params.collateral),
        debt: asset(params.debt),
        thresholdThousandths: thousandths(params.threshold),
        limitThousandths: thousandths(params.limit),
        penaltyBps: Math.round(params.penalty * basisPoints),
      };
      return {
        ...base,
        thresholdBps: base.thresholdBps.map((bps) => bps * tickRoom),
        protocol: new FluidRule(vaultTerms),
      };
    },
    disposal: () => new FluidVault(vaultTerms),
    ladder: (breaching, rows) => new FluidLadder(breaching, rows, vaultTerms),
  });
}

export const fluidDefinition = define<FluidParams>({
  kind: "fluid",
  part: "pressure",
  protocol: card,
  summary:
    "Fluid vault T1: positions on ticks of their ratio, liquidated together from the highest down at a fixed penalty; beyond a limit absorbed.",
  source: "Instadapp/fluid-contracts-public a9949b48, vaultT1 coreModule main.sol liquidate, main2.sol absorb",
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
      pressure: { lender: { protocol: "fluid", threshold: "85%", limit: "90%", penalty: "3%" } },
    }),
    subject: "lender",
    measure: "liquidatedAccounts",
    off: "falls",
  },
});
