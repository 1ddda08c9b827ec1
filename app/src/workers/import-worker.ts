import { importRaw, type RawKind } from "../feeds/index.js";
import { answerAside } from "./answer-aside.js";

/** What the import's thread is asked. */
export interface ImportTask {
  readonly kind: RawKind;
  readonly paths: readonly string[];
  readonly asset?: string;
}

await answerAside(({ kind, paths, asset }: ImportTask) => importRaw(kind, paths, asset));
