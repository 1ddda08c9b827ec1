import { parentPort } from "node:worker_threads";
import { closedFormCases } from "@firebreak/engine";
import type { ValidationMessage } from "./validation.js";

const send = (message: ValidationMessage) => parentPort?.postMessage(message);

send({ cases: closedFormCases() });
