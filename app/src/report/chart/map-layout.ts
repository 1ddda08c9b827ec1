import type { DealerSide, MapLevel, SideLevels } from "@firebreak/engine";
import type { Bases } from "../figures.js";
import type { ChartSize } from "./frame.js";
import { linear, logarithmic, type Scale, squareRoot, tenth } from "./scale.js";

/** What the map shows. */
export interface MapDrawing {
  readonly symbol: string;
  readonly spotUsd: number;
  readonly coinUnits: number;
  readonly horizonMs: number;
  readonly mechanisms: readonly string[];
  readonly down: readonly MapLevel[];
  readonly up: readonly MapLevel[];
  /** The bands under each convention of the dealers' side, `up` as far as it is shown; null where no side is a convention. */
  readonly bySide: readonly SideLevels[] | null;
  /** Which dealers are on which side, by convention. */
  readonly dealers: readonly DealerSide[];
  /** Lines across: now, the fold, a landing. */
  readonly marks: readonly { readonly priceUsd: number; readonly words: string; readonly short: string }[];
  /** Prices between which depth was measured; beyond them it is drawn thinner, in dots. */
  readonly measuredUsd: readonly [number, number];
  readonly bases: Bases;
}

/** Where everything of the map stands, in pixels. */
export interface Layout {
  readonly size: ChartSize;
  readonly height: number;
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly centre: number;
  readonly right: number;
  readonly gainFrom: number;
  readonly gainTo: number;
  readonly y: Scale;
  /** Pixels of an amount of dollars, from the centre line. */
  readonly length: Scale;
  readonly isRoot: boolean;
  readonly most: number;
}

/** Lays the map out: sellers, buyers and the gain's strip beside each other. */
export function layOut(map: MapDrawing, size: ChartSize): Layout {
  const { narrow, width } = size;
  const shown = [...map.down, ...map.up];
  const forced = Math.max(...shown.map((level) => level.forcedUsd), 0);
  const depth = Math.max(...shown.map((level) => (Number.isFinite(level.depthUsd) ? level.depthUsd : 0)), 0);
  const most = Math.max(forced, depth, 1);
  const isRoot = depth > 4 * forced;
  const height = narrow ? 620 : 700;
  const [top, bottom] = [narrow ? 78 : 66, height - 44];
  const left = narrow ? 50 : 96;
  const gainTo = width - (narrow ? 6 : 14);
  const gainFrom = gainTo - (narrow ? 52 : 120);
  const right = gainFrom - (narrow ? 12 : 34);
  const centre = tenth(left + 0.5 * (right - left));
  const half = right - centre;
  const highest = Math.max(...map.up.map((level) => level.priceUsd), map.spotUsd * 1.02);
  const lowest = Math.min(...map.down.map((level) => level.priceUsd));
  return {
    size,
    height,
    top,
    bottom,
    left,
    centre,
    right,
    gainFrom,
    gainTo,
    y: logarithmic(highest, lowest, top, bottom),
    length: isRoot ? squareRoot(most * 1.1, 0, half) : linear(0, most * 1.1, 0, half),
    isRoot,
    most: most * 1.1,
  };
}
