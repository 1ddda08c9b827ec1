import type { Basis } from "@firebreak/engine";

/**
 * The colours of everything that is shown, defined once. Pressure is one family of hues (oranges to browns), liquidity another (blues), guards a third
 * (greens): after Okabe and Ito (2008), told apart with every common colour blindness, by lightness too, so in grey on paper as well.
 */
export const palette = {
  ink: "#1b1f24",
  muted: "#4d5762",
  rule: "#d5dae0",
  faint: "#f4f6f8",
  paper: "#ffffff",
  /** By mechanism, in their order. */
  pressure: ["#c2470a", "#7a2b05", "#e8903f", "#a87a4f", "#f3bd86"],
  liquidity: "#1f5c99",
  liquidityFaint: "#c9dff2",
  guard: "#0f7562",
  guardFaint: "#cfe9e3",
  alarm: "#8f1d1d",
} as const;

/** The colour of a mechanism of pressure by its place; after five they begin again. */
export function pressureColour(index: number): string {
  return palette.pressure[index % palette.pressure.length];
}

/** How a line is drawn by what it rests on: whole where measured, long dashes where borrowed, dots where assumed. */
export const dashes: Readonly<Record<Basis, string>> = { measured: "none", borrowed: "9 4", assumed: "4 3" };
