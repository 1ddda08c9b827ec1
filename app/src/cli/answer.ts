import type { Call } from "./call.js";
import type { Paint } from "./paint.js";
import type { Progress } from "./progress.js";
import type { Streams } from "./streams.js";

/** A file that a verb wants written, whole or not at all. */
export interface AnswerFile {
  readonly path: string;
  readonly content: string | Uint8Array;
}

/** What a verb found: the same thing for programs and for people. */
export interface Answer {
  /** Printed with `--json`; figures carry unit, basis and band. */
  readonly json: unknown;
  /** Printed without: one sentence first, 80 columns. */
  text(paint: Paint): string;
  /** Files to write; where there are any, `--out` named them and does not redirect what is printed. */
  readonly files?: readonly AnswerFile[];
  /** The exit code; done where it is left out. */
  readonly exit?: number;
}

/** What a verb gets: the call, the streams, and a progress bar that shows only on a terminal. */
export interface Workplace {
  readonly call: Call;
  readonly streams: Streams;
  /** Starts a bar on standard error; silent in a pipe and with `--json`. */
  progress(title: string, total: number): Progress;
}

/** A verb's work. Throws `ProblemsError` for bad input. */
export type VerbRun = (workplace: Workplace) => Promise<Answer>;
