import { assert } from "../book/problem.js";
import { powersOfTen, stepsPerUsd } from "../rules/account-value.js";
import { type TapeRow, tapeKinds } from "../run/index.js";
import type { History, HistoryTrack, Reading, Variant } from "../scenario/history.js";
import type { Plan } from "../scenario/plan.js";
import { openRun } from "./paths.js";

/** What one plan says of the day. */
export interface HistoryReading {
  /** By fact, in the order of the history; the mean over paths. */
  readonly facts: readonly number[];
  /** By track: the model's price (USD) at the track's times; NaN where the path does not reach. */
  readonly tracks: readonly Float64Array[];
  /** By track: the model's price at the end of every tick of the first path. */
  readonly curves: readonly Float64Array[];
  readonly tapeHash: string;
  /** Milliseconds of the first path in which the first instrument was halted. */
  readonly haltedMs: number;
}

/** A scenario's day beside what is known of it. */
export interface HistoryStudy {
  readonly base: HistoryReading;
  readonly sets: readonly { readonly name: string; readonly reading: HistoryReading }[];
  readonly counterfactuals: readonly { readonly name: string; readonly reading: HistoryReading }[];
  /** By fact: the least and the most over the scenario and its sets. */
  readonly bands: readonly (readonly [number, number])[];
  /** By track: the root of the mean squared relative error over its times, of the scenario itself. */
  readonly trackErrors: readonly number[];
}

/** How often the study is asked: paths of each plan. `progress` hears how many of how many plans are done. */
export interface HistoryQuestion {
  readonly seed: number;
  readonly paths: number;
  readonly progress?: (done: number, total: number) => void;
}

/** Runs a scenario, its parameter sets and its counterfactuals on the same seeds and reads each fact off each. */
export function studyHistory(plan: Plan, history: History, question: HistoryQuestion): HistoryStudy {
  const total = 1 + history.sets.length + history.counterfactuals.length;
  let done = 0;
  const read = (one: Plan): HistoryReading => {
    const reading = readDay(one, history, question.seed, question.paths);
    question.progress?.(++done, total);
    return reading;
  };
  const all = (variants: readonly Variant[]) => variants.map(({ name, plan: one }) => ({ name, reading: read(one) }));
  const base = read(plan);
  const sets = all(history.sets);
  const counterfactuals = all(history.counterfactuals);
  const bands = history.facts.map((_, fact): [number, number] => {
    const values = [base, ...sets.map((one) => one.reading)].map((reading) => reading.facts[fact]);
    return [Math.min(...values), Math.max(...values)];
  });
  return {
    base,
    sets,
    counterfactuals,
    bands,
    trackErrors: history.tracks.map((track, index) => errorOf(track, base.tracks[index])),
  };
}

/** Root of the mean squared relative error of a model's prices against a track's; NaN where they share no time. */
function errorOf(track: HistoryTrack, modelled: Float64Array): number {
  let sum = 0;
  let count = 0;
  for (let index = 0; index < modelled.length; index++) {
    if (Number.isNaN(modelled[index])) continue;
    const error = modelled[index] / track.pricesUsd[index] - 1;
    sum += error * error;
    count++;
  }
  return Math.sqrt(sum / count);
}

/** Reads the facts and tracks off one plan's paths. */
export function readDay(plan: Plan, history: History, seed: number, paths: number): HistoryReading {
  const reader = new DayReader(plan, history);
  const open = openRun(plan, (row) => reader.read(row));
  reader.isHalted = () => plan.book.instruments.length > 0 && open.kernel.isHalted(0);
  reader.prices = (name) => priceOf(plan, open.kernel, name);
  const sums = new Float64Array(history.facts.length);
  let first: Pick<HistoryReading, "tracks" | "curves" | "tapeHash" | "haltedMs"> | undefined;
  for (let path = 0; path < paths; path++) {
    reader.begin();
    const { tapeHash } = open.run(seed, path);
    history.facts.forEach((fact, index) => {
      sums[index] += reader.value(fact.reading);
    });
    first ??= {
      tapeHash,
      tracks: reader.atTracks(),
      curves: reader.curves(),
      haltedMs: reader.haltedTicks * plan.tickMs,
    };
  }
  assert(first !== undefined, "a study has a path");
  return { facts: Array.from(sums, (sum) => sum / paths), ...first };
}

type Kernel = ReturnType<typeof openRun>["kernel"];

/** The asset whose price a name says: an instrument's, or for an oracle that of the first instrument. */
function assetOf({ book }: Plan, name: string): number {
  const named = book.instruments.find((one) => one.id === name) ?? book.instruments[0];
  return named?.asset ?? 0;
}

/** The price (USD) of an instrument's middle, or what an oracle published for the asset of the first instrument. */
function priceOf(plan: Plan, kernel: Kernel, name: string): () => number {
  const instrument = plan.book.instruments.findIndex((one) => one.id === name);
  if (instrument >= 0) {
    const { quote } = plan.book.instruments[instrument];
    return () => kernel.middle(instrument) * kernel.fair(quote);
  }
  const asset = assetOf(plan, name);
  const feed = kernel.opened.feeds.findIndex((one) => one.oracle === name && one.asset === asset);
  assert(feed >= 0, `the oracle ${name} publishes a price`);
  return () => kernel.published(feed) / stepsPerUsd;
}

function add(sums: Map<number, number>, key: number, more: number): void {
  sums.set(key, (sums.get(key) ?? 0) + more);
}

/** Reads one path row by row. */
class DayReader {
  prices: (name: string) => () => number = () => () => Number.NaN;
  isHalted: () => boolean = () => false;
  haltedTicks = 0;
  private readonly names: readonly string[];
  private readers: readonly (() => number)[] = [];
  private samples: number[][] = [];
  /** USD sold by each mechanism: received, and at opening prices. */
  private sold = new Map<number, number>();
  private soldAtOpening = new Map<number, number>();
  /** USD (at opening prices) that each mechanism's rules asked for in the first round of the path: sold in it, and held back. */
  private atOpen = new Map<number, number>();
  /** USD (at opening prices) that each account's rule still asks for. */
  private outstanding = new Map<number, { readonly mechanism: number; readonly usd: number }>();

  constructor(
    private readonly plan: Plan,
    private readonly history: History,
  ) {
    const names = history.facts.flatMap(({ reading }) => {
      if (reading.reading === "fall") return [reading.of];
      return reading.reading === "discount" ? [reading.of, reading.below] : [];
    });
    this.names = [...new Set([...names, ...history.tracks.map((track) => track.of)])];
  }

  begin(): void {
    this.readers = this.names.map((name) => this.prices(name));
    this.samples = this.names.map(() => []);
    this.sold.clear();
    this.soldAtOpening.clear();
    this.outstanding.clear();
    this.atOpen.clear();
    this.haltedTicks = 0;
  }

  read(row: TapeRow): void {
    const { book } = this.plan;
    const usdOf = (instrument: number, quoteUnits: number) => {
      const { priceUsd, unitDecimals } = book.assets[book.instruments[instrument].quote];
      return (quoteUnits * priceUsd) / powersOfTen[unitDecimals];
    };
    const openingUsdOf = (instrument: number, units: number) => {
      const { priceUsd, unitDecimals } = book.assets[book.instruments[instrument].asset];
      return (units * priceUsd) / powersOfTen[unitDecimals];
    };
    const isFirstRound = row.tick === 0 && row.round === 0;
    switch (row.kind) {
      case tapeKinds.price:
        // One row per asset at the end of a tick: the first asset's is the sign to look at all prices.
        if (row.a === 0 && this.isHalted()) this.haltedTicks++;
        if (row.a === 0) this.readers.forEach((price, index) => void this.samples[index].push(price()));
        break;
      case tapeKinds.trade: {
        if (row.x <= 0) break;
        const usd = openingUsdOf(row.z, row.x);
        add(this.sold, row.a, usdOf(row.z, row.y));
        add(this.soldAtOpening, row.a, usd);
        if (isFirstRound) add(this.atOpen, row.a, usd);
        break;
      }
      case tapeKinds.required: {
        const usd = openingUsdOf(row.z, Math.max(0, row.x));
        this.outstanding.set(row.a * 0x8000000 + row.b, { mechanism: row.a, usd });
        if (isFirstRound) add(this.atOpen, row.a, usd);
        break;
      }
      default:
    }
  }

  value(reading: Reading): number {
    if (reading.reading === "fall") {
      const prices = this.of(reading.of);
      const price = reading.at === "close" ? prices[prices.length - 1] : Math.min(...prices);
      return 1 - price / this.plan.book.assets[assetOf(this.plan, reading.of)].priceUsd;
    }
    if (reading.reading === "discount") {
      const lower = this.of(reading.of);
      const upper = this.of(reading.below);
      return Math.max(0, ...lower.map((price, tick) => 1 - price / upper[tick]));
    }
    const sellers = new Set(this.indices(reading.by));
    let usd = 0;
    if (reading.reading === "asked" && reading.at === "open") {
      for (const [mechanism, asked] of this.atOpen) if (sellers.has(mechanism)) usd += asked;
      return usd;
    }
    const counted = reading.reading === "asked" ? this.soldAtOpening : this.sold;
    for (const [mechanism, sold] of counted) if (sellers.has(mechanism)) usd += sold;
    if (reading.reading === "asked")
      for (const one of this.outstanding.values()) if (sellers.has(one.mechanism)) usd += one.usd;
    return reading.reading === "sold-share" ? usd / reading.ofUsd : usd;
  }

  /** The model's prices at each track's times: at the end of the tick that holds the time. */
  atTracks(): readonly Float64Array[] {
    return this.history.tracks.map(({ of, timesMs }) => {
      const prices = this.of(of);
      return timesMs.map((time) => {
        const tick = Math.ceil(time / this.plan.tickMs) - 1;
        return tick >= 0 && tick < prices.length ? prices[tick] : Number.NaN;
      });
    });
  }

  curves(): readonly Float64Array[] {
    return this.history.tracks.map(({ of }) => Float64Array.from(this.of(of)));
  }

  private of(name: string): readonly number[] {
    return this.samples[this.names.indexOf(name)];
  }

  private indices(names: readonly string[]): number[] {
    return names.flatMap((name) => {
      const index = this.plan.mechanisms.findIndex((one) => one.name === name);
      return index < 0 ? [] : [index];
    });
  }
}
