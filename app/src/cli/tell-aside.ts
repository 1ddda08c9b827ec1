import { runAside } from "../workers/aside.js";
import type { Told } from "../workers/told.js";
import type { Answer, Workplace } from "./answer.js";

/** Has a thread make an answer, so that Ctrl-C is heard meanwhile; a bar shows how far it is. Throws `Stopped` and what the thread throws. */
export async function tellAside(thread: string, task: unknown, { streams, progress }: Workplace): Promise<Answer> {
  const bar = progress("findings, per cent", 100);
  const told = await runAside<Told>(thread, task, streams.signal, (share) =>
    bar.reach(Math.round(100 * share)),
  ).finally(bar.end);
  return {
    json: told.json,
    files: told.files,
    // Whoever paints with colours wants the coloured text.
    text: (paint) => (paint.isColorSupported ? told.coloured : told.plain),
  };
}
