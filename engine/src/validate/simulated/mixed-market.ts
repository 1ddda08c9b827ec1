import { log } from "../../math/index.js";
import { agentTable, evenCoin, openMarket } from "./agent-market.js";

const symbol = "COIN";
/** A published step of 1e-8 USD is 1e-12 of this price. */
const priceUsd = 10_000;
const wealthUsd = 100_000_000;
const tickMs = 1_000;
const ticks = 200;
/** Ten millionths a tick: exposures, and with them the slopes, stay where they are while the variance is measured. */
const volatilityPerTick = 1e-6;

/**
 * Variance of the price's changes over that of fair value's, where rebalancers at half and half hold the rest of all wealth and insurers with a multiplier of 2 and half of
 * their wealth exposed hold the share `insured`. `impact`: log price per unit of all wealth that is traded.
 */
export function playMixed(insured: number, impact: number, seed: number): number {
  // ln 2 / depth per coin is impact per all wealth: depth coins at this price are ln 2 / impact of it.
  const depth = Number(((log(2) / impact) * (wealthUsd / priceUsd)).toFixed(6));
  const account = (share: number) => {
    const half = (share * wealthUsd) / 2;
    return agentTable([`risky ${symbol}`, "cash USD"], [[half / priceUsd, half]]);
  };
  const common = { instrument: `${symbol}/USD`, band: "0%" };
  const { kernel, play } = openMarket({
    coins: { [symbol]: evenCoin(symbol, priceUsd, depth) },
    tickMs,
    ticks,
    // At a gain of 0.75 what is left after as many rounds is below any rounding; a step of the published price may go on turning one unit.
    rounds: 500,
    prices: {
      shock: {
        kind: "brownian",
        calibrated: "net",
        assets: { [symbol]: { volatility: volatilityPerTick * Math.sqrt((365 * 86_400_000) / tickMs) } },
      },
    },
    positions: { rebalancers: account(1 - insured), insurers: account(insured) },
    pressure: {
      rebalancers: { ...common, kind: "rebalancer", share: "50%" },
      insurers: { ...common, kind: "cppi", multiplier: 2, floor: "75%" },
    },
  });
  const before = { price: priceUsd, fair: priceUsd };
  const sums = { price: 0, fair: 0 };
  play(seed, 0, () => {
    const after = { price: kernel.middle(0), fair: kernel.fair(0) };
    const [price, fair] = [log(after.price / before.price), log(after.fair / before.fair)];
    sums.price += price * price;
    sums.fair += fair * fair;
    Object.assign(before, after);
  });
  return sums.price / sums.fair;
}
