import type { Book, PositionTable, Venue } from "../book/book.js";
import { accountIds } from "../book/index.js";
import type { LendingParams } from "../mechanisms/pressure/lending/schema.js";
import { basisPoints } from "../rules/account-value.js";
import { Kernel, Tape, tapeKinds } from "../run/index.js";
import { type MechanismPlan, type Plan, runSetting } from "../scenario/plan.js";
import type {
  CascadeBook,
  CascadeOutcome,
  LiquidationBook,
  LiquidationOutcome,
  SimulatedEngine,
} from "./simulated/engine.js";

/** Assets of every book here: the collateral and dollars. */
const coin = 0;
const usd = 1;

/** The kernel and its mechanisms as the simulated cases ask for them: each book is opened as a plan of its own and run for one tick. */
export const kernelEngine: SimulatedEngine = {
  cascade(book: CascadeBook): CascadeOutcome {
    const lender = lenderOf({
      threshold: book.liquidationThreshold,
      bonus: 0,
      size: { rule: "all-collateral" },
    });
    const positions = table(
      book.positions.map((position) => position.collateralUnits),
      book.positions.map((position) => position.debtUnits),
    );
    const market: Venue = {
      kind: "order-book",
      id: "market",
      instrument: 0,
      bids: book.bids,
      asks: [],
      refillPerHour: 0,
      layer: "made",
    };
    const liquidated = new Set<number>();
    const kernel = open(
      bookOf(book.collateralDecimals, book.debtDecimals, book.fairPriceUsd, positions, market),
      lender,
      1_000_000,
      (row) => {
        if (row.kind === tapeKinds.liquidate) liquidated.add(row.b);
      },
    );
    kernel.begin(0, 0);
    kernel.step(0);
    return {
      liquidatedCount: liquidated.size,
      soldUnits: kernel.opened.depths[0].position(),
      priceUsd: kernel.middle(0),
    };
  },

  liquidate(book: LiquidationBook): LiquidationOutcome {
    const { account, pool } = book;
    const lender = lenderOf({
      threshold: book.liquidationThreshold,
      bonus: book.bonus,
      size:
        book.size.kind === "target-health"
          ? { rule: "target-health", target: book.size.targetHealth }
          : { rule: "close-factor", steps: [{ healthBelow: 100, closeFactor: book.size.closeFactor }] },
    });
    const venue: Venue | null =
      pool === null
        ? null
        : {
            kind: "constant-product",
            id: "market",
            instrument: 0,
            baseUnits: pool.collateralUnits,
            quoteUnits: pool.debtUnits,
            fee: pool.feeShare,
            layer: "made",
          };
    let seizedUnits = 0;
    let repaidUnits = 0;
    const positions = table([account.collateralUnits], [account.debtUnits]);
    // One round: the account is liquidated at most once.
    const kernel = open(
      bookOf(book.collateralDecimals, book.debtDecimals, book.priceUsd, positions, venue),
      lender,
      1,
      (row) => {
        if (row.kind !== tapeKinds.liquidate) return;
        seizedUnits += row.x;
        repaidUnits += row.y;
      },
    );
    kernel.begin(0, 0);
    kernel.step(0);
    const { fills } = kernel;
    return {
      repaidUnits,
      seizedUnits,
      collateralUnits: account.collateralUnits - seizedUnits,
      debtUnits: account.debtUnits - repaidUnits,
      revenueUnits: fills.count === 0 ? 0 : fills.soldCash[0],
      priceUsd: pool === null ? book.priceUsd : kernel.middle(0),
    };
  },
};

function open(
  book: Book,
  lender: LendingParams,
  roundLimit: number,
  reader: ConstructorParameters<typeof Tape>[1],
): Kernel {
  const venues = book.venues.map(
    (venue): MechanismPlan => ({
      part: "liquidity",
      kind: venue.kind,
      name: venue.id,
      params:
        venue.kind === "order-book"
          ? { venue: venue.id, depthShare: 1, refillShare: 1 }
          : { venue: venue.id, depthShare: 1, feeSide: "in" },
    }),
  );
  const plan: Plan = {
    name: "validate",
    summary: "validate",
    book,
    series: {},
    tickMs: 1000,
    tickCount: 1,
    roundLimit,
    lastingShare: 0,
    mechanisms: [
      { part: "prices", kind: "spot-oracle", name: "spot", params: { venues: [] } },
      ...venues,
      { part: "pressure", kind: "lending", name: "lender", params: lender },
    ],
  };
  return new Kernel(runSetting(plan), new Tape(false, reader));
}

function lenderOf(rule: {
  readonly threshold: number;
  readonly bonus: number;
  readonly size: LendingParams["size"];
}): LendingParams {
  const whole = (share: number) => Math.round(share * basisPoints) / basisPoints;
  return {
    positions: "lender",
    oracle: "spot",
    termsOracle: "spot",
    threshold: { COIN: whole(rule.threshold) },
    bonus: { COIN: whole(rule.bonus) },
    penalty: 0,
    protocolFee: 0,
    size: rule.size,
    dustUsd: 0,
    atEquality: false,
    interestPerYear: 0,
    basis: "assumed",
  };
}

function table(collateral: readonly number[], debt: readonly number[]): PositionTable {
  return {
    protocol: "lender",
    ids: accountIds(collateral.map((_, row) => String(row))),
    columns: [
      { role: "collateral", asset: coin, values: Float64Array.from(collateral) },
      { role: "debt", asset: usd, values: Float64Array.from(debt) },
    ],
    layer: "made",
  };
}

function bookOf(
  coinDecimals: number,
  usdDecimals: number,
  priceUsd: number,
  positions: PositionTable,
  venue: Venue | null,
): Book {
  return {
    name: "validate",
    atMs: 0,
    assets: [
      { symbol: "COIN", unitDecimals: coinDecimals, priceUsd },
      { symbol: "USD", unitDecimals: usdDecimals, priceUsd: 1 },
    ],
    instruments: venue === null ? [] : [{ id: "COIN/USD", asset: coin, quote: usd, market: "spot", chain: "none" }],
    venues: venue === null ? [] : [venue],
    positions: [positions],
    layers: {},
  };
}
