import { z } from "zod";
import type { Book } from "../../book/book.js";
import { quantity } from "../../book/index.js";
import { exp, log } from "../../math/index.js";
import type { Layout, Mechanism, Shock } from "../../run/index.js";
import { define } from "../definition.js";
import { oneAccountFalls } from "../demonstrations.js";

/** A straight line in log price per asset: what `--shock ETH=-20%` in an hour means (docs/model.md). Afterwards the price stays. */
export interface LineParams {
  readonly moves: readonly { readonly asset: string; readonly share: number }[];
  readonly overMs: number;
  /** Gas price in gwei throughout. */
  readonly gasGwei: number;
}

const schema = z
  .strictObject({
    kind: z.literal("line"),
    moves: z.record(z.string(), quantity.move()).describe("By asset: the move from the book's price."),
    over: quantity.duration().prefault("1 h").describe("How long the move takes; afterwards the price stays."),
    gas: quantity.gwei().prefault("30 gwei").describe("Gas price throughout."),
  })
  .transform(
    ({ moves, over, gas }): LineParams => ({
      moves: Object.keys(moves)
        .sort()
        .map((asset) => ({ asset, share: moves[asset] })),
      overMs: over,
      gasGwei: gas,
    }),
  );

interface Rows {
  readonly assets: readonly number[];
  readonly start: readonly number[];
  readonly logMoves: readonly number[];
}

/** Moves fair values along a straight line in log price from the book's price to price x (1 + share) within `overMs`. */
export function line(name: string, params: LineParams): Mechanism<Rows> {
  return {
    name,
    open(book: Book, _layout: Layout): Rows {
      const assets = params.moves.map((move) => book.assets.findIndex((asset) => asset.symbol === move.asset));
      return {
        assets,
        start: assets.map((asset) => book.assets[asset].priceUsd),
        logMoves: params.moves.map((move) => log(1 + move.share)),
      };
    },
    reset(): void {},
    shock(rows: Rows, at: Shock): void {
      at.setGas(params.gasGwei);
      const done = params.overMs === 0 ? 1 : Math.min(1, at.timeMs / params.overMs);
      for (let row = 0; row < rows.assets.length; row++) {
        const price =
          done === 1
            ? rows.start[row] * (1 + params.moves[row].share)
            : rows.start[row] * exp(rows.logMoves[row] * done);
        at.setFair(rows.assets[row], price);
      }
    },
  };
}

export const lineDefinition = define<LineParams>({
  kind: "line",
  part: "prices",
  summary: "A straight line in log price: the shock that a question like `what if ETH falls 30 %?` means.",
  source: "docs/model.md",
  schema,
  create: (name, params) => line(name, params),
  references: (params) => params.moves.map(({ asset }) => ({ key: `moves.${asset}`, kind: "asset", name: asset })),
  demonstration: { scenario: oneAccountFalls(), subject: "shock", measure: "liquidatedAccounts", off: "falls" },
});
