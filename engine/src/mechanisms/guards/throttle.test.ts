import { describe, expect, it } from "vitest";
import { randomCascade, type Watched, watch } from "../../../../test/support/watched-cascade.js";
import { tapeKinds } from "../../run/index.js";
import { parseScenario } from "../../scenario/parse.js";
import { oneAccountFalls } from "../demonstrations.js";

const seed = 20261122;
const throttle = (entry: object) => ({ name: "throttle", kind: "throttle", ...entry });
const ofKind = ({ rows }: Watched, kind: number) => rows.filter((row) => row.kind === kind);

/** Units seized in each tick. */
function seizedByTick(watched: Watched): Map<number, number> {
  const seized = new Map<number, number>();
  for (const { tick, x } of ofKind(watched, tapeKinds.liquidate)) seized.set(tick, (seized.get(tick) ?? 0) + x);
  return seized;
}

/** Asserts that no tick liquidates more than the capacity that the throttle recorded in it. */
function expectWithinCapacity(watched: Watched, place: string): number {
  const guard = watched.kernel.opened.mechanisms.findIndex((one) => one.name === "throttle");
  const seized = seizedByTick(watched);
  let capped = 0;
  for (const { a, tick, y } of ofKind(watched, tapeKinds.guard)) {
    if (a !== guard) continue;
    capped++;
    expect(seized.get(tick) ?? 0, `${place}, tick ${tick}`).toBeLessThanOrEqual(y);
  }
  return capped;
}

describe("throttle", () => {
  it("default: a tick liquidates at most its share of the depth to 2 %, the rest stands and is done later", () => {
    const watched = watch({ guards: [throttle({ share: "10%" })] });
    expect(expectWithinCapacity(watched, "default")).toBeGreaterThan(1);
    // Orders stand, they are not sent again: one each, unless its account recovered in between.
    const stood = ofKind(watched, tapeKinds.order).length - ofKind(watched, tapeKinds.withdraw).length;
    expect(stood).toBeLessThanOrEqual(ofKind(watch({}), tapeKinds.order).length);
    expect(watched.measures.lowestPriceShare).toBeGreaterThan(watch({}).measures.lowestPriceShare);
  });

  it("behavior: capacity goes in proportion, or one after the other in stable order", () => {
    const together = { prices: { shock: { kind: "line", moves: { ETH: "-30%" }, over: "5 min" } } };
    const accounts = (allot: string) => {
      const watched = watch({ ...together, guards: [throttle({ share: "20%", allot })] });
      return ofKind(watched, tapeKinds.liquidate).filter((row) => row.tick === 0);
    };
    const shared = accounts("proportion");
    expect(shared.map((row) => row.b)).toEqual([0, 1]);
    const order = accounts("stable-order");
    expect(order.map((row) => row.b)).toEqual([0]);
    expect(shared[0].x + shared[1].x).toBe(order[0].x);
  });

  it("behavior: a window longer than a tick holds one capacity", () => {
    const watched = watch({ guards: [throttle({ share: "100%", window: "30 min" })] });
    const capacities = ofKind(watched, tapeKinds.guard).map(({ tick, y }) => [Math.floor(tick / 6), y]);
    const byWindow = new Map(capacities as [number, number][]);
    for (const [window, capacity] of capacities) expect(byWindow.get(window)).toBe(capacity);
    const seized = seizedByTick(watched);
    for (const [window, capacity] of byWindow) {
      let sum = 0;
      for (const [tick, units] of seized) if (Math.floor(tick / 6) === window) sum += units;
      expect(sum).toBeLessThanOrEqual(capacity);
    }
  });

  it("behavior: it is keyed on depth: half the depth, half the capacity", () => {
    const first = (depthShare: string) => {
      const watched = watch({
        liquidity: { market: { kind: "order-book", depthShare } },
        guards: [throttle({ share: "10%" })],
      });
      return ofKind(watched, tapeKinds.guard)[0].y;
    };
    expect(first("50%") / first("100%")).toBeCloseTo(0.5, 5);
  });

  it("behavior: unlimited, or never reached, it changes nothing, to the bit", () => {
    let never = 0;
    for (let index = 0; index < 60; index++) {
      const { variant, place } = randomCascade(seed, index, { shorts: true });
      const keepers = index % 2 === 0 ? [] : [{ kind: "keepers", capital: "1000 USD" }];
      const plain = watch({ ...variant, guards: keepers });
      expect(watch({ ...variant, guards: [...keepers, throttle({ share: "unlimited" })] }).hash, place).toBe(
        plain.hash,
      );
      const wide = watch({ ...variant, guards: [...keepers, throttle({ share: 1e6 })] });
      const guard = wide.kernel.opened.mechanisms.length - 1;
      if (ofKind(wide, tapeKinds.guard).some((row) => row.a === guard)) continue;
      expect(wide.hash, place).toBe(plain.hash);
      never++;
    }
    expect(never).toBeGreaterThan(30);
  });

  it("behavior: before or after keepers it caps what they take, and no balance is negative", () => {
    let capped = 0;
    for (let index = 0; index < 60; index++) {
      const { variant, place } = randomCascade(seed, index);
      const route = ["atomic", "hold", "hedge"][index % 3];
      const keepers = { kind: "keepers", capital: "800000 USD", route, hedge: "ETH-PERP", unwind: "30 min" };
      const caps = throttle({ share: "30%", allot: index % 2 === 0 ? "proportion" : "stable-order" });
      for (const guards of [
        [caps, keepers],
        [keepers, caps],
      ]) {
        const watched = watch({ ...variant, guards });
        capped += expectWithinCapacity(watched, place);
        watched.kernel.ledger.check();
      }
    }
    expect(capped).toBeGreaterThan(50);
  });

  it("limit: a throttle in a falling market costs coverage", () => {
    const falling = { prices: { shock: { kind: "line", moves: { ETH: "-50%" }, over: "1 h" } } };
    const lossOf = ({ measures }: Watched) => measures.badDebtUsd + measures.underwaterUsd;
    expect(lossOf(watch({ ...falling, guards: [throttle({ share: "10%" })] }))).toBeGreaterThan(lossOf(watch(falling)));
  });

  it("error: a share of nothing, and a window of part of a tick, are refused", () => {
    const parse = (entry: object) =>
      parseScenario(oneAccountFalls({ guards: [throttle(entry)] }), () => ({ problems: [] }));
    expect(parse({ share: "0%" })).toHaveProperty("problems");
    expect(parse({ share: "10%", window: "7 min" })).toMatchObject({ problems: [{ code: "duration-no-multiple" }] });
  });
});
