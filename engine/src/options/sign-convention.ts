/** Which side of open contracts dealers are assumed to hold. */
export type SignConvention = (typeof signConventions)[number];

/** Every convention that may be declared. */
export const signConventions = ["long-all", "short-all", "long-calls-short-puts", "short-calls-long-puts"] as const;

/** The dealers' side of one contract under a convention: 1 long, -1 short; `call` is 1 for a call and -1 for a put. */
export function conventionSign(convention: SignConvention, call: number): 1 | -1 {
  const sides: Readonly<Record<SignConvention, readonly [1 | -1, 1 | -1]>> = {
    "long-all": [1, 1],
    "short-all": [-1, -1],
    "long-calls-short-puts": [1, -1],
    "short-calls-long-puts": [-1, 1],
  };
  return sides[convention][call > 0 ? 0 : 1];
}

/** A convention in words that stand in a sentence after "dealers are". */
export function conventionWords(convention: SignConvention): string {
  const words: Readonly<Record<SignConvention, string>> = {
    "long-all": "long all of it",
    "short-all": "short all of it",
    "long-calls-short-puts": "long its calls and short its puts",
    "short-calls-long-puts": "short its calls and long its puts",
  };
  return words[convention];
}
