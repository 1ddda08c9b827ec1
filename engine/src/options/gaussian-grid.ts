import type { ExposureColumns } from "./exposure.js";

/** Half the points of an interpolation. */
const HALF = 12;

/** Sums of bells in an even grid over the logarithm of price. */
export interface GaussianGrid {
  readonly step: number;
  /** Where node 0 is. */
  readonly first: number;
  readonly nodes: number;
  /** Node on which the lowest level lies. */
  readonly origin: number;
  /** Per 1 of log price. */
  readonly gamma: Float64Array;
  readonly vanna?: Float64Array;
  readonly charm?: Float64Array;
  readonly hasDelta: boolean;
  /** First node at which delta is summed up, and its delta there. */
  readonly deltaFirst: number;
  base: number;
}

/** An empty grid of `intervals` steps over `range` from `left`, with what interpolation (and summing up delta) needs beyond both ends. */
export function gridOf(
  left: number,
  range: number,
  intervals: number,
  higher: boolean,
  hasDelta: boolean,
): GaussianGrid {
  const step = range / intervals;
  const origin = hasDelta ? 2 * HALF : HALF;
  const nodes = intervals + 1 + 2 * origin;
  return {
    step,
    first: left - origin * step,
    nodes,
    origin,
    gamma: new Float64Array(nodes),
    ...(higher && { vanna: new Float64Array(nodes), charm: new Float64Array(nodes) }),
    hasDelta,
    deltaFirst: HALF,
    base: 0,
  };
}

/** Barycentric weights of 24 even points, C(23, j) with alternating signs (Berrut and Trefethen, SIAM Review 46 (2004), equation 5.1). */
const WEIGHTS = Float64Array.from([1, 23, 253, 1771, 8855, 33649, 100947, 245157, 490314, 817190, 1144066, 1352078]);
/** The integral of the polynomial through 24 even points over the middle interval: weights of the first twelve, exact fractions rounded once. */
const AREAS = Float64Array.from([
  -1.2819143492992908e-8, 3.229435443713388e-7, -3.92668975914365e-6, 3.0724616276969404e-5, -0.0001741388595509418,
  0.0007637466826183321, -0.0027090446906925655, 0.008047422842373303, -0.0207254903997407, 0.04854373778185555,
  -0.11489258892297159, 0.58111924751519,
]);

/** 24-point Lagrange interpolation in the middle interval, its weights computed once per place. */
export class Stencil {
  /** The first of the 24 nodes. */
  node = 0;
  private readonly shares = new Float64Array(2 * HALF);

  /** Sets the place: `position` in nodes, with twelve nodes on either side. */
  place(position: number, last: number): void {
    const { shares } = this;
    const whole = Math.min(Math.max(Math.floor(position), HALF - 1), last);
    this.node = whole - (HALF - 1);
    const offset = position - this.node;
    let sum = 0;
    for (let j = 0; j < 2 * HALF; j++) {
      const distance = offset - j;
      if (distance === 0) {
        shares.fill(0);
        shares[j] = 1;
        return;
      }
      const weight = WEIGHTS[j < HALF ? j : 2 * HALF - 1 - j] / distance;
      const share = (j & 1) === 0 ? weight : -weight;
      shares[j] = share;
      sum += share;
    }
    for (let j = 0; j < 2 * HALF; j++) shares[j] /= sum;
  }

  /** The interpolated value of a column. */
  read(column: Float64Array): number {
    const { node, shares } = this;
    let sum = 0;
    for (let j = 0; j < 2 * HALF; j++) sum += shares[j] * column[node + j];
    return sum;
  }
}

/** Adds a grid's sums to the levels: `logs` rising, `rows` where each goes. */
export function addGridTo(
  grid: GaussianGrid,
  logs: Float64Array,
  rows: Uint32Array,
  into: ExposureColumns,
  stencil: Stencil,
): void {
  const { step, first, gamma, vanna, charm, nodes } = grid;
  const delta = into.delta && deltaOf(grid);
  for (let index = 0; index < logs.length; index++) {
    stencil.place((logs[index] - first) / step, nodes - 1 - HALF);
    const row = rows[index];
    into.gamma[row] += stencil.read(gamma);
    if (into.vanna && vanna) into.vanna[row] += stencil.read(vanna);
    if (into.charm && charm) into.charm[row] += stencil.read(charm);
    if (into.delta && delta) into.delta[row] += stencil.read(delta);
  }
}

/** Delta at the nodes: its value at the first one, and from there gamma summed up interval by interval. */
function deltaOf(grid: GaussianGrid): Float64Array {
  const { gamma, nodes, step, deltaFirst } = grid;
  const delta = new Float64Array(nodes);
  let sum = grid.base;
  delta[deltaFirst] = sum;
  for (let node = deltaFirst; node < nodes - 1 - HALF; node++) {
    const start = node - (HALF - 1);
    let area = 0;
    for (let j = 0; j < HALF; j++) area += AREAS[j] * (gamma[start + j] + gamma[start + 2 * HALF - 1 - j]);
    sum += area * step;
    delta[node + 1] = sum;
  }
  return delta;
}
