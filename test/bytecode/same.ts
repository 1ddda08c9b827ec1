import { expect } from "vitest";
import type { Figures } from "./chain.js";

/** Fails where two sets of figures differ, and says in which. */
export function same(ours: Figures, theirs: Figures, where: string): void {
  const names = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
  const differing = [...names].filter((name) => ours[name] !== theirs[name]);
  if (differing.length > 0)
    expect.fail(
      `${where}: ${differing.map((name) => `${name} is ${ours[name]} here and ${theirs[name]} on the chain`).join("; ")}`,
    );
}

/** The situations that came up less often than they have to, with both numbers. */
export function missing(seen: Readonly<Record<string, number>>, wanted: Readonly<Record<string, number>>): string[] {
  return Object.entries(wanted)
    .filter(([what, least]) => (seen[what] ?? 0) < least)
    .map(([what, least]) => `${what}: ${seen[what] ?? 0} of ${least}`);
}
