/** What put-call parity needs of a contract. */
interface ParityRow {
  readonly strikeUsd: number;
  readonly isCall: boolean;
  readonly bid: number | null;
  readonly ask: number | null;
  readonly mark: number | null;
}

/** What put-call parity says of one expiry: the price of its future, and the worth now of a dollar paid then. */
export interface Parity {
  readonly forwardUsd: number;
  readonly discount: number;
}

/** Pairs further than this from spot are left aside: their quotes are wide. */
const nearness = 0.15;
/** So many pairs, the nearest to spot, tell as much as all: their slopes are counted two by two. */
const mostPairs = 200;

/**
 * The forward and the discount at which calls less puts of one expiry are D (F - K) (Stoll 1969). Quoted in coins C - P = 1 - K / F and D is 1: the middle of
 * all pairs near spot. In dollars the slope over the strikes is -D: the middle of the slopes of all pairs of strikes (Theil 1950), of the 200 nearest to spot, so that a few bad
 * quotes do not move it; one pair alone gives the forward at a discount of 1, none gives spot. Prices are marks, else middles of quotes.
 */
export function parityOf(
  rows: readonly ParityRow[],
  terms: { readonly spotUsd: number; readonly quotedIn: "coin" | "usd" },
): Parity {
  const { spotUsd, quotedIn } = terms;
  const distance = ({ strike }: { readonly strike: number }) => Math.abs(strike / spotUsd - 1);
  const pairs = pairsOf(rows)
    .filter((pair) => distance(pair) <= nearness)
    .sort((a, b) => distance(a) - distance(b))
    .slice(0, mostPairs);
  if (pairs.length === 0) return { forwardUsd: spotUsd, discount: 1 };
  if (quotedIn === "coin") {
    const forwards = pairs.flatMap(({ strike, difference }) => (difference < 1 ? [strike / (1 - difference)] : []));
    return { forwardUsd: forwards.length === 0 ? spotUsd : middle(forwards), discount: 1 };
  }
  const slopes = pairs.flatMap((one, place) =>
    pairs
      .slice(place + 1)
      .flatMap((other) =>
        other.strike === one.strike ? [] : [(one.difference - other.difference) / (other.strike - one.strike)],
      ),
  );
  const steep = slopes.length === 0 ? 1 : middle(slopes);
  // Beyond these a year's interest would be above 60 % or far below zero: then quotes are what is wrong.
  const discount = steep > 0.6 && steep < 1.05 ? steep : 1;
  return { forwardUsd: middle(pairs.map(({ strike, difference }) => strike + difference / discount)), discount };
}

function pairsOf(rows: readonly ParityRow[]): { readonly strike: number; readonly difference: number }[] {
  const puts = new Map<number, number>();
  for (const row of rows) {
    const price = priceOf(row);
    if (!row.isCall && price !== null) puts.set(row.strikeUsd, price);
  }
  return rows.flatMap((row) => {
    const call = row.isCall ? priceOf(row) : null;
    const put = puts.get(row.strikeUsd);
    return call === null || put === undefined ? [] : [{ strike: row.strikeUsd, difference: call - put }];
  });
}

function priceOf({ mark, bid, ask }: ParityRow): number | null {
  if (mark !== null) return mark;
  return bid === null || ask === null || ask === 0 ? null : (bid + ask) / 2;
}

function middle(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >>> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}
