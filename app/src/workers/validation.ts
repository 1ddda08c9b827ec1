import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { ValidationCase } from "@firebreak/engine";
import { Stopped } from "./stopped.js";

/** What the validation's thread sends. */
export type ValidationMessage = { readonly share: number } | { readonly cases: readonly ValidationCase[] };

/** Makes every case of the literature in a thread of its own, so that Ctrl-C is heard meanwhile. Throws `Stopped`. */
export function runValidation(
  signal: AbortSignal,
  progress: (share: number) => void,
): Promise<readonly ValidationCase[]> {
  if (signal.aborted) return Promise.reject(new Stopped());
  // Threads load the build even when this file is run from source.
  const file = fileURLToPath(new URL("./validation-worker.js", import.meta.url)).replace(
    /([\\/])src([\\/]workers[\\/]validation-worker\.js)$/,
    "$1dist$2",
  );
  return new Promise((resolve, reject) => {
    const worker = new Worker(file);
    const stop = () => {
      void worker.terminate();
      reject(new Stopped());
    };
    signal.addEventListener("abort", stop, { once: true });
    worker.on("message", (message: ValidationMessage) => {
      if ("share" in message) progress(message.share);
      else resolve(message.cases);
    });
    worker.on("error", reject);
    worker.on("exit", () => {
      signal.removeEventListener("abort", stop);
      reject(new Error("the validation's thread ended without an answer"));
    });
  });
}
