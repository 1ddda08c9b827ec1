import {
  type Basis,
  definitionOf,
  heldTables,
  type MechanismPlan,
  type Plan,
  type Provenance,
  weakest,
} from "@firebreak/engine";

/** One layer that a scenario's results rest on. */
export interface Rest {
  /** Which side of the problem it feeds. */
  readonly part: "positions" | "depth" | "series";
  /** The protocol, venue or series table. */
  readonly name: string;
  readonly layer: string;
  readonly provenance: Provenance;
}

/** A mechanism whose parameters nobody measured. */
export interface Assumption {
  readonly mechanism: string;
  readonly kind: string;
  readonly why: string;
}

/** Everything a plan rests on: the positions that a mechanism holds, venues, and the series that its mechanisms read. */
export function restsOn(plan: Plan): Rest[] {
  const { book, series } = plan;
  const layerOf = (part: Rest["part"], name: string, layer: string, layers: Readonly<Record<string, Provenance>>) =>
    layers[layer] === undefined ? [] : [{ part, name, layer, provenance: layers[layer] }];
  const held = heldTables(plan);
  return [
    ...book.positions.flatMap((table) =>
      !held.has(table.protocol) ? [] : layerOf("positions", table.protocol, table.layer, book.layers),
    ),
    ...book.venues.flatMap((venue) => layerOf("depth", venue.id, venue.layer, book.layers)),
    ...Object.entries(series).flatMap(([name, one]) =>
      one.tables.flatMap((table) => layerOf("series", `${name}.${table.id}`, table.layer, one.layers)),
    ),
  ];
}

/**
 * Kinds that add nothing of their own to what a result rests on: they read layers of the book or of a series, say of themselves what they rest on, or
 * are the question itself (a stated shock, a defence under test). Every other kind's parameters were chosen by somebody.
 */
const addsNothing: ReadonlySet<string> = new Set([
  "line",
  "recorded",
  "spot-oracle",
  "delayed-oracle",
  "deviation-oracle",
  "order-book",
  "constant-product",
  "recorded-reserves",
  "lending",
  "perpetuals",
  "throttle",
  "circuit-breaker",
]);

/** The mechanisms whose parameters are assumptions, with the reason. */
export function assumptions(plan: Plan): Assumption[] {
  return plan.mechanisms.flatMap((one) => {
    const why = assumedBecause(one);
    return why === null ? [] : [{ mechanism: one.name, kind: one.kind, why }];
  });
}

function assumedBecause({ kind, params }: MechanismPlan): string | null {
  const { sign } = params as { readonly sign?: string | null };
  if (kind === "dealer" && typeof sign === "string")
    return `nobody publishes which side of open interest dealers hold: ${sign} is chosen, as the rest is`;
  // A named protocol says of its terms what they rest on.
  if (!addsNothing.has(kind) && definitionOf(kind)?.protocol === undefined)
    return "its parameters are chosen, not measured";
  const { depthShare, refillShare, basis } = params as {
    readonly depthShare?: number;
    readonly refillShare?: number;
    readonly basis?: Basis;
  };
  if (basis === "assumed") return "its terms are chosen, not measured";
  if (depthShare !== undefined && depthShare !== 1) return `depth is taken times ${depthShare}`;
  if (refillShare !== undefined && refillShare !== 1) return `refill is taken times ${refillShare}`;
  return null;
}

/** What figures about the positions alone rest on. */
export function positionsBasis(plan: Plan): Basis {
  return basisOf(plan, "positions");
}

/** What figures about depth alone rest on: its layers, and any share of them that was chosen. */
export function depthBasis(plan: Plan): Basis {
  const scaled = plan.mechanisms.some((one) => one.part === "liquidity" && assumedBecause(one) !== null);
  return weakest(basisOf(plan, "depth"), scaled ? "assumed" : "measured");
}

/** What the map and its fixed points rest on: positions against depth, without time. */
export function mapBasis(plan: Plan): Basis {
  const assumed = plan.mechanisms.some((one) => one.part === "pressure" && assumedBecause(one) !== null);
  return weakest(positionsBasis(plan), depthBasis(plan), ...termsBases(plan), assumed ? "assumed" : "measured");
}

/** What a run rests on: every layer, and every mechanism whose parameters are assumptions. */
export function runBasis(plan: Plan): Basis {
  const layers = restsOn(plan).map((rest) => rest.provenance.basis);
  return weakest(...layers, ...termsBases(plan), assumptions(plan).length > 0 ? "assumed" : "measured");
}

/** What protocols' terms rest on, where a mechanism says so. */
function termsBases(plan: Plan): Basis[] {
  return plan.mechanisms.flatMap(({ params }) => {
    const { basis } = params as { readonly basis?: Basis };
    return basis === undefined ? [] : [basis];
  });
}

function basisOf(plan: Plan, part: Rest["part"]): Basis {
  return weakest(...restsOn(plan).flatMap((rest) => (rest.part === part ? [rest.provenance.basis] : [])));
}
