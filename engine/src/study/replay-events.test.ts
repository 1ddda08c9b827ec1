import { describe, expect, it } from "vitest";
import { type Book, readBook, readSeries } from "../book/index.js";
import { accountEvents } from "./account-states.js";
import { replayEvents } from "./replay-events.js";

const made = {
  source: "made for the test",
  asOf: "2024-01-01T00:00:00Z",
  coverage: "everything there is",
  coverageShare: 1,
  basis: "assumed",
};

const book: Book = readBook({
  version: 1,
  kind: "book",
  name: "two-vaults",
  at: "2024-01-01T00:00:00Z",
  assets: { ETH: { price: "2000 USD" }, DAI: { price: "1 USD" } },
  instruments: { "ETH/DAI": { asset: "ETH", quote: "DAI" } },
  layers: { made },
  positions: {
    maker: {
      layer: "made",
      columns: ["account", "collateral ETH", "debt DAI"],
      rows: [
        ["2", 10, 5000],
        ["9", 1, 100],
      ],
    },
  },
});

function replayed(
  rows: unknown[][],
  until: { timeMs: number } | { block: number } = { block: 99 },
  liquidations = false,
) {
  const series = readSeries({
    version: 1,
    kind: "series",
    name: "two-vaults",
    layers: { made },
    tables: {
      events: {
        layer: "made",
        protocol: "maker",
        columns: ["time", "block", "account", "kind", "amount", "asset"],
        rows: rows.map(([minute, ...rest]) => [`2024-01-01T00:${String(minute).padStart(2, "0")}:00Z`, ...rest]),
      },
    },
  });
  const result = replayEvents(book, "maker", accountEvents(book, series, series.tables[0]), until, { liquidations });
  const [table] = result.book.positions;
  const amounts = Object.fromEntries(
    Array.from({ length: table.ids.length }, (_, row) => [
      table.ids.at(row),
      table.columns.map((column) => column.values[row] / 10 ** book.assets[column.asset].unitDecimals),
    ]),
  );
  return { ...result, amounts, columns: table.columns.map((column) => column.role) };
}

describe("replayEvents", () => {
  it("default: owners' events move collateral and debt, accounts opened since are there in canonical order", () => {
    const { amounts, columns, applied, refused, adjusted } = replayed([
      [1, 11, "2", "deposit", 2.5, "ETH"],
      [2, 12, "2", "borrow", 1000, "DAI"],
      [3, 13, "5", "open", 0, "ETH"],
      [3, 13, "5", "deposit", 4, "ETH"],
      [4, 14, "9", "repay", 40, "DAI"],
      [5, 15, "2", "withdraw", 0.5, "ETH"],
    ]);
    expect(columns).toEqual(["collateral", "debt"]);
    expect(amounts).toEqual({ 2: [12, 6000], 5: [4, 0], 9: [1, 60] });
    expect(Object.keys(amounts)).toEqual(["2", "5", "9"]);
    expect([applied, refused, adjusted]).toEqual([6, [], []]);
  });

  it("behavior: the end is a block or a time, both included, and the book's moment moves with it", () => {
    const rows = [
      [1, 11, "2", "deposit", 1, "ETH"],
      [2, 12, "2", "deposit", 1, "ETH"],
      [3, 13, "2", "deposit", 1, "ETH"],
    ];
    const byBlock = replayed(rows, { block: 12 });
    expect(byBlock.amounts[2]).toEqual([12, 5000]);
    expect(byBlock.book.atMs - book.atMs).toBe(120_000);
    expect(replayed(rows, { timeMs: book.atMs + 60_000 }).amounts[2]).toEqual([11, 5000]);
  });

  it("behavior: liquidations are the protocol's: left out unless asked for", () => {
    const rows = [
      [1, 11, "2", "liquidate", 10, "ETH"],
      [1, 11, "2", "liquidate", 5100, "DAI"],
    ];
    expect(replayed(rows).amounts[2]).toEqual([10, 5000]);
    const { amounts, adjusted } = replayed(rows, { block: 99 }, true);
    expect(amounts[2]).toEqual([0, 0]);
    expect(adjusted.map(({ code, units }) => [code, units])).toEqual([["liquidated-beyond-account", 100e6]]);
  });

  it("error: collateral-below-zero and account-open are refused whole and listed", () => {
    const { amounts, refused, applied } = replayed([
      [1, 11, "2", "withdraw", 10.1, "ETH"],
      [2, 12, "9", "open", 0, "ETH"],
    ]);
    expect(amounts).toEqual({ 2: [10, 5000], 9: [1, 100] });
    expect(refused.map(({ code, units, event }) => [code, units, event.account])).toEqual([
      ["collateral-below-zero", 1e6, "2"],
      ["account-open", 0, "9"],
    ]);
    expect(applied).toBe(0);
  });

  it("limit: a withdrawal of one unit more than amounts cut to whole units left is all there was, and listed", () => {
    const { amounts, adjusted } = replayed([[1, 11, "2", "withdraw", 10.0000001, "ETH"]]);
    expect(amounts[2]).toEqual([0, 5000]);
    expect(adjusted.map(({ code, units }) => [code, units])).toEqual([["rounded-amount", 1]]);
  });

  it("behavior: what is repaid beyond the debt is listed (accrued fees), and so is an account whose past is not known", () => {
    const { amounts, adjusted } = replayed([
      [1, 11, "9", "repay", 103, "DAI"],
      [2, 12, "7", "deposit", 3, "ETH"],
    ]);
    expect(amounts).toEqual({ 2: [10, 5000], 7: [3, 0], 9: [1, 0] });
    expect(adjusted.map(({ code, units, event }) => [code, units, event.account])).toEqual([
      ["repaid-beyond-debt", 3e6, "9"],
      ["account-before-unknown", 0, "7"],
    ]);
  });
});
