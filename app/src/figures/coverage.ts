import { type Figure, figure, type Provenance } from "@firebreak/engine";

/** What a layer covers. */
export interface CoverageFigures {
  readonly name: string;
  readonly layer: string;
  readonly asOf: string;
  readonly coverage: string;
  readonly share: Figure;
}

/** A layer as figures. */
export function coverageFigures(name: string, layer: string, provenance: Provenance): CoverageFigures {
  const { asOf, coverage, coverageShare, basis } = provenance;
  return { name, layer, asOf, coverage, share: figure(coverageShare, "share", basis) };
}
