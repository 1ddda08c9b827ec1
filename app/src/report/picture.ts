import type { Findings, Plan } from "@firebreak/engine";
import { mapChart } from "./chart/map-chart.js";
import { palette } from "./palette.js";
import { mapDrawing } from "./sections/map.js";

/** The map alone as an SVG file, on the paper's colour: what the README shows. */
export function mapPicture(plan: Plan, found: Findings): string {
  const drawn = mapChart(mapDrawing(plan, found), { width: 1000, narrow: false, id: "map" }).text;
  const opened = drawn.indexOf(">") + 1;
  return `${drawn.slice(0, opened)}<rect width="100%" height="100%" fill="${palette.paper}"/>${drawn.slice(opened)}\n`;
}
