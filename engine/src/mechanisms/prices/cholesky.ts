/**
 * The lower triangle L, row by row, with L L' = `matrix` (symmetric, rows of `size`), or null where the matrix is not positive definite.
 * Source: Golub and Van Loan, Matrix Computations, algorithm 4.2.1 (outer product form written by rows).
 */
export function cholesky(matrix: Float64Array, size: number): Float64Array | null {
  const lower = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let rest = matrix[row * size + column];
      for (let before = 0; before < column; before++)
        rest -= lower[row * size + before] * lower[column * size + before];
      if (column < row) lower[row * size + column] = rest / lower[column * size + column];
      // A pivot that is nothing but rounding says that the assets are not independent: no smaller one is to be trusted.
      else if (rest > 1e-12) lower[row * size + row] = Math.sqrt(rest);
      else return null;
    }
  }
  return lower;
}
