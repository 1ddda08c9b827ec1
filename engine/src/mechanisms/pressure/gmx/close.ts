import type { GmxClose } from "../../../rules/gmx-v2.js";
import type { Settle } from "../../../run/index.js";
import type { GmxRows } from "./rows.js";

/** Books a close: the row, open interest, pool and every token that moved, through rest-of-market, which is left with nothing. */
export function bookClose(rows: GmxRows, at: Settle, row: number, close: GmxClose): void {
  const { state, layout, assets } = rows;
  const side = rows.size[row] >= 0 ? 0 : 1;
  const taken = rows.collateral[row] - close.collateral;
  rows.size[row] -= side === 0 ? close.tokens : -close.tokens;
  rows.cost[row] -= close.cost;
  rows.collateral[row] = close.collateral;
  state.cost[side] -= close.cost;
  state.tokens[side] -= close.tokens;
  state.impactPool = Math.max(0, state.impactPool + close.impactPool);
  const { restOfMarket, outside } = layout;
  at.transfer(rows.positions, restOfMarket, assets[rows.token[row]], taken);
  for (const token of [0, 1] as const) {
    state.pool[token] += close.pool[token];
    const units = close.pool[token];
    if (units >= 0) at.transfer(restOfMarket, rows.pool, assets[token], units);
    else at.transfer(rows.pool, restOfMarket, assets[token], -units);
    at.transfer(restOfMarket, outside, assets[token], close.trader[token]);
    at.transfer(restOfMarket, rows.receiver, assets[token], close.receiver[token]);
    at.transfer(restOfMarket, rows.held, assets[token], close.held[token]);
  }
}
