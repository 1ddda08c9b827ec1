import { tapeKinds } from "../../run/tape.js";
import { agentTable, boundlessCoin, openMarket } from "./agent-market.js";

const symbol = "COIN";
const priceUsd = 100;
const tickMs = 1_000;

/** Dollars that an agent's own orders brought, sales less purchases, while the price fell by `fall` in a straight line over `ticks` ticks of a second each. */
export function soldInFall(
  agent: Readonly<Record<string, unknown>>,
  { riskyUsd, cashUsd }: { readonly riskyUsd: number; readonly cashUsd: number },
  fall: number,
  ticks: number,
): number {
  let soldUsd = 0;
  const { play } = openMarket(
    {
      coins: { [symbol]: boundlessCoin(symbol, priceUsd) },
      tickMs,
      ticks,
      prices: { shock: { kind: "line", moves: { [symbol]: `${-100 * fall}%` }, over: `${ticks * tickMs} ms` } },
      positions: {
        agent: agentTable([`risky ${symbol}`, "cash USD"], [[riskyUsd / priceUsd, cashUsd]]),
      },
      pressure: { agent: { instrument: `${symbol}/USD`, band: "0%", every: `${tickMs} ms`, ...agent } },
    },
    (row) => {
      if (row.kind === tapeKinds.trade) soldUsd += (Math.sign(row.x) * row.y) / 1e6;
    },
  );
  play(0, 0);
  return soldUsd;
}
