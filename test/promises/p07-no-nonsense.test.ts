import { describe, expect, it } from "vitest";
import { Kernel, ProblemsError, parseScenario, runSetting, Tape, tapeKinds, uniform } from "../../engine/src/index.js";
import { generatedScenario } from "../support/generated-scenarios.js";

/** 2,000 by default; the release figure is `FIREBREAK_SCENARIOS=200000 npx vitest run test/promises/p07-no-nonsense.test.ts`. */
const scenarioCount = Number(process.env.FIREBREAK_SCENARIOS ?? 2000);
const seed = Number(process.env.FIREBREAK_SEED ?? 7);

type Table = Record<string, unknown>;
const quantity = /^([+-]?[0-9]+(?:\.[0-9]+)?)( *(?:%|[A-Za-z/][A-Za-z/]*))$/;
const factors = [0, 1e-6, 0.001, 0.1, 0.999, 1.001, 10, 1000, 1e6];

/** Multiplies up to six random quantities of a scenario by extreme factors; what the parser refuses is left out. */
function extreme(index: number): unknown {
  let draws = 0;
  const random = () => uniform(seed, index, 0, 55, draws++);
  const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)];
  let scenario = generatedScenario(seed, index) as Table;
  for (let change = 0; change < 6; change++) {
    const changed = structuredClone(scenario);
    const places: { holder: Table; key: string }[] = [];
    const walk = (value: Table) => {
      for (const [key, entry] of Object.entries(value)) {
        // More ticks would only take longer.
        if (key === "version" || key === "duration" || key === "tick") continue;
        if (typeof entry === "number" || (typeof entry === "string" && quantity.test(entry)))
          places.push({ holder: value, key });
        else if (typeof entry === "object" && entry !== null) walk(entry as Table);
      }
    };
    walk(changed);
    const { holder, key } = pick(places);
    const factor = pick(factors);
    const old = holder[key];
    if (typeof old === "number") holder[key] = Number.isInteger(old) ? Math.round(old * factor) : old * factor;
    else {
      const match = quantity.exec(String(old));
      if (match !== null) holder[key] = `${Number((Number(match[1]) * factor).toPrecision(12)).toFixed(9)}${match[2]}`;
    }
    if ("plan" in parseScenario(changed, () => ({ value: null }))) scenario = changed;
  }
  return scenario;
}

describe("P07: no NaN, no infinity, no negative balance, no endless loop", () => {
  it(`behavior: ${scenarioCount} scenarios at parameter extremes end settled or at a named limit`, () => {
    const ends = new Map<string, number>();
    for (let index = 0; index < scenarioCount; index++) {
      const parsed = parseScenario(extreme(index), () => ({ value: null }));
      if (!("plan" in parsed)) continue;
      const plan = { ...parsed.plan, roundLimit: Math.min(parsed.plan.roundLimit, 500) };
      const where = `scenario ${index} of seed ${seed}`;
      let limits = 0;
      let end: string;
      let kernel: Kernel;
      try {
        kernel = new Kernel(
          runSetting(plan),
          new Tape(false, (row) => {
            if (row.kind === tapeKinds.limit) limits++;
            const finite = Number.isFinite(row.x) && Number.isFinite(row.y) && Number.isFinite(row.z);
            if (!finite) throw new Error(`${where}: a tape row of kind ${row.kind} is ${row.x}, ${row.y}, ${row.z}`);
          }),
        );
        // Assertions are always on: whole units, balances, prices, sums.
        end = kernel.run(seed, index).end;
      } catch (error) {
        // Beyond whole millionths of a dollar the input is refused by name; everything else would be a bug.
        if (error instanceof ProblemsError && /-too-large$/.test(error.problems[0].code)) {
          ends.set("refused", (ends.get("refused") ?? 0) + 1);
          continue;
        }
        throw new Error(`${where}: ${error instanceof Error ? error.stack?.slice(0, 600) : String(error)}`);
      }
      if (limits > 0) expect(end, where).toBe("rounds");
      for (const balance of kernel.ledger.balances) expect(Number.isSafeInteger(balance), where).toBe(true);
      ends.set(end, (ends.get(end) ?? 0) + 1);
    }
    expect([...ends.keys()].every((end) => ["settled", "rounds", "refused"].includes(end))).toBe(true);
    expect((ends.get("settled") ?? 0) + (ends.get("rounds") ?? 0)).toBeGreaterThan(scenarioCount * 0.9);
  });
});
