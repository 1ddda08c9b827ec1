import { Kernel, type Mechanism, Tape } from "../../engine/src/run/index.js";
import { createMechanisms, type Plan, runSetting } from "../../engine/src/scenario/plan.js";

/** The moments of a mechanism in which a watcher looks on; `inner` does what the mechanism does. */
export interface Watcher<Rows> {
  /** Called with the mechanism's rows after `open`. */
  opened?(rows: Rows): void;
  decide?(rows: Rows, at: DecideView, inner: (at: DecideView) => void): void;
  settle?(rows: Rows, at: SettleView, inner: (at: SettleView) => void): void;
  shock?(rows: Rows, at: ShockView, inner: (at: ShockView) => void): void;
}

type DecideView = Parameters<NonNullable<Mechanism["decide"]>>[1];
type SettleView = Parameters<NonNullable<Mechanism["settle"]>>[1];
type ShockView = Parameters<NonNullable<Mechanism["shock"]>>[1];

/** Runs one path of a plan with one mechanism under watch; its decisions are the run's own. */
export function runWatched<Rows>(plan: Plan, name: string, seed: number, path: number, watcher: Watcher<Rows>): Kernel {
  const index = plan.mechanisms.findIndex((one) => one.name === name);
  const mechanisms = createMechanisms(plan);
  const inner = mechanisms[index] as Mechanism<Rows>;
  const watched: Mechanism<Rows> = {
    ...inner,
    open(book, layout) {
      const rows = inner.open(book, layout);
      watcher.opened?.(rows);
      return rows;
    },
    ...(inner.decide === undefined
      ? {}
      : {
          decide: (rows, at) => {
            const run = (view: DecideView) => inner.decide?.(rows, view);
            if (watcher.decide) watcher.decide(rows, at, run);
            else run(at);
          },
        }),
    ...(inner.settle === undefined
      ? {}
      : {
          settle: (rows, at) => {
            const run = (view: SettleView) => inner.settle?.(rows, view);
            if (watcher.settle) watcher.settle(rows, at, run);
            else run(at);
          },
        }),
    ...(inner.shock === undefined
      ? {}
      : {
          shock: (rows, at) => {
            const run = (view: ShockView) => inner.shock?.(rows, view);
            if (watcher.shock) watcher.shock(rows, at, run);
            else run(at);
          },
        }),
  };
  mechanisms[index] = watched as Mechanism;
  const kernel = new Kernel(runSetting(plan, mechanisms), new Tape());
  kernel.run(seed, path);
  return kernel;
}

/** The view with some of its members replaced: everything else is the kernel's. */
export function viewWith<View extends object>(view: View, replaced: Partial<View>): View {
  return new Proxy(view, {
    get(target, key) {
      if (key in replaced) return (replaced as Record<PropertyKey, unknown>)[key];
      const value = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
