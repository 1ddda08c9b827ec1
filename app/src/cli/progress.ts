import { SingleBar } from "cli-progress";
import { isTerminal } from "./paint.js";
import type { Streams } from "./streams.js";

/** How far a long work is. */
export interface Progress {
  /** Steps done so far. */
  reach(done: number): void;
  end(): void;
}

const silent: Progress = { reach() {}, end() {} };

/** A bar on standard error where that is a terminal; nothing in a pipe or when only JSON is wanted. */
export function openProgress(title: string, total: number, streams: Streams, quiet: boolean): Progress {
  if (quiet || total < 2 || !isTerminal(streams.stderr, streams.env)) return silent;
  const bar = new SingleBar({
    stream: streams.stderr as NodeJS.WriteStream,
    format: `${title} {bar} {value}/{total}  {eta_formatted} left`,
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: 30,
    hideCursor: true,
    clearOnComplete: true,
    fps: 10,
  });
  bar.start(total, 0);
  return { reach: (done) => bar.update(done), end: () => bar.stop() };
}
