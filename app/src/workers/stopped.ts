/** Thrown where Ctrl-C is noticed; the command exits 130. */
export class Stopped extends Error {
  override readonly name = "Stopped";
  constructor() {
    super("stopped");
  }
}

/** Lets the event loop turn, so that Ctrl-C is heard between two steps of a long computation; throws `Stopped` when it came. */
export async function breathe(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resume) => setImmediate(resume));
  if (signal.aborted) throw new Stopped();
}
