import pc from "picocolors";
import type { Streams, TextStream } from "./streams.js";

/** Colours for text, or none. Pressure is red, liquidity blue, guards green, as in the report. */
export type Paint = ReturnType<typeof pc.createColors>;

/** Colours where the stream is a terminal that wants them (NO_COLOR, TERM=dumb), else none. */
export function paintFor(stream: TextStream, env: Streams["env"]): Paint {
  return pc.createColors(isTerminal(stream, env) && !env.NO_COLOR);
}

/** No colour at all: for files. */
export const plainPaint: Paint = pc.createColors(false);

/** Whether somebody looks at the stream. */
export function isTerminal(stream: TextStream, env: Streams["env"]): boolean {
  return stream.isTTY === true && env.TERM !== "dumb";
}
