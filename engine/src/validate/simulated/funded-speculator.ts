import { log } from "../../math/index.js";
import { agentTable, evenCoin, openMarket } from "./agent-market.js";

const symbol = "COIN";
const priceUsd = 100;

/**
 * d price / d capital of a leveraged fund that lost or won a little capital: units of a thousand. Its margin is p / L per coin, so that with `held` thousand coins from
 * before, m x' = `marginTimesSlope` thousand and m' x = held / L this is 1 / (m x' + m' x - x0).
 */
export function playFunded(leverage: number, held: number, marginTimesSlope: number): number {
  const thousand = 1_000;
  const margin = priceUsd / leverage;
  // x': coins that the book hands over per dollar of price, depth / (ln 2 x price).
  const depth = Number((((marginTimesSlope * thousand) / margin) * log(2) * priceUsd).toFixed(6));
  const riskyUsd = held * thousand * priceUsd;
  const priceAfter = (capitalUsd: number): number => {
    const { kernel, play } = openMarket({
      coins: { [symbol]: evenCoin(symbol, priceUsd, depth) },
      tickMs: 1_000,
      ticks: 1,
      prices: { shock: { kind: "line", moves: { [symbol]: "0%" }, over: "1 s" } },
      positions: {
        fund: agentTable(
          [`risky ${symbol}`, "cash USD"],
          [[held * thousand, riskyUsd / leverage - riskyUsd + capitalUsd]],
        ),
      },
      pressure: { fund: { kind: "constant-leverage", instrument: `${symbol}/USD`, leverage, band: "0%" } },
    });
    play(0, 0);
    return kernel.middle(0);
  };
  const step = 10;
  return (thousand * (priceAfter(step) - priceAfter(-step))) / (2 * step);
}
