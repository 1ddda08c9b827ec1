import { log } from "../../math/index.js";
import { agentTable, openMarket } from "./agent-market.js";

const symbol = "COIN";
const priceUsd = 2000;
/** Margin per coin 200 dollars; a coin sold lowers ln price by 1 %, so the book hands over 0.05 coins per dollar: m x' = 10. */
const marginShare = 0.1;
const logPerCoin = 0.01;

/**
 * What a loss of capital of `lossUsd` does to the price that a speculator of two coins is called at, per dollar of the loss. `rises` is how fast the margin rate rises
 * with the fall: at 10 % the margin per coin stays what it was (m' x = 0: the loss spiral alone), at 100 % it rises by 0.9 dollars per dollar of fall (m' x = -1.8: both).
 */
export function playCalled(rises: string, lossUsd: number): number {
  const depth = `${(log(2) / logPerCoin).toFixed(9)} ${symbol}`;
  const owed = 2 * priceUsd * (1 - marginShare) + lossUsd;
  const { kernel, play } = openMarket({
    coins: { [symbol]: { priceUsd, bids: [["-50%", depth]], asks: [["100%", depth]] } },
    tickMs: 1_000,
    ticks: 1,
    prices: { still: { kind: "line", moves: { [symbol]: "0%" }, over: "1 s" } },
    positions: { broker: agentTable([`risky ${symbol}`, "cash USD"], [[2, -owed]]) },
    pressure: {
      broker: {
        kind: "margin-calls",
        instrument: `${symbol}/USD`,
        maintenance: `${100 * marginShare}%`,
        initial: `${100 * marginShare}%`,
        notice: "0 ms",
        rises,
      },
    },
  });
  play(0, 0);
  return (priceUsd - kernel.middle(0)) / lossUsd;
}
