// Row 4: a book of 1,000,000 positions from its columnar form, every value checked, against the same book as JSON text. Both end as the same hash.
import { readFileSync } from "node:fs";
import { accountIds, bookFile, bookHash, decodeBook, encodeBook, readBook } from "../engine/dist/book/index.js";
import { timePerCall } from "./timing.js";
import { drawProtocols } from "./workload.js";

export function loadRows({ positions = 1_000_000, turns = 3 } = {}) {
  const shipped = readBook(
    JSON.parse(readFileSync(new URL("../books/maker-eth-b-2021-05-19.json", import.meta.url), "utf8")),
  );
  const drawn = drawProtocols(positions);
  const eth = shipped.assets.findIndex(({ symbol }) => symbol === "ETH");
  const dai = shipped.assets.findIndex(({ symbol }) => symbol === "DAI");
  const column = (name) =>
    Float64Array.from(
      { length: positions },
      (_, row) => drawn[row % drawn.length][name][Math.floor(row / drawn.length)],
    );
  const table = {
    ...shipped.positions[0],
    ids: accountIds(Array.from({ length: positions }, (_, row) => `${row + 1}`)),
    columns: [
      { role: "collateral", asset: eth, values: column("collateral") },
      { role: "debt", asset: dai, values: column("debt").map((units) => Math.floor(units / 4)) },
    ],
  };
  const book = { ...shipped, positions: [table] };
  const text = JSON.stringify(bookFile(book));
  const bytes = encodeBook(book);
  if (bookHash(decodeBook(bytes.slice(0))) !== bookHash(readBook(JSON.parse(text))))
    throw new Error("both forms are the same book");
  const times = { ours: [], theirs: [], plain: [] };
  for (let turn = 0; turn < turns; turn++) {
    const copies = Array.from({ length: 5 }, () => bytes.slice(0));
    // One by one: the collector, busy with the other side's garbage, would else be counted into every mean.
    for (const copy of copies) times.ours.push(timePerCall(() => decodeBook(copy), 1));
    times.plain.push(timePerCall(() => JSON.parse(text), 1));
    times.theirs.push(timePerCall(() => readBook(JSON.parse(text)), 1));
  }
  const what = `loading ${positions.toLocaleString("en")} positions from columns, all checked`;
  return [
    { what, peer: "the same book as JSON", ours: times.ours, theirs: times.theirs, atLeast: 50 },
    { what, peer: "JSON.parse alone", ours: times.ours, theirs: times.plain, atLeast: 1 },
  ];
}
