import { join, resolve } from "node:path";
import {
  depthFall,
  type InsuranceMarket,
  type InsuranceQuestion,
  type InsuranceStrategy,
  insuranceMarket,
  insurancePlan,
  insuranceStrategies,
  isProblem,
  marketDepthUsd,
  mostInsuredUsd,
  type Plan,
  type Problem,
  ProblemsError,
  parseAmountOf,
  parseDuration,
  parseNumber,
  parseShare,
  powersOfTen,
  readScenario,
  suggestion,
  tickFor,
  unitsOf,
} from "@firebreak/engine";
import { readBookFile, readInput } from "../files/index.js";
import type { Call } from "./call.js";
import { loadScenario } from "./load-scenario.js";
import { packageRoot } from "./package-root.js";
import { durationText } from "./text/numbers.js";

/** What `insure` assumes where nobody says; every one of them is printed. */
export const insuranceDefaults = {
  asset: "ETH",
  floor: 0.9,
  horizonMs: 90 * 86_400_000,
  sumUsd: 1_000_000,
  /** Of what the market buys within -10 %. */
  crowdOfDepth: 1,
  volatility: 0.7,
  jumps: { perYear: 6, logMean: -0.06, logDeviation: 0.08 },
  drift: 0,
  multiplier: 4,
  leverage: 1,
  everyMs: 0,
  lastingShare: 0.5,
  paths: 400,
  /** At most so many ticks where the horizon chooses. */
  ticks: 400,
} as const;

/** The shipped book that is asked where no scenario is named. */
export const shippedBook = "books/eth-many-protocols-2024-01-30.json";

/** Everything `insure` is asked, checked. */
export interface InsuranceRequest {
  /** The scenario or book as its asker named it; null: the shipped book. */
  readonly file: string | null;
  readonly plan: Plan;
  readonly market: InsuranceMarket;
  readonly question: InsuranceQuestion;
  readonly strategies: readonly InsuranceStrategy[];
  /** What the market buys at once within `depthFall`, in dollars. */
  readonly depthUsd: number;
}

/** Reads the market and every option of `insure`. Throws `ProblemsError` with everything that is wrong with them. */
export async function readInsurance(call: Call, cwd: string): Promise<InsuranceRequest> {
  const problems: Problem[] = [];
  const strategies = readOnly(call.list("only"), problems);
  const bare = readPlainOptions(call, problems);
  const file = call.operands[0] ?? null;
  const plan = await readMarketFile(file, cwd, problems);
  const market = plan && marketOf(plan, call.text("asset") ?? insuranceDefaults.asset, problems);
  if (plan === null || market === null) throw new ProblemsError(problems);
  const { asset } = market.book.instruments[market.instrument];
  const most = mostInsuredUsd(bare, market);
  const depthUsd = depthOf(market);
  const sumUsd = readSum(call.text("sum"), "--sum", market, asset, null, problems) ?? insuranceDefaults.sumUsd;
  const usualCrowd = insuranceDefaults.crowdOfDepth * depthUsd;
  const crowdUsd = readSum(call.text("crowd"), "--crowd", market, asset, depthUsd, problems) ?? usualCrowd;
  if (problems.length === 0 && sumUsd + crowdUsd > most) {
    problems.push({
      code: "amount-too-large",
      path: sumUsd > most ? "--sum" : "--crowd",
      message: `the account and the crowd together hold ${Math.round(sumUsd + crowdUsd)} USD; on these paths amounts are counted exactly up to ${Math.floor(most)} USD`,
      hint: "write a smaller sum and crowd, or a shorter horizon",
    });
  }
  if (problems.length > 0) throw new ProblemsError(problems);
  const question = { ...bare, asset: market.book.assets[asset].symbol, sumUsd, crowdUsd };
  const possible = strategies.filter(({ shorted }) => shorted === undefined || market.perpetual !== null);
  return { file, plan, market, question, strategies: possible, depthUsd };
}

/** A scenario's plan, or a book's with nothing in it; null where the file cannot be read (the problems say why). */
async function readMarketFile(file: string | null, cwd: string, problems: Problem[]): Promise<Plan | null> {
  const path = file === null ? join(packageRoot, shippedBook) : resolve(cwd, file);
  try {
    const read = await readInput(path);
    const isBook = "input" in read && (read.input.form === "columns" || read.input.kind === "book");
    if (!isBook) return await loadScenario(file ?? path, cwd);
    const loaded = await readBookFile(path);
    if ("problems" in loaded) throw new ProblemsError(loaded.problems);
    return readScenario({ version: 1, name: "market", book: "the file's" }, () => loaded);
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error;
    problems.push(...error.problems);
    return null;
  }
}

function marketOf(plan: Plan, asset: string, problems: Problem[]): InsuranceMarket | null {
  try {
    return insuranceMarket(plan, asset);
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error;
    problems.push(...error.problems);
    return null;
  }
}

/** What the market buys within `depthFall`, nobody being insured. The path does not matter: any will do. */
function depthOf(market: InsuranceMarket): number {
  const { asset } = market.book.instruments[market.instrument];
  const { symbol } = market.book.assets[asset];
  const { floor, volatility, multiplier, leverage, everyMs, lastingShare, drift } = insuranceDefaults;
  const jumps = { perYear: 0, logMean: 0, logDeviation: 0 };
  const dayMs = 86_400_000;
  const plan = insurancePlan(
    market,
    {
      asset: symbol,
      floorShare: floor,
      horizonMs: dayMs,
      tickMs: dayMs,
      sumUsd: 0,
      crowdUsd: 0,
      volatility,
      jumps,
      drift,
      multiplier,
      leverage,
      everyMs,
      lastingShare,
    },
    insuranceStrategies[0],
    false,
  );
  return marketDepthUsd(plan, market.instrument);
}

/** The options that hang on no market. */
function readPlainOptions(call: Call, problems: Problem[]): Omit<InsuranceQuestion, "asset" | "sumUsd" | "crowdUsd"> {
  const read = <Value>(
    name: string,
    parse: (text: string, path: string) => Value | Problem,
    otherwise: Value,
  ): Value => {
    const text = call.text(name);
    if (text === undefined) return otherwise;
    const parsed = parse(text, `--${name}`);
    if (!isProblem(parsed)) return parsed;
    problems.push(parsed);
    return otherwise;
  };
  const usual = insuranceDefaults;
  const before = problems.length;
  const horizonMs = read(
    "horizon",
    (text, path) => parseDuration(text, path, { above: 0, most: 10 * 365 * 86_400_000 }),
    usual.horizonMs,
  );
  const found = tickFor(horizonMs, usual.ticks);
  const tickMs = read("tick", (text, path) => parseDuration(text, path, { above: 0 }), found ?? horizonMs);
  const everyMs = read("every", (text, path) => parseDuration(text, path), usual.everyMs);
  if (problems.length === before) checkClock(call, horizonMs, tickMs, everyMs, found, problems);
  const jumps = readJumps(call.list("jumps"), call.text("jumps") !== undefined, problems);
  const drift = read("drift", (text, path) => parseShare(text, path, { least: -10, most: 10 }), usual.drift);
  // What jumps take from the price on average is given back by its drift, which has a limit of its own.
  if (jumps.perYear * Math.abs(Math.expm1(jumps.logMean + jumps.logDeviation ** 2 / 2)) > 50)
    problems.push({
      code: "number-out-of-range",
      path: "--jumps",
      message: "they move the price by more than fifty times itself a year",
      hint: "write fewer or smaller jumps",
    });
  return {
    horizonMs,
    tickMs,
    everyMs,
    floorShare: read("floor", (text, path) => parseShare(text, path, { above: 0, below: 1 }), usual.floor),
    volatility: read("volatility", (text, path) => parseShare(text, path, { above: 0, most: 10 }), usual.volatility),
    jumps,
    drift,
    multiplier: read(
      "multiplier",
      (text, path) => parseNumber(text, "", path, { above: 1, most: 50 }),
      usual.multiplier,
    ),
    leverage: read("leverage", (text, path) => parseNumber(text, "", path, { above: 0, most: 50 }), usual.leverage),
    lastingShare: read("lasting", (text, path) => parseShare(text, path), usual.lastingShare),
  };
}

/** At most this many ticks: more is no comparison but a simulation of days. */
const mostTicks = 100_000;

function checkClock(
  call: Call,
  horizonMs: number,
  tickMs: number,
  everyMs: number,
  found: number | null,
  problems: Problem[],
): void {
  const refuse = (path: string, message: string, hint: string) =>
    problems.push({ code: "duration-no-multiple", path, message, hint });
  if (call.text("tick") === undefined && found === null) {
    refuse("--horizon", `${durationText(horizonMs)} is no whole number of minutes`, "write it like --horizon 90day");
  } else if (horizonMs % tickMs !== 0) {
    refuse(
      "--tick",
      `the horizon of ${durationText(horizonMs)} is no whole number of ticks of ${durationText(tickMs)}`,
      "make the horizon a multiple of the tick",
    );
  } else if (everyMs % tickMs !== 0) {
    refuse(
      "--every",
      `${durationText(everyMs)} is no whole number of ticks of ${durationText(tickMs)}`,
      `make it a multiple of the tick, or set --tick`,
    );
  } else if (horizonMs / tickMs > mostTicks) {
    const message = `the horizon has ${horizonMs / tickMs} ticks of ${durationText(tickMs)}, at most ${mostTicks}`;
    problems.push({ code: "number-out-of-range", path: "--tick", message, hint: "write a longer tick" });
  }
}

/** `--jumps 6,-6%,8%`: how many a year, mean and standard deviation of one in log price; `--jumps 0` for none. */
function readJumps(parts: readonly string[], isGiven: boolean, problems: Problem[]): InsuranceQuestion["jumps"] {
  if (!isGiven) return insuranceDefaults.jumps;
  if (parts.length === 1 && parts[0] === "0") return { perYear: 0, logMean: 0, logDeviation: 0 };
  if (parts.length !== 3) {
    problems.push({
      code: "jumps-malformed",
      path: "--jumps",
      message: `${JSON.stringify(parts.join(",").slice(0, 60))} are not three numbers: jumps a year, their mean and their standard deviation in log price`,
      hint: "write --jumps 6,-6%,8%, or --jumps 0 for none",
    });
    return insuranceDefaults.jumps;
  }
  const [perYear, logMean, logDeviation] = [
    parseNumber(parts[0], "", "--jumps, the first", { least: 0, most: 1000 }),
    parseShare(parts[1], "--jumps, the second", { least: -5, most: 5 }),
    parseShare(parts[2], "--jumps, the third", { least: 0, most: 5 }),
  ];
  for (const one of [perYear, logMean, logDeviation]) if (isProblem(one)) problems.push(one);
  if (isProblem(perYear) || isProblem(logMean) || isProblem(logDeviation)) return insuranceDefaults.jumps;
  return { perYear, logMean, logDeviation };
}

const ofDepth = /^(.*\S)\s+of\s+depth$/;

/** Dollars, an amount of the asset, or (where there is a depth to be of) a share of depth; null where it is not given or wrong. */
function readSum(
  text: string | undefined,
  path: string,
  market: InsuranceMarket,
  asset: number,
  depthUsd: number | null,
  problems: Problem[],
): number | null {
  if (text === undefined) return null;
  const refused = (problem: Problem): null => {
    problems.push(problem);
    return null;
  };
  const share = ofDepth.exec(text.trim())?.[1];
  if (share !== undefined && depthUsd !== null) {
    const parsed = parseShare(share, path, { above: 0, most: 1000 });
    return isProblem(parsed) ? refused(parsed) : parsed * depthUsd;
  }
  const { symbol, priceUsd, unitDecimals } = market.book.assets[asset];
  const amount = parseAmountOf(text, path);
  if (isProblem(amount)) return refused(amount);
  if (amount.asset !== "USD" && amount.asset !== symbol) {
    const message = `the unit ${JSON.stringify(amount.asset.slice(0, 60))} does not fit; it takes USD or ${symbol}${depthUsd === null ? "" : ", or a share of depth"}`;
    const hint = `write it like ${path} "${depthUsd === null ? "1000000 USD" : "100% of depth"}"`;
    return refused({ code: "unit-wrong", path, message, hint });
  }
  const units = unitsOf(amount, amount.asset === "USD" ? 6 : unitDecimals, path);
  if (isProblem(units)) return refused(units);
  const usd = amount.asset === "USD" ? units / 1e6 : (units / powersOfTen[unitDecimals]) * priceUsd;
  if (usd >= 100) return usd;
  const message = `${JSON.stringify(text.slice(0, 60))} is less than 100 USD, which is all rounding`;
  return refused({ code: "number-out-of-range", path, message, hint: "write a larger sum" });
}

/** The strategies asked for, in the table's order, and holding beside them. */
function readOnly(names: readonly string[], problems: Problem[]): readonly InsuranceStrategy[] {
  const known = insuranceStrategies.map(({ name }) => name);
  for (const name of names) {
    if (known.includes(name)) continue;
    const message = `there is no strategy ${JSON.stringify(name.slice(0, 60))}`;
    problems.push({ code: "strategy-unknown", path: "--only", message, hint: suggestion(name, known) });
  }
  return insuranceStrategies.filter(({ name, kind }) => names.length === 0 || kind === null || names.includes(name));
}

/** The fall over which depth is told, as words: `-10 %`. */
export const depthWords = `-${100 * depthFall} %`;
