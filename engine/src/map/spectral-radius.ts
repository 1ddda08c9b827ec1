/** Power iterations at most; two-cycles are damped by adding the identity. */
const iterationLimit = 10_000;
const tolerance = 1e-13;

/**
 * Spectral radius of the positive part of a square matrix (row by row). Power iteration on I + M from the vector of ones: M+ is not negative, so its
 * radius is an eigenvalue (Perron-Frobenius) and adding I makes it the only one of that size. Infinity where an entry is infinite
 * on a loop of its own or met by flow. Deterministic.
 */
export function spectralRadius(matrix: ArrayLike<number>, size: number): number {
  const rows = onLoops(matrix, size);
  if (rows.length < size) {
    return spectralRadius(
      rows.flatMap((a) => rows.map((b) => matrix[a * size + b])),
      rows.length,
    );
  }
  const positive = Float64Array.from(matrix, (entry) => Math.max(0, entry));
  if (size === 0) return 0;
  if (size === 1) return positive[0];
  if (positive.some((entry) => entry === Number.POSITIVE_INFINITY)) return infiniteRadius(positive, size);
  let vector = new Float64Array(size).fill(1);
  let radius = 0;
  for (let step = 0; step < iterationLimit; step++) {
    const next = new Float64Array(size);
    let norm = 0;
    for (let row = 0; row < size; row++) {
      let sum = vector[row];
      for (let column = 0; column < size; column++) sum += positive[row * size + column] * vector[column];
      next[row] = sum;
      norm = Math.max(norm, sum);
    }
    for (let row = 0; row < size; row++) next[row] /= norm;
    const change = Math.abs(norm - 1 - radius);
    radius = norm - 1;
    vector = next;
    if (step > 0 && change <= tolerance * Math.max(1, radius)) break;
  }
  return radius;
}

/** Rows that can be on a loop: a row or column without a positive entry among the others is on none, and is taken out with what follows. */
function onLoops(matrix: ArrayLike<number>, size: number): number[] {
  let rows = Array.from({ length: size }, (_, row) => row);
  for (;;) {
    const left = rows.filter(
      (a) => rows.some((b) => matrix[a * size + b] > 0) && rows.some((b) => matrix[b * size + a] > 0),
    );
    if (left.length === rows.length) return rows;
    rows = left;
  }
}

/** With an infinite entry (a, b): infinite where b's flow can come back to a, finite otherwise; only loops carry a radius. */
function infiniteRadius(matrix: Float64Array, size: number): number {
  const reach = Uint8Array.from(matrix, (entry) => (entry > 0 ? 1 : 0));
  for (let via = 0; via < size; via++) {
    for (let a = 0; a < size; a++) {
      for (let b = 0; b < size; b++)
        if (reach[a * size + via] === 1 && reach[via * size + b] === 1) reach[a * size + b] = 1;
    }
  }
  const finite = Float64Array.from(matrix);
  for (let a = 0; a < size; a++) {
    for (let b = 0; b < size; b++) {
      if (matrix[a * size + b] !== Number.POSITIVE_INFINITY) continue;
      if (a === b || reach[b * size + a] === 1) return Number.POSITIVE_INFINITY;
      finite[a * size + b] = 0;
    }
  }
  return spectralRadius(finite, size);
}
