import { assert } from "../book/problem.js";
import { exp, log, normalCdf } from "../math/index.js";
import type { OptionColumns } from "./columns.js";
import { addGridTo, type GaussianGrid, gridOf, Stencil } from "./gaussian-grid.js";

/** Sums over options by price level: size times sensitivity. Columns that are left out are not computed. */
export interface ExposureColumns {
  /** Units of the underlying to trade per 1 of price. */
  readonly gamma: Float64Array;
  /** Units per 1.00 of volatility. */
  readonly vanna?: Float64Array;
  /** Units per year that passes. */
  readonly charm?: Float64Array;
  /** Units. */
  readonly delta?: Float64Array;
}

const INVERSE_SQRT_TWO_PI = 0.3989422804014327;
/** Beyond this |d1| the density is below 2e-16 of its peak and counts as 0. */
const REACH = 8.5;
/** Nodes of a grid per deviation, at least: with 24-point interpolation 1e-15 of the peak. */
const NODES_PER_DEVIATION = 6;
/** So many levels are cheaper one by one. */
const FEW_LEVELS = 24;
/** The finest grid has no more than this many intervals per level; narrower options go over the levels in their reach. */
const FINEST = 4;

/**
 * Sums of `size` times gamma (vanna, charm, delta where a column is there) of all options at every price level, each option keeping its own volatility,
 * at zero rate: one row of `into` per level. `size` is signed, in units of the underlying; levels are positive, in any order. Options that have expired or
 * have no volatility count by their exercise in delta alone.
 *
 * In x = ln level an option is a bell of width s = sigma sqrt T, so bells are added up on even grids, the grid's step a sixth to a twelfth of s, where
 * the next value costs two products: e^(-(d + h)^2 / 2) = e^(-d^2 / 2) e^(-d h - h^2 / 2). Levels read the grids by 24-point interpolation; delta is gamma
 * summed up. Error below 3e-14 of the sum of the sizes' peaks (test) where no deviation is below a thousandth of the range of ln level and ln strike;
 * below that the rounding of these logarithms shows, 2e-16 of the range over the deviation. The idea is the fast Gauss transform (Greengard and Strain, SIAM Journal on
 * Scientific and Statistical Computing 12 (1991), 79-94) with grids for expansions.
 *
 * Throws `AssertionError` where a column is too short or a level is not positive and finite.
 */
export function exposureOver(
  options: OptionColumns,
  size: Float64Array,
  levels: Float64Array,
  into: ExposureColumns,
): void {
  const { count } = options;
  assert(size.length >= count, `${size.length} sizes for ${count} options`);
  const columns = [into.gamma, into.vanna, into.charm, into.delta];
  for (const column of columns) {
    assert(column === undefined || column.length >= levels.length, "a column of exposures is shorter than the levels");
    column?.fill(0, 0, levels.length);
  }
  if (levels.length === 0 || count === 0) return;
  const sums = new LevelSums(levels, into);
  const { logs, unit } = sums;
  const left = logs[0];
  const range = logs[logs.length - 1] - left;
  const finest = logs.length <= FEW_LEVELS || range === 0 ? -1 : FINEST * logs.length;
  const grids: GaussianGrid[] = [];
  const higher = into.vanna !== undefined || into.charm !== undefined;
  const stencil = new Stencil();
  for (let row = 0; row < count; row++) {
    const units = size[row];
    if (units === 0) continue;
    const strike = options.strike[row];
    const isPut = options.call[row] < 0;
    if (isPut) sums.everywhere -= units;
    const years = options.years[row];
    const volatility = options.volatility[row];
    if (!(years > 0 && volatility > 0)) {
      sums.exercised(log(strike / unit), units);
      continue;
    }
    const deviation = volatility * Math.sqrt(years);
    assert(
      strike > 0 && deviation < Number.POSITIVE_INFINITY,
      `option ${row} has a positive strike and a finite deviation`,
    );
    const centre = log(strike / unit) - 0.5 * deviation * deviation;
    const needed = (NODES_PER_DEVIATION * range) / deviation;
    if (!(needed <= finest)) {
      sums.oneByOne(centre, deviation, years, volatility, units);
      continue;
    }
    const depth = needed <= 1 ? 0 : 32 - Math.clz32(Math.ceil(needed) - 1);
    let grid = grids[depth];
    if (grid === undefined) {
      grid = gridOf(left, range, 1 << depth, higher, into.delta !== undefined);
      grids[depth] = grid;
    }
    addOption(grid, centre, deviation, years, volatility, units);
  }
  for (const grid of grids) if (grid !== undefined) addGridTo(grid, logs, sums.rows, into, stencil);
  sums.finish();
}

/** Adds one bell to a grid, from its peak (or the end nearest to it) outwards. */
function addOption(
  grid: GaussianGrid,
  centre: number,
  deviation: number,
  years: number,
  volatility: number,
  units: number,
): void {
  const { step, first, nodes, gamma, vanna, charm } = grid;
  const pace = step / deviation;
  const at = (centre - first) / step;
  if (grid.hasDelta) {
    const d = (grid.deltaFirst - at) * pace;
    if (d > REACH) grid.base += units;
    else if (d > -REACH) grid.base += units * normalCdf(d);
  }
  const reach = REACH / pace;
  const low = Math.max(0, Math.ceil(at - reach));
  const high = Math.min(nodes - 1, Math.floor(at + reach));
  if (low > high) return;
  const start = Math.min(Math.max(Math.round(at), low), high);
  const d = (start - at) * pace;
  const peak = exp(-0.5 * d * d) * INVERSE_SQRT_TWO_PI;
  const fade = exp(-pace * pace);
  const right = exp(-pace * (d + 0.5 * pace));
  const left = fade / right;
  const gammaWeight = units / deviation;
  if (vanna === undefined || charm === undefined) {
    let bell = peak * gammaWeight;
    let ratio = right;
    for (let node = start; node <= high; node++) {
      gamma[node] += bell;
      bell *= ratio;
      ratio *= fade;
    }
    bell = peak * gammaWeight * left;
    ratio = left * fade;
    for (let node = start - 1; node >= low; node--) {
      gamma[node] += bell;
      bell *= ratio;
      ratio *= fade;
    }
    return;
  }
  const vannaWeight = -deviation / volatility;
  const charmWeight = deviation / (2 * years);
  let bell = peak * gammaWeight;
  let ratio = right;
  let d2 = d - deviation;
  for (let node = start; node <= high; node++) {
    const tilted = bell * d2;
    gamma[node] += bell;
    vanna[node] += vannaWeight * tilted;
    charm[node] += charmWeight * tilted;
    bell *= ratio;
    ratio *= fade;
    d2 += pace;
  }
  bell = peak * gammaWeight * left;
  ratio = left * fade;
  d2 = d - deviation - pace;
  for (let node = start - 1; node >= low; node--) {
    const tilted = bell * d2;
    gamma[node] += bell;
    vanna[node] += vannaWeight * tilted;
    charm[node] += charmWeight * tilted;
    bell *= ratio;
    ratio *= fade;
    d2 -= pace;
  }
}

/** The levels in rising order of their logarithm, and what is added to them without a grid. */
class LevelSums {
  /** Logarithms are of prices per this level in the middle: near 0, so that their rounding is small beside a narrow option. */
  readonly unit: number;
  /** ln level, rising. */
  readonly logs: Float64Array;
  /** The row in `levels` of each. */
  readonly rows: Uint32Array;
  /** Delta that all levels have. */
  everywhere = 0;
  /** Delta that begins at a level and holds for all above. */
  private readonly begins: Float64Array;

  constructor(
    private readonly levels: Float64Array,
    private readonly into: ExposureColumns,
  ) {
    this.rows = Uint32Array.from(levels.keys()).sort((a, b) => levels[a] - levels[b]);
    for (const level of levels)
      assert(level > 0 && level < Number.POSITIVE_INFINITY, `level ${level} is positive and finite`);
    this.unit = levels[this.rows[levels.length >> 1]];
    this.logs = Float64Array.from(this.rows, (row) => log(levels[row] / this.unit));
    this.begins = new Float64Array(levels.length + 1);
  }

  /** Delta of an option that is exercised or not: one above the strike, one half on it. */
  exercised(logStrike: number, units: number): void {
    this.begins[this.firstFrom(logStrike, true)] += 0.5 * units;
    this.begins[this.firstFrom(logStrike, false)] += 0.5 * units;
  }

  /** One bell over the levels within its reach. */
  oneByOne(centre: number, deviation: number, years: number, volatility: number, units: number): void {
    const { logs, rows } = this;
    const { gamma, vanna, charm, delta } = this.into;
    const end = this.firstFrom(centre + REACH * deviation, false);
    for (let index = this.firstFrom(centre - REACH * deviation, true); index < end; index++) {
      const d = (logs[index] - centre) / deviation;
      const row = rows[index];
      const bell = (units * INVERSE_SQRT_TWO_PI * exp(-0.5 * d * d)) / deviation;
      const tilted = bell * (d - deviation) * deviation;
      gamma[row] += bell;
      if (vanna !== undefined) vanna[row] -= tilted / volatility;
      if (charm !== undefined) charm[row] += tilted / (2 * years);
      if (delta !== undefined) delta[row] += units * normalCdf(d);
    }
    this.begins[end] += units;
  }

  /** Gamma per price instead of per log, and the deltas that hold above a level. */
  finish(): void {
    const { levels, into, rows } = this;
    for (let row = 0; row < levels.length; row++) into.gamma[row] /= levels[row];
    if (into.delta === undefined) return;
    let sum = this.everywhere;
    for (let index = 0; index < rows.length; index++) {
      sum += this.begins[index];
      into.delta[rows[index]] += sum;
    }
  }

  /** The first level at or above (`orEqual`) or above a logarithm. */
  private firstFrom(value: number, orEqual: boolean): number {
    const { logs } = this;
    let low = 0;
    let high = logs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (logs[middle] > value || (orEqual && logs[middle] === value)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
