import { largestGain, levelsOf, type MapLevel } from "../map/index.js";
import { type SignConvention, signConventions } from "../options/index.js";
import type { MechanismPlan, Plan } from "../scenario/plan.js";
import { openMarket } from "../study/plan-market.js";

/** A dealer whose side of open interest is a convention: stated by somebody, known to nobody. */
export interface DealerSide {
  readonly mechanism: string;
  /** Table of the contracts. */
  readonly positions: string;
  readonly sign: SignConvention;
}

/** The dealers of a plan whose side is a convention. */
export function dealerSides(plan: Plan): DealerSide[] {
  return plan.mechanisms.flatMap((one): DealerSide[] => {
    const sign = conventionOf(one);
    return sign === null
      ? []
      : [{ mechanism: one.name, positions: (one.params as { readonly positions: string }).positions, sign }];
  });
}

function conventionOf({ kind, params }: MechanismPlan): SignConvention | null {
  const { sign } = params as { readonly sign?: unknown };
  return kind === "dealer" ? (signConventions.find((one) => one === sign) ?? null) : null;
}

/** A mechanism's parameters with the dealers' side by another convention; as they are where the side is no convention. */
export function withSide(mechanism: MechanismPlan, sign: SignConvention): Readonly<Record<string, unknown>> {
  const params = mechanism.params as Readonly<Record<string, unknown>>;
  return conventionOf(mechanism) === null ? params : { ...params, sign };
}

/** The map of one asset with every such dealer on the side of one convention. */
export interface SideLevels {
  readonly convention: SignConvention;
  readonly down: readonly MapLevel[];
  readonly up: readonly MapLevel[];
}

/** The bands of an asset under each of the four conventions; null where no dealer's side is a convention. */
export function levelsBySide(
  plan: Plan,
  asset: number,
  options: { readonly move?: number; readonly horizonMs: number },
): SideLevels[] | null {
  if (dealerSides(plan).length === 0) return null;
  return signConventions.map((convention) => {
    const mechanisms = plan.mechanisms.map((one) => ({ ...one, params: withSide(one, convention) }));
    const market = openMarket({ ...plan, mechanisms });
    const asked = { ...options, namedUpTo: 0 };
    return { convention, down: levelsOf(market, asset, -1, asked), up: levelsOf(market, asset, 1, asked) };
  });
}

/** The largest gain of a convention's bands in one direction, and the price it begins at. */
export function largestBySide(bands: readonly MapLevel[]): { readonly gain: number; readonly priceUsd: number } {
  return largestGain(bands) ?? { gain: 0, priceUsd: 0 };
}

/** Smallest and largest of what the conventions give for one band; the band's own value is among them where all dealers have one convention. */
export function sideBand(
  sides: readonly SideLevels[],
  direction: -1 | 1,
  place: number,
  of: (level: MapLevel) => number,
  own: number,
): readonly [number, number] {
  const values = sides.map((side) => of((direction < 0 ? side.down : side.up)[place]));
  return [Math.min(own, ...values), Math.max(own, ...values)];
}
