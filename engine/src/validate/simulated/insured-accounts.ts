import { assert } from "../../book/problem.js";
import { tapeKinds } from "../../run/tape.js";
import { agentTable, boundlessCoin, openMarket } from "./agent-market.js";

/** A coin whose price moves as stated, and the multipliers of the accounts that are insured on it. */
export interface InsuredCoin {
  /** As the price path `brownian` writes an asset. */
  readonly motion: Readonly<Record<string, unknown>>;
  readonly multipliers: readonly number[];
}

/** What became of the accounts of one multiplier on one coin, over all paths. */
export interface InsuredSample {
  readonly paths: number;
  /** Share of the paths that end below the floor. */
  readonly broken: number;
  /** Mean of the cushion at the end over the cushion at the start. */
  readonly meanCushion: number;
  /** Of the broken ones: mean of what was left over the cushion of the tick before; NaN where none broke. */
  readonly meanAfterGap: number;
}

/** Sums over the paths so far, and what the account in hand did last. */
interface Tally {
  readonly coin: number;
  readonly multiplier: number;
  broken: number;
  cushion: number;
  afterGap: number;
  /** The cushion by which the account held what it traded last, in dollars. */
  lastCushion: number;
}

/** Time in a path of insured accounts. */
export interface InsuredClock {
  readonly tickMs: number;
  readonly ticks: number;
}

const priceUsd = 1_000;
const wealthUsd = 10_000;
const cushionUsd = 1_000;
/** Coins per unit of the ledger, of an asset with six decimals. */
const unitCoins = 1e-6;

/**
 * Plays `cppi` accounts through the kernel: each opens at its target, trades once in every tick at the new price, and may borrow as much as its multiplier asks. Cash
 * earns nothing and floors stand still: everything is in forward terms. Coins move independently of each other; one sample per coin and multiplier.
 */
export function playInsured(
  coins: readonly InsuredCoin[],
  { tickMs, ticks }: InsuredClock,
  paths: number,
  seed: number,
  progress: (path: number) => void,
): InsuredSample[][] {
  const symbols = coins.map((_, place) => `COIN${place}`);
  const accounts = coins.flatMap(({ multipliers }, coin) =>
    multipliers.map((multiplier) => ({
      coin,
      symbol: symbols[coin],
      multiplier,
      name: `insured-${coin}-${multiplier}`,
    })),
  );
  const samples = new Map<number, Tally>();
  const before = new Float64Array(coins.length);
  const market = openMarket(
    {
      coins: Object.fromEntries(symbols.map((symbol) => [symbol, boundlessCoin(symbol, priceUsd)])),
      tickMs,
      ticks,
      prices: {
        shock: {
          kind: "brownian",
          calibrated: "net",
          assets: Object.fromEntries(symbols.map((symbol, coin) => [symbol, coins[coin].motion])),
        },
      },
      positions: Object.fromEntries(
        accounts.map(({ name, symbol, multiplier }) => {
          const exposureUsd = multiplier * cushionUsd;
          return [
            name,
            agentTable(
              [`risky ${symbol}`, "cash USD", "floor USD"],
              [[exposureUsd / priceUsd, wealthUsd - exposureUsd, wealthUsd - cushionUsd]],
            ),
          ];
        }),
      ),
      pressure: Object.fromEntries(
        accounts.map(({ name, symbol, multiplier }) => [
          name,
          {
            kind: "cppi",
            instrument: `${symbol}/USD`,
            multiplier,
            leverage: multiplier,
            band: "0%",
            every: `${tickMs} ms`,
          },
        ]),
      ),
    },
    (row) => {
      if (row.kind === tapeKinds.price) {
        before[row.a] = row.x;
        return;
      }
      const sample = samples.get(row.a);
      if (sample === undefined) return;
      if (row.kind === tapeKinds.trade) {
        // An account that sells out sells what the cushion of the tick before held, at that tick's price.
        sample.lastCushion = (row.x * unitCoins * before[sample.coin]) / sample.multiplier;
      } else if (row.kind === tapeKinds.floor) {
        sample.broken += row.z;
        sample.cushion += (row.x - row.y) / cushionUsd;
        if (row.z === 1) sample.afterGap += (row.x - row.y) / sample.lastCushion;
      }
    },
  );
  for (const { name, coin, multiplier } of accounts)
    samples.set(market.indexOf(name), { coin, multiplier, broken: 0, cushion: 0, afterGap: 0, lastCushion: 0 });
  for (let path = 0; path < paths; path++) {
    if (path % 500 === 0) progress(path);
    before.fill(priceUsd);
    market.play(seed, path);
  }
  return coins.map(({ multipliers }, coin) =>
    multipliers.map((multiplier) => {
      const sample = samples.get(market.indexOf(`insured-${coin}-${multiplier}`));
      assert(sample !== undefined, "every account has its sums");
      const { broken, cushion, afterGap } = sample;
      return { paths, broken: broken / paths, meanCushion: cushion / paths, meanAfterGap: afterGap / broken };
    }),
  );
}
