/** What a figure rests on. Ordered: a derived figure takes the weakest basis of its inputs. */
export type Basis = "measured" | "borrowed" | "assumed";

/** Where one layer of a book comes from. */
export interface Provenance {
  /** Who published it, and where. */
  readonly source: string;
  /** Date and time (UTC) the layer was true. */
  readonly asOf: string;
  /** What it covers, in words: "all of ETH-B, 1 % of on-chain ETH debt". */
  readonly coverage: string;
  /** Share of the universe that it covers, 0 to 1; null where nobody knows. */
  readonly coverageShare: number | null;
  /** measured: of this date; borrowed: real, of another date or market; assumed: chosen. */
  readonly basis: Basis;
}

const strength: Record<Basis, number> = { measured: 0, borrowed: 1, assumed: 2 };

/** The weakest of the given bases: what a figure derived from all of them rests on. `measured` when there are none. */
export function weakest(...bases: readonly Basis[]): Basis {
  let worst: Basis = "measured";
  for (const basis of bases) if (strength[basis] > strength[worst]) worst = basis;
  return worst;
}

/** A figure as every JSON output carries it: value, unit, what it rests on, and the band where there is one. */
export interface Figure {
  readonly value: number | null;
  readonly unit: string;
  readonly basis: Basis;
  readonly band?: readonly [number | null, number | null];
}

/** Builds a `Figure`; a band equal to the value on both sides is still shown, for it was computed. */
export function figure(
  value: number | null,
  unit: string,
  basis: Basis,
  band?: readonly [number | null, number | null],
): Figure {
  return band === undefined ? { value, unit, basis } : { value, unit, basis, band };
}
