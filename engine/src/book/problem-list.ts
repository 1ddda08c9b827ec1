import type { Problem } from "./problem.js";
import { wholeInput } from "./wording.js";

/** Problems of one input that are listed; the rest are counted. */
export const problemsListed = 100;

/** Problems after which a reader of millions of rows stops: nobody mends an input by its ten thousandth problem. */
const problemsCounted = 10_000;

/** Collects an input's problems: the first hundred as they are, the rest as a number in one last `more-problems`. */
export class ProblemList {
  private readonly listed: Problem[] = [];
  private total = 0;

  get count(): number {
    return this.total;
  }

  add(problem: Problem): void {
    this.total++;
    if (this.listed.length < problemsListed) this.listed.push(problem);
  }

  /** True once further problems are only counted; then `countOne` spares the making of one. */
  get isFull(): boolean {
    return this.listed.length >= problemsListed;
  }

  /** True once a reader of rows should stop; the rest is then "at least" so many. */
  get isHopeless(): boolean {
    return this.total >= problemsCounted;
  }

  /** Counts a problem that is not to be listed. */
  countOne(): void {
    this.total++;
  }

  /** Adds a problem from its four parts. */
  say(code: string, path: string, message: string, hint: string): void {
    this.add({ code, path, message, hint });
  }

  /** Passes a parsed number through, or adds its problem and gives 0, so that the reading goes on to the next problem. */
  take(parsed: number | Problem): number {
    if (typeof parsed === "number") return parsed;
    this.add(parsed);
    return 0;
  }

  list(): readonly Problem[] {
    const rest = this.total - this.listed.length;
    if (rest === 0) return this.listed;
    return [
      ...this.listed,
      {
        code: "more-problems",
        path: wholeInput,
        message: `${this.isHopeless ? "at least " : ""}${rest} more problem${rest === 1 ? "" : "s"} not listed`,
        hint: "mend the ones above first; they often share a cause",
      },
    ];
  }
}
