import { log } from "../math/index.js";
import { conventionSign, exposureOver, type SignConvention, signConventions } from "../options/index.js";
import type { HeldOptions } from "./option-tables.js";

/**
 * What becomes of an option's implied volatility when the price moves (Derman 1999, "Regimes of volatility"): sticky strike keeps that of the contract,
 * sticky delta moves the smile with the price, local moves it against the price, as a surface of local volatilities does near the money.
 */
export type SmileRegime = (typeof smileRegimes)[number];

/** Every regime that may be asked for. */
export const smileRegimes = ["sticky-strike", "sticky-delta", "local"] as const;

/** What the exposure is asked for. */
export interface ExposureQuestion {
  readonly spotUsd: number;
  /** Prices at which it is wanted, rising or falling. */
  readonly levelsUsd: Float64Array;
  readonly regime?: SmileRegime;
}

/** Exposures by price level, in dollars of the asset. */
export interface ExposureCurve {
  /** What the dealers' hedge trades per 1 % of price: above 0 against the move, below 0 with it. */
  readonly gammaUsd: Float64Array;
  /** What their delta gains, and they sell, when every implied volatility rises by one point (0.01). */
  readonly vannaUsd: Float64Array;
  /** What their delta gains, and they sell, as one day passes. */
  readonly charmUsd: Float64Array;
}

/** One expiry's part of the exposure. */
export interface ExpiryExposure extends ExposureCurve {
  /** Milliseconds left from the book's moment. */
  readonly leftMs: number;
  readonly contracts: number;
  readonly coins: number;
}

/** The whole under one convention for every row that has no side of its own. */
export interface ConventionExposure extends ExposureCurve {
  readonly convention: SignConvention;
  /** Prices within the levels at which the gamma changes sign, falling. */
  readonly flipsUsd: readonly number[];
}

/** The exposure of dealers to options, level by level: as declared, by expiry, and under every convention. */
export interface OptionExposure extends ExposureCurve {
  readonly levelsUsd: Float64Array;
  readonly regime: SmileRegime;
  /** Nearest first. */
  readonly expiries: readonly ExpiryExposure[];
  readonly flipsUsd: readonly number[];
  /** Null where no row's side comes from a convention: then there is nothing to vary. */
  readonly conventions: readonly ConventionExposure[] | null;
}

const msPerYear = 365 * 86_400_000;

/** Gamma smaller than this share of its largest is no side of a flip: far from every strike nothing but rounding is left. */
const nothing = 1e-9;

/**
 * Gamma, vanna and charm of options at each level, at zero rates (`exposureOver`): contracts times dealers' side, times 0.01 S^2 for a move of 1 % in dollars,
 * 0.01 S for a volatility point, S / 365 for a day. Calls and puts of one strike and expiry are alike in all three (Black and Scholes 1973).
 */
export function optionExposure(held: HeldOptions, question: ExposureQuestion): OptionExposure {
  const { levelsUsd, regime = "sticky-strike" } = question;
  const smiles = smilesOf(held);
  const known = new Map<number, Float64Array>();
  const volatilitiesAt = (level: number): Float64Array => {
    const before = known.get(level);
    if (before !== undefined) return before;
    const moved = regime === "sticky-delta" ? question.spotUsd / level : level / question.spotUsd;
    const found = held.volatility.map((own, row) => movedVolatility(held, row, own, moved, smiles));
    known.set(level, found);
    return found;
  };
  const exposureOf: Exposing = (rows, sideOf, levels) => {
    if (regime === "sticky-strike") return curveAt(held, rows, sideOf, levels, held.volatility);
    // Every level has its own volatilities.
    const parts = Array.from(levels, (level) =>
      curveAt(held, rows, sideOf, Float64Array.of(level), volatilitiesAt(level)),
    );
    const column = (name: keyof ExposureCurve) => Float64Array.from(parts, (part) => part[name][0]);
    return { gammaUsd: column("gammaUsd"), vannaUsd: column("vannaUsd"), charmUsd: column("charmUsd") };
  };
  const all = Array.from({ length: held.count }, (_, row) => row);
  const declared = (row: number) => held.side[row];
  const expiries = [...new Set(held.leftMs)]
    .sort((a, b) => a - b)
    .map((leftMs): ExpiryExposure => {
      const rows = all.filter((row) => held.leftMs[row] === leftMs);
      const coins = rows.reduce((sum, row) => sum + held.coins[row], 0);
      return { leftMs, contracts: rows.length, coins, ...exposureOf(rows, declared, levelsUsd) };
    });
  const under = (convention: SignConvention): ConventionExposure => {
    const sideOf = (row: number) =>
      held.byConvention[row] === 0 ? held.side[row] : conventionSign(convention, held.call[row]);
    const curve = exposureOf(all, sideOf, levelsUsd);
    return { convention, ...curve, flipsUsd: flipsOf(levelsUsd, curve.gammaUsd, all, sideOf, exposureOf) };
  };
  const total = exposureOf(all, declared, levelsUsd);
  return {
    levelsUsd,
    regime,
    ...total,
    expiries,
    flipsUsd: flipsOf(levelsUsd, total.gammaUsd, all, declared, exposureOf),
    conventions: held.byConvention.includes(1) ? signConventions.map(under) : null,
  };
}

type SideOf = (row: number) => number;
type Exposing = (rows: readonly number[], sideOf: SideOf, levelsUsd: Float64Array) => ExposureCurve;

/** The exposure of some rows, each at its volatility in a column over all rows. */
function curveAt(
  held: HeldOptions,
  rows: readonly number[],
  sideOf: SideOf,
  levelsUsd: Float64Array,
  volatility: Float64Array,
): ExposureCurve {
  const column = (of: (row: number) => number) => Float64Array.from(rows, of);
  const options = {
    count: rows.length,
    strike: column((row) => held.strikeUsd[row]),
    years: column((row) => held.leftMs[row] / msPerYear),
    volatility: column((row) => volatility[row]),
    call: column((row) => held.call[row]),
  };
  const empty = () => new Float64Array(levelsUsd.length);
  const into = { gamma: empty(), vanna: empty(), charm: empty() };
  const size = column((row) => held.coins[row] * sideOf(row));
  exposureOver(options, size, levelsUsd, into);
  return {
    gammaUsd: into.gamma.map((gamma, at) => 0.01 * gamma * levelsUsd[at] * levelsUsd[at]),
    vannaUsd: into.vanna.map((vanna, at) => 0.01 * vanna * levelsUsd[at]),
    charmUsd: into.charm.map((charm, at) => (charm * levelsUsd[at]) / 365),
  };
}

/** A row's volatility when the smile of its expiry is read at its strike times `moved`: its own, times what the smile has there over what it has at its strike. */
function movedVolatility(
  held: HeldOptions,
  row: number,
  own: number,
  moved: number,
  smiles: ReadonlyMap<number, Smile>,
): number {
  const smile = smiles.get(held.leftMs[row]);
  if (smile === undefined) return own;
  const strike = held.strikeUsd[row];
  return (own * smileVolatility(smile, strike * moved)) / smileVolatility(smile, strike);
}

function smilesOf(held: HeldOptions): ReadonlyMap<number, Smile> {
  return new Map([...new Set(held.leftMs)].map((leftMs) => [leftMs, smileOf(held, leftMs)]));
}

/** Volatility over the logarithm of the strike. */
interface Smile {
  readonly logStrikes: Float64Array;
  readonly volatilities: Float64Array;
}

/** The contracts of an expiry as a smile: the mean volatility at each strike. */
function smileOf(held: HeldOptions, leftMs: number): Smile {
  const sums = new Map<number, { sum: number; count: number }>();
  for (let row = 0; row < held.count; row++) {
    if (held.leftMs[row] !== leftMs) continue;
    const at = sums.get(held.strikeUsd[row]) ?? { sum: 0, count: 0 };
    sums.set(held.strikeUsd[row], { sum: at.sum + held.volatility[row], count: at.count + 1 });
  }
  const strikes = [...sums.keys()].sort((a, b) => a - b);
  return {
    logStrikes: Float64Array.from(strikes, log),
    volatilities: Float64Array.from(strikes, (strike) => {
      const at = sums.get(strike);
      return at === undefined ? 0 : at.sum / at.count;
    }),
  };
}

/** Straight between strikes, flat beyond the last. */
function smileVolatility({ logStrikes, volatilities }: Smile, strikeUsd: number): number {
  const wanted = log(strikeUsd);
  let low = 0;
  let high = logStrikes.length - 1;
  if (wanted <= logStrikes[low]) return volatilities[low];
  if (wanted >= logStrikes[high]) return volatilities[high];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (logStrikes[middle] <= wanted) low = middle;
    else high = middle;
  }
  const share = (wanted - logStrikes[low]) / (logStrikes[high] - logStrikes[low]);
  return volatilities[low] + share * (volatilities[high] - volatilities[low]);
}

/** Rounds of halving: an interval of one level shrinks below a billionth of it. */
const halvings = 40;

/** Prices between neighbouring levels at which gamma changes sign, found by halving, highest first. Nothing to both sides is no change. */
function flipsOf(
  levelsUsd: Float64Array,
  gammaUsd: Float64Array,
  rows: readonly number[],
  sideOf: SideOf,
  exposureOf: Exposing,
): number[] {
  const least = nothing * gammaUsd.reduce((most, gamma) => Math.max(most, Math.abs(gamma)), 0);
  const order = Array.from(levelsUsd, (_, at) => at).sort((a, b) => levelsUsd[b] - levelsUsd[a]);
  const flips: number[] = [];
  let before = -1;
  for (const at of order) {
    if (Math.abs(gammaUsd[at]) <= least) continue;
    const positive = before >= 0 && gammaUsd[before] > 0;
    if (before >= 0 && positive !== gammaUsd[at] > 0) {
      let [near, far] = [levelsUsd[before], levelsUsd[at]];
      for (let round = 0; round < halvings; round++) {
        const middle = (near + far) / 2;
        const [gamma] = exposureOf(rows, sideOf, Float64Array.of(middle)).gammaUsd;
        if (gamma > 0 === positive) near = middle;
        else far = middle;
      }
      flips.push((near + far) / 2);
    }
    before = at;
  }
  return flips;
}
