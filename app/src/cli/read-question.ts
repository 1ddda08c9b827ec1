import {
  isProblem,
  type MapMarket,
  type Plan,
  type Problem,
  ProblemsError,
  parseAmountOf,
  parseDuration,
  parseShare,
  suggestion,
  unitsOf,
  usefulHorizonMs,
} from "@firebreak/engine";
import { type Question, usualMove } from "../figures/question.js";
import type { Call } from "./call.js";

/** `--move` as a fraction. Adds what is wrong with it. */
export function readMove(call: Call, problems: Problem[]): number {
  const text = call.text("move");
  if (text === undefined) return usualMove;
  return taken(parseShare(text, "--move", { above: 0, most: 0.25 }), usualMove, problems);
}

/** `--horizon` in milliseconds; where it is not given, ten minutes, or as long as the fastest takes to react. */
export function readHorizon(call: Call, market: MapMarket, problems: Problem[]): number {
  const text = call.text("horizon");
  const usual = usefulHorizonMs(market);
  return text === undefined ? usual : taken(parseDuration(text, "--horizon"), usual, problems);
}

/** `--shock`, `--sale`, `--move` and `--horizon` of `solve`. Throws `ProblemsError` with everything that is wrong with them. */
export function readQuestion(call: Call, plan: Plan, market: MapMarket): Question {
  const problems: Problem[] = [];
  const moves = readShock(call.list("shock"), plan, problems);
  const saleUnits = readSale(call.text("sale"), plan, problems);
  const move = readMove(call, problems);
  const horizonMs = readHorizon(call, market, problems);
  if (call.list("shock").length === 0 && call.text("sale") === undefined) {
    problems.push({
      code: "value-missing",
      path: "--shock",
      message: "there is no question: neither a shock nor a sale",
      hint: 'write --shock ETH=-30% or --sale "5000 ETH"',
    });
  }
  if (problems.length > 0) throw new ProblemsError(problems);
  const sold = plan.book.instruments.findIndex((_, index) => saleUnits[index] !== 0);
  const asset = largestMove(moves) ?? (sold < 0 ? 0 : plan.book.instruments[sold].asset);
  const falls = moves[asset] !== 0 ? moves[asset] < 0 : sold < 0 || saleUnits[sold] > 0;
  return { shock: { moves, saleUnits }, asset, direction: falls ? -1 : 1, move, horizonMs };
}

function readShock(parts: readonly string[], plan: Plan, problems: Problem[]): Float64Array {
  const { assets } = plan.book;
  const moves = new Float64Array(assets.length);
  for (const part of parts) {
    const [symbol, share, ...rest] = part.split("=");
    const asset = assets.findIndex((one) => one.symbol === symbol);
    if (share === undefined || rest.length > 0) {
      problems.push({
        code: "shock-malformed",
        path: "--shock",
        message: `${JSON.stringify(part.slice(0, 60))} is no move of an asset`,
        hint: "write it like ETH=-30%",
      });
    } else if (asset < 0) {
      problems.push({
        code: "unknown-asset",
        path: "--shock",
        message: `there is no asset ${JSON.stringify(symbol.slice(0, 60))} in the book`,
        hint: suggestion(
          symbol,
          assets.map((one) => one.symbol),
        ),
      });
    } else {
      moves[asset] = taken(parseShare(share, `--shock ${symbol}`, { above: -1, most: 1000 }), 0, problems);
    }
  }
  return moves;
}

function readSale(text: string | undefined, plan: Plan, problems: Problem[]): Float64Array {
  const { assets, instruments, venues } = plan.book;
  const units = new Float64Array(instruments.length);
  if (text === undefined) return units;
  const amount = parseAmountOf(text, "--sale");
  if (isProblem(amount)) {
    problems.push(amount);
    return units;
  }
  const asset = assets.findIndex((one) => one.symbol === amount.asset);
  const instrument = instruments.findIndex(
    (one, index) => one.asset === asset && venues.some((venue) => venue.instrument === index),
  );
  if (instrument < 0) {
    problems.push({
      code: asset < 0 ? "unknown-asset" : "no-market",
      path: "--sale",
      message:
        asset < 0 ? `there is no asset ${amount.asset} in the book` : `no venue of the book trades ${amount.asset}`,
      hint: suggestion(
        amount.asset,
        venues.map((venue) => assets[instruments[venue.instrument].asset].symbol),
      ),
    });
    return units;
  }
  units[instrument] = taken(unitsOf(amount, assets[asset].unitDecimals, "--sale", { signed: true }), 0, problems);
  return units;
}

function largestMove(moves: Float64Array): number | null {
  let best: number | null = null;
  moves.forEach((move, asset) => {
    if (move !== 0 && (best === null || Math.abs(move) > Math.abs(moves[best]))) best = asset;
  });
  return best;
}

function taken(parsed: number | Problem, otherwise: number, problems: Problem[]): number {
  if (!isProblem(parsed)) return parsed;
  problems.push(parsed);
  return otherwise;
}
