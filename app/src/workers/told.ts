import type { AnswerFile } from "../cli/answer.js";

/** An answer that a thread can send: its text is made with and without colour, because functions cannot be sent. */
export interface Told {
  readonly json: unknown;
  readonly files: readonly AnswerFile[];
  readonly plain: string;
  readonly coloured: string;
}
