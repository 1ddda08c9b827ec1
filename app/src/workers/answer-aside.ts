import { parentPort, workerData } from "node:worker_threads";
import { ProblemsError } from "@firebreak/engine";
import type { AsideMessage } from "./aside.js";

/** The other end of `runAside`: does the work on the task that came and sends what it gives, or how it failed. */
export async function answerAside<Task, Result>(
  work: (task: Task, progress: (share: number) => void) => Result | Promise<Result>,
): Promise<void> {
  const send = (message: AsideMessage<Result>) => parentPort?.postMessage(message);
  try {
    send({ result: await work(workerData as Task, (share) => send({ share })) });
  } catch (error) {
    const { name, message, code } = error as NodeJS.ErrnoException;
    send({ failure: { name, message, code, problems: error instanceof ProblemsError ? error.problems : undefined } });
  }
}
