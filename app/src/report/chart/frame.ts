import { Markup, markup, type Part } from "../markup.js";
import { palette } from "../palette.js";

/** The two widths at which every chart is drawn; a style sheet shows the one that fits. */
export const widths = { wide: 1000, narrow: 358 } as const;

/** How a chart is drawn at one width. */
export interface ChartSize {
  readonly width: number;
  readonly narrow: boolean;
  /** Prefix of ids, so that both drawings can stand in one page. */
  readonly id: string;
  /** An assumption that the chart hangs on, written below it within the drawing; nothing where it is empty. */
  readonly note?: string;
}

/** A chart drawn twice, for wide screens and paper, and for telephones; with a caption, a text alternative in each, and the note of what it hangs on. */
export function figureOf(name: string, caption: Part, draw: (size: ChartSize) => Markup, note = ""): Markup {
  const wide = draw({ width: widths.wide, narrow: false, id: name, note });
  const narrow = draw({ width: widths.narrow, narrow: true, id: `${name}-narrow`, note });
  return markup`<figure id="${name}"><div class="wide">${wide}</div><div class="narrow">${narrow}</div><figcaption>${caption}</figcaption></figure>`;
}

/** The SVG element of a chart: scales with its box, and says in words what it shows. */
export function svg(size: ChartSize, height: number, title: string, description: string, content: Part): Markup {
  const { width, id, note = "" } = size;
  const full = note === "" ? height : height + 18;
  const said = note === "" ? null : label(2, height + 12, note, { size: size.narrow ? 10 : 12, fill: palette.muted });
  return markup`<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="${id}-title ${id}-desc" viewBox="0 0 ${width} ${full}" width="${width}" height="${full}" font-family="system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif" font-size="12"><title id="${id}-title">${title}</title><desc id="${id}-desc">${description}${note === "" ? "" : ` ${note}.`}</desc>${content}${said}</svg>`;
}

/** Words in a chart. A halo in the paper's colour keeps them readable over lines. */
export function label(
  x: number,
  y: number,
  words: string,
  options: { anchor?: "start" | "middle" | "end"; fill?: string; bold?: boolean; size?: number } = {},
): Markup {
  const { anchor = "start", fill = palette.ink, bold = false, size } = options;
  const weight = bold ? new Markup(' font-weight="600"') : null;
  const sized = size === undefined ? null : markup` font-size="${size}"`;
  return markup`<text x="${x}" y="${y}" text-anchor="${anchor}" fill="${fill}" stroke="${palette.paper}" stroke-width="3" stroke-linejoin="round" paint-order="stroke"${weight}${sized}>${words}</text>`;
}

/** A straight line. */
export function stroke(
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  colour: string,
  options: { width?: number; dash?: string } = {},
): Markup {
  const { width = 1, dash = "none" } = options;
  return markup`<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${colour}" stroke-width="${width}" stroke-dasharray="${dash}"/>`;
}

/** A line through points. */
export function polyline(
  points: readonly (readonly [number, number])[],
  colour: string,
  options: { width?: number; dash?: string } = {},
): Markup {
  const { width = 1.75, dash = "none" } = options;
  const path = points.map(([x, y], index) => `${index === 0 ? "M" : "L"}${x} ${y}`).join("");
  return markup`<path d="${path}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-dasharray="${dash}" stroke-linejoin="round"/>`;
}

/** The area between two lines of points over the same places. */
export function area(
  upper: readonly (readonly [number, number])[],
  lower: readonly (readonly [number, number])[],
  colour: string,
  opacity = 1,
): Markup {
  const path = [...upper, ...[...lower].reverse()]
    .map(([x, y], index) => `${index === 0 ? "M" : "L"}${x} ${y}`)
    .join("");
  return markup`<path d="${path}Z" fill="${colour}" fill-opacity="${opacity}" stroke="none"/>`;
}

/** A filled box; sizes below 0 are drawn as 0. */
export function box(x: number, y: number, width: number, height: number, fill: string, opacity = 1): Markup {
  return markup`<rect x="${x}" y="${y}" width="${Math.max(0, width)}" height="${Math.max(0, height)}" fill="${fill}" fill-opacity="${opacity}"/>`;
}
