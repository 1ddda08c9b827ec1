import { oneAccountFalls } from "../../demonstrations.js";

/** The small scenario with one account of a strategy, named `insurer`, that holds half of its wealth in ETH. */
export function oneInvestor(
  entry: Readonly<Record<string, unknown>>,
  rows?: readonly unknown[],
  columns: readonly string[] = ["account", "risky ETH", "cash USD"],
): unknown {
  return oneAccountFalls({
    positions: { insurer: { layer: "made", columns, rows: rows ?? [["fund", 100, 200000]] } },
    pressure: { insurer: { instrument: "ETH/USD", ...entry } },
  });
}

/** The small scenario with an insurer at four times its cushion. */
export function oneInsurer(insurer: Readonly<Record<string, unknown>> = {}, rows?: readonly unknown[]): unknown {
  return oneInvestor({ kind: "cppi", multiplier: 4, floor: "87.5%", ...insurer }, rows);
}
