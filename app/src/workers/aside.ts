import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { AssertionError, type Problem, ProblemsError } from "@firebreak/engine";
import { Stopped } from "./stopped.js";

/** What a thread aside sends: how far it is, what it found, or how it failed. */
export type AsideMessage<Result> =
  | { readonly share: number }
  | { readonly result: Result }
  | {
      readonly failure: {
        readonly name: string;
        readonly message: string;
        readonly code?: string;
        readonly problems?: readonly Problem[];
      };
    };

/** A failure in a thread aside, with the name and code it had there. */
export class AsideFailure extends Error {
  override readonly name = "AsideFailure";
  constructor(
    message: string,
    readonly kind: string,
    readonly code: string | undefined,
  ) {
    super(message);
  }
}

/**
 * The build of a thread's file beside this one: threads load JavaScript even when the command is run from source.
 */
export function threadFile(name: string): string {
  return fileURLToPath(new URL(`./${name}.js`, import.meta.url)).replace(
    /([\\/])src([\\/]workers[\\/][\w-]+\.js)$/,
    "$1dist$2",
  );
}

/** Does long work in a thread of its own, so that Ctrl-C is heard meanwhile. Throws `Stopped`, `ProblemsError`, `AssertionError` or `AsideFailure`. */
export function runAside<Result>(
  name: string,
  task: unknown,
  signal: AbortSignal,
  progress: (share: number) => void = () => {},
): Promise<Result> {
  if (signal.aborted) return Promise.reject(new Stopped());
  return new Promise((resolve, reject) => {
    const worker = new Worker(threadFile(name), { workerData: task });
    const stop = () => {
      void worker.terminate();
      reject(new Stopped());
    };
    signal.addEventListener("abort", stop, { once: true });
    worker.on("message", (message: AsideMessage<Result>) => {
      if ("share" in message) progress(message.share);
      else if ("result" in message) resolve(message.result);
      else {
        const { name: kind, message: text, code, problems } = message.failure;
        if (problems !== undefined) return reject(new ProblemsError(problems));
        reject(kind === "AssertionError" ? new AssertionError(text) : new AsideFailure(text, kind, code));
      }
    });
    worker.on("error", reject);
    worker.on("exit", () => {
      signal.removeEventListener("abort", stop);
      reject(new Error(`the thread ${name} ended without an answer`));
    });
  });
}
