import { type CsvRecord, readCsvTable } from "./csv-table.js";
import { cutDecimal } from "./decimal.js";
import { type Imported, type RefusedRow, refusedRow } from "./refused-row.js";
import { parseUtc } from "./utc-time.js";

/** What happened to a vault. A liquidation is two events: the ETH seized and the DAI of debt it covered. */
export type MakerEventKind = "open" | "deposit" | "repay" | "borrow" | "withdraw" | "liquidate";

/** One event of a vault. */
export interface MakerEvent {
  readonly timeMs: number;
  readonly block: number;
  readonly account: string;
  readonly kind: MakerEventKind;
  /** Plain decimal, never negative: the kind says the direction. 0 for `open`. */
  readonly amount: string;
  readonly asset: "ETH" | "DAI";
}

/** The texts of the six event files. */
export interface MakerEventTexts {
  readonly creations: string;
  readonly deposits: string;
  readonly repayments: string;
  readonly borrows: string;
  readonly withdrawals: string;
  readonly liquidations: string;
}

/** What one event file looks like. */
interface EventShape {
  readonly file: keyof MakerEventTexts;
  readonly kind: MakerEventKind;
  readonly amounts: readonly { readonly column: string; readonly asset: "ETH" | "DAI" }[];
  /** The file writes the amount with a minus sign. */
  readonly negative: boolean;
}

const shapes: readonly EventShape[] = [
  { file: "creations", kind: "open", amounts: [], negative: false },
  { file: "deposits", kind: "deposit", amounts: [{ column: "DEPOSIT_AMOUNT_ADJ", asset: "ETH" }], negative: false },
  { file: "repayments", kind: "repay", amounts: [{ column: "DAI_REPAYED", asset: "DAI" }], negative: false },
  { file: "borrows", kind: "borrow", amounts: [{ column: "DAI_MINTED", asset: "DAI" }], negative: false },
  {
    file: "withdrawals",
    kind: "withdraw",
    amounts: [{ column: "WITHDRAWN_AMOUNT_ADJ", asset: "ETH" }],
    negative: true,
  },
  {
    file: "liquidations",
    kind: "liquidate",
    amounts: [
      { column: "COLLATERAL_LIQUIDATED_AMOUNT", asset: "ETH" },
      { column: "DAI_REPAYED_AMOUNT", asset: "DAI" },
    ],
    negative: false,
  },
];

/** Refused rows with the file each stood in. */
export interface RefusedEvent extends RefusedRow {
  readonly file: keyof MakerEventTexts;
}

/** The events of all files in order, and the refused rows. */
export interface MakerEvents extends Imported<MakerEvent> {
  readonly refused: readonly RefusedEvent[];
}

/**
 * Reads the six `events_<kind>.csv` and keeps the events from `fromMs` (included) to `toMs` (excluded), sorted by block, account and kind.
 * The files carry no order inside a block; open, deposit, repay, borrow, withdraw, liquidate is the order in which no account passes
 * through a state that the protocol would have refused. Withdrawals are written negative in the file and positive here.
 */
export function importMakerEvents(texts: MakerEventTexts, fromMs: number, toMs: number): MakerEvents {
  const rows: MakerEvent[] = [];
  const refused: RefusedEvent[] = [];
  for (const shape of shapes) {
    const table = readCsvTable(texts[shape.file], [
      "BLOCK_NUMBER",
      "BLOCK_TIMESTAMP",
      "VAULT_NUMBER",
      ...shape.amounts.map((amount) => amount.column),
    ]);
    for (const row of table.refused) refused.push({ ...row, file: shape.file });
    for (const record of table.rows) {
      const events = readEvents(record, shape);
      if (typeof events === "string")
        refused.push({ ...refusedRow(record.rowNumber, events, record.text), file: shape.file });
      else rows.push(...events.filter((event) => event.timeMs >= fromMs && event.timeMs < toMs));
    }
  }
  return { rows: rows.sort(byBlock), refused };
}

const kindOrder = shapes.map((shape) => shape.kind);

function byBlock(a: MakerEvent, b: MakerEvent): number {
  return (
    a.block - b.block || Number(a.account) - Number(b.account) || kindOrder.indexOf(a.kind) - kindOrder.indexOf(b.kind)
  );
}

function readEvents({ cells }: CsvRecord, shape: EventShape): MakerEvent[] | string {
  const timeMs = parseUtc(cells.BLOCK_TIMESTAMP);
  if (timeMs === null) return `BLOCK_TIMESTAMP is no time: ${JSON.stringify(cells.BLOCK_TIMESTAMP)}`;
  if (!/^\d{1,9}$/.test(cells.BLOCK_NUMBER))
    return `BLOCK_NUMBER is no whole number: ${JSON.stringify(cells.BLOCK_NUMBER)}`;
  if (!/^\d{1,9}$/.test(cells.VAULT_NUMBER))
    return `VAULT_NUMBER is no whole number: ${JSON.stringify(cells.VAULT_NUMBER)}`;
  if (cells.ILK !== undefined && cells.ILK !== "ETH-B") return `another collateral type: ${JSON.stringify(cells.ILK)}`;
  const base = { timeMs, block: Number(cells.BLOCK_NUMBER), account: cells.VAULT_NUMBER, kind: shape.kind };
  if (shape.amounts.length === 0) return [{ ...base, amount: "0", asset: "ETH" }];
  const events: MakerEvent[] = [];
  for (const { column, asset } of shape.amounts) {
    const amount = cutDecimal(cells[column], asset === "ETH" ? 7 : 6);
    if (typeof amount === "string") return `${column}: ${amount}`;
    const negative = amount.text.startsWith("-");
    if (amount.text !== "0" && negative !== shape.negative) return `${column} has the wrong sign: ${amount.text}`;
    events.push({ ...base, amount: amount.text.replace("-", ""), asset });
  }
  return events;
}
