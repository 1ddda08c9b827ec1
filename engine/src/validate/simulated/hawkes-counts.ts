import { exp, log, uniform } from "../../math/index.js";

/** A self-exciting process with an exponential kernel, and how it is counted. */
export interface HawkesSetting {
  /** Events that an event brings about in the mean. */
  readonly branching: number;
  /** Events that nothing brings about, per window. */
  readonly immigrants: number;
  /** Mean time from an event to one that it brings about, in windows. */
  readonly meanDelay: number;
  readonly windows: number;
  readonly seed: number;
}

/** Windows before the first that is counted. */
const warmUp = 20;

/**
 * Events per window, built as clusters: immigrants at a constant rate, each event with a Poisson number of children at exponential delays. Source: Hawkes and Oakes, A
 * cluster process representation of a self-exciting process, Journal of Applied Probability 11 (1974). The same setting gives the same counts.
 */
export function hawkesCounts({ branching, immigrants, meanDelay, windows, seed }: HawkesSetting): Float64Array {
  const counts = new Float64Array(windows);
  const childless = exp(-branching);
  const end = windows + warmUp;
  let index = 0;
  const draw = () => uniform(seed, 0, 0, 0, index++);
  const waiting: number[] = [];
  for (let arrival = -log(draw()) / immigrants; arrival < end; arrival -= log(draw()) / immigrants) {
    waiting.push(arrival);
    while (waiting.length > 0) {
      const time = waiting.pop() as number;
      const window = Math.floor(time) - warmUp;
      if (window >= 0) counts[window]++;
      // A Poisson number by inversion.
      const level = draw();
      let share = childless;
      let reached = share;
      for (let child = 1; reached < level && share > 0; child++) {
        const born = time - meanDelay * log(draw());
        if (born < end) waiting.push(born);
        share *= branching / child;
        reached += share;
      }
    }
  }
  return counts;
}
