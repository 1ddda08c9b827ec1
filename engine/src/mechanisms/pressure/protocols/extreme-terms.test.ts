import { describe, expect, it } from "vitest";
import { parseScenario } from "../../../scenario/parse.js";
import { definitions } from "../../registry.js";

const protocols = definitions.filter(({ part, protocol }) => part === "pressure" && protocol !== undefined);
const noFiles = (path: string): never => {
  throw new Error(path);
};

/** Keys that a protocol's scenario may write: those of the object that its schema reads. */
function keysOf(schema: unknown): string[] {
  const { shape, in: read } = schema as { readonly shape?: object; readonly in?: unknown };
  return shape === undefined ? keysOf(read) : Object.keys(shape);
}

describe("terms beyond all measure", () => {
  it.each(protocols.map((one) => [one.kind, one] as const))(
    "error: %s refuses the largest and the smallest numbers with a problem, never with an exception",
    (_, { schema, demonstration: { scenario, subject } }) => {
      let refused = 0;
      for (const key of keysOf(schema)) {
        for (const value of [1e300, -1e300, "1e300 USD"]) {
          const written = structuredClone(scenario) as { pressure: Record<string, Record<string, unknown>> };
          written.pressure[subject][key] = value;
          const parsed = parseScenario(written, noFiles);
          if (!("problems" in parsed)) continue;
          refused++;
          for (const { code, path, message, hint } of parsed.problems) {
            const said = code !== "" && path !== "" && message !== "" && hint !== "";
            if (!said) expect.fail(`${key}: ${value}`);
          }
        }
      }
      expect(refused).toBeGreaterThan(0);
    },
  );
});
