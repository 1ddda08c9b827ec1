import { type Problem, ProblemsError, suggestion } from "@firebreak/engine";
import { isRawKind, type RawImport, type RawKind, type RawQuestion, rawKinds } from "../../feeds/index.js";
import { AsideFailure, runAside } from "../../workers/aside.js";

/** Short names that people try first. */
const shortNames: Readonly<Record<string, RawKind>> = {
  maker: "maker-vaults",
  quotes: "dex-quotes",
  l2: "binance-l2",
  prices: "prices-hourly",
  deribit: "deribit-chain",
  cboe: "cboe-chain",
};

/** The raw set that KIND names; `candles` goes by the file's form. Throws `ProblemsError` with `kind-unknown`. */
export function rawKindOf(kind: string, paths: readonly string[]): RawKind {
  if (isRawKind(kind)) return kind;
  if (kind === "candles") return /\.json$/i.test(paths[0] ?? "") ? "candles-10m" : "candles-15m";
  const short = shortNames[kind];
  if (short !== undefined) return short;
  const known = ["csv", "depth-csv", ...Object.keys(rawKinds)];
  throw new ProblemsError([
    {
      code: "kind-unknown",
      path: "KIND",
      message: `there is no kind of file ${JSON.stringify(kind.slice(0, 60))}`,
      hint: suggestion(kind, known),
    },
  ]);
}

/** Imports a raw set in a thread of its own. Throws `ProblemsError` where the files are missing or nothing in them is understood. */
export async function importRawSet(
  kind: RawKind,
  paths: readonly string[],
  question: RawQuestion,
  signal: AbortSignal,
): Promise<RawImport> {
  try {
    return await runAside<RawImport>("import-worker", { kind, paths, question }, signal);
  } catch (error) {
    if (!(error instanceof AsideFailure) || (error.kind !== "Error" && error.code === undefined)) throw error;
    throw new ProblemsError([failureOf(kind, paths, error)]);
  }
}

function failureOf(kind: RawKind, paths: readonly string[], { message, code }: AsideFailure): Problem {
  const missing = code === "ENOENT";
  return {
    code: missing ? "file-missing" : "import-refused",
    path: paths[0] ?? "PATH",
    message: missing ? message.replace(/^ENOENT: /, "") : message,
    hint: `${kind} reads ${rawKinds[kind].reads}, like: ${rawKinds[kind].example}`,
  };
}
