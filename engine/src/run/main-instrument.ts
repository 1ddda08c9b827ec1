/**
 * The instrument whose middle is an asset's market price: its first spot instrument that has venues, else its first other one that has, else -1 (fair value
 * stands alone). What oracles read by default (`mechanisms/prices/index-price.ts`), the tape records and the map lands on.
 */
export function mainInstrument(
  instruments: readonly { readonly asset: number; readonly market?: "spot" | "perpetual" }[],
  hasVenues: (instrument: number) => boolean,
  asset: number,
): number {
  let other = -1;
  for (let instrument = 0; instrument < instruments.length; instrument++) {
    if (instruments[instrument].asset !== asset || !hasVenues(instrument)) continue;
    if (instruments[instrument].market !== "perpetual") return instrument;
    if (other < 0) other = instrument;
  }
  return other;
}
