import { readCsvTable } from "./csv-table.js";
import { parseDecimal, toNumber } from "./decimal.js";
import { type Imported, type RefusedRow, refusedRow } from "./refused-row.js";
import { parseUtc } from "./utc-time.js";

/** One change of a risk parameter, as governance executed it. */
export interface ParameterChange {
  readonly timeMs: number;
  readonly block: number;
  /** `SPOTTER.ilks.mat`, `DOG.ilks.chop`, ... */
  readonly parameter: string;
  readonly from: number;
  readonly to: number;
}

const columns = ["BLOCK", "TIMESTAMP", "PARAMETER", "ILK", "FROM_VALUE", "TO_VALUE"];

/** Reads `parameter_changes.csv`, rows in file order. Shares are fractions (0.13), stability fees fractions a year, amounts DAI, times seconds. */
export function importMakerParameters(text: string): Imported<ParameterChange> {
  const table = readCsvTable(text, columns);
  const refused: RefusedRow[] = [...table.refused];
  const rows: ParameterChange[] = [];
  for (const { cells, rowNumber, text: line } of table.rows) {
    const timeMs = parseUtc(cells.TIMESTAMP);
    const from = parseDecimal(cells.FROM_VALUE);
    const to = parseDecimal(cells.TO_VALUE);
    if (timeMs === null) refused.push(refusedRow(rowNumber, "TIMESTAMP is no time", line));
    else if (!/^\d{1,9}$/.test(cells.BLOCK)) refused.push(refusedRow(rowNumber, "BLOCK is no whole number", line));
    else if (typeof from === "string") refused.push(refusedRow(rowNumber, `FROM_VALUE: ${from}`, line));
    else if (typeof to === "string") refused.push(refusedRow(rowNumber, `TO_VALUE: ${to}`, line));
    else if (cells.ILK !== "ETH-B") refused.push(refusedRow(rowNumber, `another collateral type: ${cells.ILK}`, line));
    else
      rows.push({
        timeMs,
        block: Number(cells.BLOCK),
        parameter: cells.PARAMETER,
        from: toNumber(from),
        to: toNumber(to),
      });
  }
  return { rows, refused };
}

/**
 * The value of each parameter just before `atMs`. Rows of one block are not in execution order (`1 -> 1.3` may stand above `0 -> 1`), so
 * within a block they are chained: the value that stands is the one that no other change of the block starts from.
 */
export function parametersAt(changes: readonly ParameterChange[], atMs: number): ReadonlyMap<string, number> {
  const latest = new Map<string, ParameterChange[]>();
  for (const change of changes) {
    if (change.timeMs >= atMs) continue;
    const held = latest.get(change.parameter);
    if (held === undefined || change.block > held[0].block) latest.set(change.parameter, [change]);
    else if (change.block === held[0].block) held.push(change);
  }
  const values = new Map<string, number>();
  for (const [parameter, block] of latest) {
    const last = block.findLast((change) => !block.some((other) => other !== change && other.from === change.to));
    values.set(parameter, (last ?? block[block.length - 1]).to);
  }
  return values;
}

/** The liquidation parameters of Maker ETH-B at one moment. */
export interface MakerTerms {
  /** 1.2: Cat and Flipper, English auctions; 2.0: Dog and Clipper, Dutch auctions. */
  readonly liquidations: "1.2 (Cat and Flipper)" | "2.0 (Dog and Clipper)";
  /** Collateral ratio at which a vault is liquidated: 1.3. */
  readonly collateralRatio: number;
  /** Penalty on the debt: 0.13. */
  readonly penaltyShare: number;
  /** Stability fee a year: 0.1. */
  readonly stabilityFeeShareYear: number;
  /** Least debt of a vault. */
  readonly dustDai: number;
  /** Seconds by which the oracle security module delays the price. */
  readonly oracleDelaySeconds: 3600;
  /** Liquidations 1.2 only: the largest piece of debt auctioned at once. */
  readonly auctionSizeDai: number | null;
  /** Liquidations 2.0 only: start price over feed, seconds and price share before a reset, keeper reward, debt at auction at once. */
  readonly startPriceFactor: number | null;
  readonly resetSeconds: number | null;
  readonly resetPriceShare: number | null;
  readonly rewardShare: number | null;
  readonly rewardDai: number | null;
  readonly debtAtAuctionDai: number | null;
  /** Automatic debt ceiling: debt + gap, at most the ceiling. */
  readonly ceilingGapDai: number | null;
}

/** The terms at `atMs`. The one-hour delay of the price is Maker's OSM and stands in no parameter of the ilk. */
export function makerTermsAt(changes: readonly ParameterChange[], atMs: number): MakerTerms {
  const values = parametersAt(changes, atMs);
  const value = (parameter: string) => values.get(parameter) ?? null;
  const dutch = value("DOG.ilks.chop") !== null;
  return {
    liquidations: dutch ? "2.0 (Dog and Clipper)" : "1.2 (Cat and Flipper)",
    collateralRatio: value("SPOTTER.ilks.mat") ?? Number.NaN,
    penaltyShare: value(dutch ? "DOG.ilks.chop" : "CAT.ilks.chop") ?? Number.NaN,
    stabilityFeeShareYear: value("JUG.ilks.duty") ?? Number.NaN,
    dustDai: value("VAT.ilks.dust") ?? 0,
    oracleDelaySeconds: 3600,
    auctionSizeDai: dutch ? null : value("CAT.ilks.dunk"),
    startPriceFactor: value("CLIPPER.buf"),
    resetSeconds: value("CLIPPER.tail"),
    resetPriceShare: value("CLIPPER.cusp"),
    rewardShare: value("CLIPPER.chip"),
    rewardDai: dutch ? (value("CLIPPER.tip") ?? 0) : null,
    debtAtAuctionDai: value("DOG.ilks.hole"),
    ceilingGapDai: value("DC-IAM.ilks.gap"),
  };
}
