import { definitions } from "@firebreak/engine";
import { describe, expect, it } from "vitest";
import { call } from "../test-command.js";

const named = definitions.filter(({ protocol }) => protocol !== undefined);

describe("firebreak protocols", () => {
  it("default: one line per protocol, none without its version and its date", async () => {
    const { code, out } = await call(["protocols"]);
    expect(code).toBe(0);
    for (const line of out.split("\n")) expect([...line].length, line).toBeLessThanOrEqual(80);
    for (const { kind, protocol } of named) {
      const line = out.split("\n").find((one) => one.trim().startsWith(`${kind} `));
      expect(line, kind).toContain(protocol?.rulesAsOf);
    }
  });

  it("behavior: --json tells of each its source, what is modelled and what is not", async () => {
    const list = JSON.parse((await call(["protocols", "--json"])).out);
    expect(list.map(({ id }: { id: string }) => id).sort()).toEqual(named.map(({ kind }) => kind).sort());
    expect(list.length).toBeGreaterThanOrEqual(18);
    for (const one of list) {
      expect(one.source.length, one.id).toBeGreaterThan(20);
      expect(one.rulesAsOf, one.id).toMatch(/^\d{4}-\d{2}-\d{2}$/);
      expect(one.modelled.length, one.id).toBeGreaterThan(0);
      expect(one.notModelled.length, one.id).toBeGreaterThan(0);
      for (const market of one.markets) expect(market.asOf, `${one.id} ${market.name}`).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    }
  });

  it("behavior: with a name it is that one alone, within 80 columns", async () => {
    for (const { kind } of named) {
      const { code, out } = await call(["protocols", kind]);
      expect(code).toBe(0);
      for (const line of out.split("\n")) expect([...line].length, line).toBeLessThanOrEqual(80);
    }
  });

  it("error: protocol-unknown, with the nearest name", async () => {
    const { code, err } = await call(["protocols", "aave-v33"]);
    expect(code).toBe(2);
    expect(err).toContain("protocol-unknown");
  });
});
