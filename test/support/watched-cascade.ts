import { uniform } from "../../engine/src/math/index.js";
import { oneAccountFalls, type SmallVariant } from "../../engine/src/mechanisms/demonstrations.js";
import { Kernel, Tape, type TapeRow } from "../../engine/src/run/index.js";
import { readScenario } from "../../engine/src/scenario/parse.js";
import { runSetting } from "../../engine/src/scenario/plan.js";
import { MeasureReader, type Measures } from "../../engine/src/study/measures.js";

/** A cascade drawn at random, as `oneAccountFalls` takes it; the same index gives the same cascade. */
export interface RandomCascade {
  readonly place: string;
  readonly variant: SmallVariant;
}

/** What a random cascade may hold beside accounts that borrow dollars against ETH. */
export interface CascadeRule {
  /** Accounts short of ETH, and upward moves. */
  readonly shorts?: boolean;
  /** Lasting impact, refill, partial liquidations. */
  readonly whole?: boolean;
  /** Depth in multiples of the drawn one. */
  readonly depth?: number;
}

const assumed = "made";

/** Draws a book of up to ten accounts, its depth, a move and a lender's parameters. */
export function randomCascade(seed: number, index: number, rule: CascadeRule = {}): RandomCascade {
  let word = 0;
  const draw = (low: number, high: number) => low + (high - low) * uniform(seed, index, 0, 0, word++);
  const depth = draw(20, 3000);
  const bookUnits = (share: number) => `${(depth * share * (rule.depth ?? 1)).toFixed(4)} ETH`;
  const up = rule.shorts === true && draw(0, 1) < 0.4;
  const move = up ? draw(5, 60) : -draw(5, 55);
  const accounts = Array.from({ length: 1 + Math.floor(draw(0, 10)) }, (_, row) => {
    const coins = draw(1, 300);
    const ratio = draw(0.45, 0.84);
    return rule.shorts === true && draw(0, 1) < 0.4
      ? { account: `${row}`, collateral: `${(coins * 2000).toFixed(2)} USD`, debt: `${(coins * ratio).toFixed(4)} ETH` }
      : { account: `${row}`, collateral: `${coins.toFixed(4)} ETH`, debt: `${(coins * 2000 * ratio).toFixed(2)} USD` };
  });
  const size = draw(0, 1);
  const levels = (sign: string) => [
    [`${sign}1%`, bookUnits(0.05)],
    [`${sign}10%`, bookUnits(0.35)],
    [`${sign}45%`, bookUnits(1)],
  ];
  const book = (instrument: string, refill: string) => ({
    kind: "order-book",
    instrument,
    layer: assumed,
    bids: levels("-"),
    asks: levels("+"),
    refill,
  });
  const refill = rule.whole === true ? "0 /h" : `${draw(0, 6).toFixed(3)} /h`;
  const bonus = `${draw(1, 12).toFixed(3)}%`;
  const lasting = rule.whole === true ? "0%" : `${draw(0, 100).toFixed(2)}%`;
  return {
    place: `seed ${seed}, cascade ${index}`,
    variant: {
      prices: {
        shock: {
          kind: "line",
          moves: { ETH: `${move.toFixed(3)}%` },
          over: "1 h",
          gas: `${draw(0, 300).toFixed(2)} gwei`,
        },
      },
      instruments: { "ETH-PERP": { asset: "ETH", quote: "USD", market: "perpetual" } },
      venues: { market: book("ETH/USD", refill), perp: book("ETH-PERP", refill) },
      positions: { lender: { layer: assumed, accounts } },
      pressure: {
        lender: {
          kind: "lending",
          threshold: { ETH: "85%", USD: "85%" },
          bonus: { ETH: bonus, USD: bonus },
          size:
            rule.whole === true || size < 0.4
              ? { rule: "all-collateral" }
              : size < 0.7
                ? { rule: "close-factor", steps: [{ healthBelow: 100, closeFactor: "50%" }] }
                : { rule: "target-health", target: 1.05 },
        },
      },
      lasting,
      clock: { tick: "5 min", duration: "3 h", rounds: 2000 },
    },
  };
}

/** What a test looks at. */
export interface Watched {
  readonly kernel: Kernel;
  readonly rows: TapeRow[];
  readonly measures: Measures;
  readonly hash: string;
}

/** Runs a small scenario on one path and keeps its tape. */
export function watch(variant: SmallVariant, seed = 1): Watched {
  return watchScenario(oneAccountFalls(variant), seed);
}

/** Runs any scenario on one path and keeps its tape. */
export function watchScenario(scenario: unknown, seed = 1): Watched {
  const plan = readScenario(scenario, (path) => {
    throw new Error(`no files here, but ${path}`);
  });
  const rows: TapeRow[] = [];
  const reader = new MeasureReader(plan.book);
  const tape = new Tape(false, (row) => {
    rows.push(row);
    reader.read(row);
  });
  const kernel = new Kernel(runSetting(plan), tape);
  const { tapeHash } = kernel.run(seed, 0);
  return { kernel, rows, measures: reader.finish(), hash: tapeHash };
}

/** The tape without a mechanism's own rows of one kind, as text, for comparison. */
export function tapeWithout(rows: readonly TapeRow[], kind: number): string {
  return JSON.stringify(rows.filter((row) => row.kind !== kind));
}
