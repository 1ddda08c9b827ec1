import { describe, expect, it } from "vitest";
import { accountIdsOf } from "../../engine/src/book/index.js";
import { type Definition, definitions } from "../../engine/src/mechanisms/index.js";
import { Kernel, Tape } from "../../engine/src/run/index.js";
import { readScenario } from "../../engine/src/scenario/parse.js";
import { type Plan, runSetting, without } from "../../engine/src/scenario/plan.js";
import { run } from "../../engine/src/study/paths.js";

const nothingElse = (path: string): never => {
  throw new Error(`a demonstration names no files, but this one names ${path}`);
};

const demonstrated = definitions.map((definition) => ({ kind: definition.kind, definition }));

/** Every registered mechanism passes this suite without being named here. */
describe.each(demonstrated)("conformance: $kind", ({ definition }) => {
  const { demonstration } = definition;
  const plan = (): Plan => readScenario(demonstration.scenario, nothingElse);

  it("default: its demonstration parses and holds a mechanism of this kind under the stated name", () => {
    const subject = plan().mechanisms.find((one) => one.name === demonstration.subject);
    expect(subject?.kind).toBe(definition.kind);
  });

  it("behavior: switched off, the named measure changes in the named direction", () => {
    const full = plan();
    const on = run(full, 1).measures as unknown as Record<string, number>;
    const off = runWithout(full, definition);
    expect(Number.isFinite(on[demonstration.measure]), demonstration.measure).toBe(true);
    if (demonstration.off === "falls") expect(off[demonstration.measure]).toBeLessThan(on[demonstration.measure]);
    else expect(off[demonstration.measure]).toBeGreaterThan(on[demonstration.measure]);
  });

  it("behavior: the same seed and path give the same tape, from a used kernel as from a fresh one", () => {
    const setting = runSetting(plan());
    const kernel = new Kernel(setting, new Tape());
    const first = kernel.run(7, 3).tapeHash;
    kernel.run(8, 4);
    expect(kernel.run(7, 3).tapeHash).toBe(first);
    expect(new Kernel(runSetting(plan()), new Tape()).run(7, 3).tapeHash).toBe(first);
  });

  it("behavior: the ledger sums to exactly 0 and every path ends settled or at a named limit", () => {
    const kernel = new Kernel(runSetting(plan()), new Tape());
    const { end } = kernel.run(1, 0);
    kernel.ledger.check();
    expect(["settled", "rounds"]).toContain(end);
  });

  it("behavior: its parameters survive being sent to a worker", () => {
    const one = plan();
    expect(run(sent(one), 1).tapeHash).toBe(run(one, 1).tapeHash);
  });

  it("limit: it says what it is and where it comes from", () => {
    expect(definition.summary.length).toBeGreaterThan(20);
    expect(definition.source.length).toBeGreaterThan(10);
  });
});

/** A plan as it arrives at a worker: data only, account ids as the columns they are sent as. */
function sent(plan: Plan): Plan {
  const arrived = structuredClone(plan);
  const positions = plan.book.positions.map((table, place) => ({
    ...arrived.book.positions[place],
    ids: accountIdsOf(structuredClone(table.ids.encoded())),
  }));
  return { ...arrived, book: { ...arrived.book, positions } };
}

/** The measures without the subject, or with what its demonstration names in its place. Nothing that fails is taken for a result. */
function runWithout(plan: Plan, { demonstration, part }: Definition): Record<string, number> {
  const { scenario, subject, instead } = demonstration;
  if (instead === undefined) return run(without(plan, subject), 1).measures as unknown as Record<string, number>;
  const changed = structuredClone(scenario) as Record<string, Record<string, unknown>>;
  changed[part][subject] = instead;
  return run(readScenario(changed, nothingElse), 1).measures as unknown as Record<string, number>;
}
