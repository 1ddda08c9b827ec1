import { describe, expect, it } from "vitest";
import { type Agent, agentFaults, inject, isWithinRange, NoActionCanBePerformed, refusalOf } from "./index.js";

// Slope-like agent: at most 5 % up relative, 300 basis points down absolute, once in three days, six hours to inject.
const agent: Agent = {
  isEnabled: true,
  expirationPeriod: 21_600n,
  minimumDelay: 259_200n,
  range: { maxIncrease: 500n, isIncreaseRelative: true, maxDecrease: 300n, isDecreaseRelative: false },
};
const NOW = 1_700_000_000n;
const update = { updateId: 7n, market: "weth", timestamp: NOW, newValue: 10_500n };
const last = { updateId: 6n, timestamp: NOW - 259_200n };

describe("signed updates", () => {
  it("equality: exactly the greatest change passes, one unit more does not; relative limits round down", () => {
    expect(isWithinRange(10_000n, 10_500n, agent.range)).toBe(true);
    expect(isWithinRange(10_000n, 10_501n, agent.range)).toBe(false);
    expect(isWithinRange(10_000n, 9_700n, agent.range)).toBe(true);
    expect(isWithinRange(10_000n, 9_699n, agent.range)).toBe(false);
    // 5 % of 19 is 0.95: no whole step is allowed
    expect(isWithinRange(19n, 20n, agent.range)).toBe(false);
    expect(isWithinRange(20n, 21n, agent.range)).toBe(true);
    expect(isWithinRange(0n, 0n, agent.range)).toBe(true);
  });

  it("equality: at its expiry and exactly after the least delay an update passes", () => {
    expect(refusalOf(agent, update, { ...last, timestamp: 0n }, 10_000n, NOW + 21_600n)).toBeNull();
    expect(refusalOf(agent, update, { ...last, timestamp: 0n }, 10_000n, NOW + 21_601n)).toBe("expired");
    expect(refusalOf(agent, update, last, 10_000n, NOW)).toBeNull();
    expect(refusalOf(agent, update, { ...last, timestamp: last.timestamp + 1n }, 10_000n, NOW)).toBe("too-soon");
  });

  it("error: NoActionCanBePerformed with the first reason in the hub's order", () => {
    expect(refusalOf({ ...agent, isEnabled: false }, update, last, 0n, NOW + 99_999n)).toBe("agent-disabled");
    expect(refusalOf(agent, update, { ...last, updateId: 7n }, 0n, NOW + 99_999n)).toBe("expired");
    expect(refusalOf(agent, update, { updateId: 7n, timestamp: NOW }, 0n, NOW)).toBe("already-injected");
    expect(refusalOf(agent, update, last, 0n, NOW)).toBe("out-of-range");
    expect(() => inject(agent, update, last, 0n, NOW)).toThrow(NoActionCanBePerformed);
    expect(() => inject(agent, update, last, 0n, NOW)).toThrow("update 7 of weth: out-of-range");
  });

  it("behavior: injecting moves the value and starts the delay", () => {
    const injected = inject(agent, update, last, 10_000n, NOW);
    expect(injected).toEqual({ value: 10_500n, last: { updateId: 7n, timestamp: NOW } });
    const more = { ...update, updateId: 8n, newValue: 10_600n };
    expect(refusalOf(agent, more, injected.last, injected.value, NOW)).toBe("too-soon");
    expect(refusalOf({ ...agent, minimumDelay: 0n }, more, injected.last, injected.value, NOW)).toBeNull();
  });

  it("property: over 20,000 updates the value never moves by more than its range nor oftener than its delay", () => {
    let random = 23n;
    const next = (bound: bigint) => {
      random = (random * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) % (1n << 64n);
      return (random >> 16n) % bound;
    };
    let [value, now, remembered, injections] = [10_000n, NOW, { updateId: 0n, timestamp: 0n }, 0];
    for (let step = 0; step < 20_000; step++) {
      now += next(100_000n);
      const one = {
        updateId: remembered.updateId + next(3n),
        market: "weth",
        timestamp: now - next(30_000n),
        newValue: value + next(1_400n) - 700n,
      };
      if (refusalOf(agent, one, remembered, value, now) !== null) continue;
      const injected = inject(agent, one, remembered, value, now);
      expect(now - remembered.timestamp >= 259_200n, `step ${step}`).toBe(true);
      const change = injected.value - value;
      expect(change * 10_000n <= 500n * value && change >= -300n, `step ${step}`).toBe(true);
      [value, remembered] = [injected.value < 5_000n ? 10_000n : injected.value, injected.last];
      injections++;
    }
    expect(injections).toBeGreaterThan(500);
  });

  it("error: faults of an agent", () => {
    expect(agentFaults(agent)).toEqual([]);
    const wrong = {
      ...agent,
      minimumDelay: -1n,
      range: { maxIncrease: -1n, isIncreaseRelative: true, maxDecrease: 10_001n, isDecreaseRelative: true },
    };
    expect(agentFaults(wrong).map(({ code, key }) => `${code} ${key}`)).toEqual([
      "negative minimumDelay",
      "negative maxIncrease",
      "decrease-above-one maxDecrease",
    ]);
  });
});
