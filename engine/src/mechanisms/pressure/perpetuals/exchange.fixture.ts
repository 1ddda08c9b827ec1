import { type TapeRow, tapeKinds } from "../../../run/index.js";
import { parseScenario, readScenario } from "../../../scenario/parse.js";
import { openRun } from "../../../study/paths.js";
import { type ExchangeVariant, longsAndShorts } from "./demonstration.js";
import type { PerpetualsRows } from "./rows.js";

const nothingElse = (path: string): never => {
  throw new Error(`no files, but ${path}`);
};

/** A line of prices: ETH moves by a share within a time, from 2,000 USD. */
export const moves = (share: string, over = "5 min") => ({ shock: { kind: "line", moves: { ETH: share }, over } });

/** A book that takes anything near the middle. */
export const deep = { bids: [["-90%", "1000000 ETH"]], asks: [["900%", "1000000 ETH"]], refill: "0 /h" };

/** A book of so many coins within 1 % on either side. */
export const thin = (coins: number) => ({
  bids: [["-1%", `${coins} ETH`]],
  asks: [["1%", `${coins} ETH`]],
  refill: "0 /h",
});

/** Runs one path of the small exchange scenario without the lender; what it came to. */
export function play(variant: ExchangeVariant, path = 0) {
  const plan = readScenario(
    longsAndShorts({ ...variant, small: { clock: { tick: "5 min", duration: "1 h" }, ...variant.small } }),
    nothingElse,
  );
  const tape: TapeRow[] = [];
  const open = openRun(plan, (row) => tape.push(row));
  const { measures, end } = open.run(1, path);
  open.kernel.ledger.check();
  const index = plan.mechanisms.findIndex((one) => one.name === "exchange");
  const rows = open.kernel.opened.rows[index] as PerpetualsRows;
  const own = tape.filter((row) => row.a === index);
  const of = (kind: number) => own.filter((row) => row.kind === kind);
  const coins = (units: number) => units / 1e7;
  const id = (row: number) => plan.book.positions.find((one) => one.protocol === "exchange")?.ids.at(row) ?? "";
  return {
    measures,
    end,
    rows,
    of,
    /** Coins left, signed, by account. */
    sizes: Array.from(rows.size, coins),
    /** Dollars of the fund at the end. */
    fund: open.kernel.ledger.balance(rows.fund, rows.quote) / 1e6,
    /** Coins that the accounts' own closes sold or bought on the market, in a tick or in all. */
    closedOnMarket: (tick?: number) =>
      coins(
        of(tapeKinds.liquidate)
          .filter((row) => row.z === rows.engine && (tick === undefined || row.tick === tick))
          .reduce((sum, row) => sum + row.x, 0),
      ),
    takeovers: of(tapeKinds.protocol).length,
    /** Coins that the backstop traded. */
    unwound: coins(of(tapeKinds.trade).reduce((sum, row) => sum + Math.abs(row.x), 0)),
    deleveraged: of(tapeKinds.deleverage).map((row) => ({
      account: id(row.b),
      coins: coins(row.x),
      price: row.y / 1e8,
    })),
    underwaterUsd: of(tapeKinds.underwater).reduce((sum, row) => sum + row.x, 0),
  };
}

/** Codes and places of everything wrong with an exchange's parameters. */
export function faultsOf(exchange: Readonly<Record<string, unknown>>): (readonly [string, string])[] {
  const parsed = parseScenario(longsAndShorts({ exchange }), nothingElse);
  if (!("problems" in parsed)) return [];
  for (const { message, hint } of parsed.problems) if (message === "" || hint === "") throw new Error("no words");
  return parsed.problems.map(({ code, path }) => [code, path] as const);
}
