import { importRaw, type RawKind, type RawQuestion } from "../feeds/index.js";
import { answerAside } from "./answer-aside.js";

/** What the import's thread is asked. */
export interface ImportTask {
  readonly kind: RawKind;
  readonly paths: readonly string[];
  readonly question: RawQuestion;
}

await answerAside(({ kind, paths, question }: ImportTask) => importRaw(kind, paths, question));
