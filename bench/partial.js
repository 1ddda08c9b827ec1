// Row 2: close factor one half (all of it below health 0.95), 1,000,000 positions, prices held each round until quiet; against a scan of
// typed arrays that liquidates every account step by step. Row 3: a what-if on 1,000,000 positions from one call, in time and memory.
import { gainsOf, Rounds, solve, solveShallowest, top } from "../engine/dist/map/index.js";
import { scanForced } from "./peers/partial-scan.js";
import { median, timePerCall } from "./timing.js";
import { drawProtocols, drawVenues, openMarket, shocks } from "./workload.js";

const steps = [
  { healthBelowBps: 9_500, closeFactorBps: 10_000 },
  { healthBelowBps: 10_000, closeFactorBps: 5_000 },
];

/** The scan as a ladder of the same map: everything but the forced flow is the same code. */
function scanLadder(protocol, name) {
  return {
    mechanism: name,
    pathFree: false,
    reactionMs: 0,
    method: "a scan of typed arrays",
    forced(published, into) {
      scanForced(protocol.collateral, protocol.debt, protocol.thresholdBps, published[0], into);
    },
    accounts() {},
    describe: (row) => ({ account: `${row}`, collateral: [], debt: [] }),
  };
}

/** All that a user's question about a shock is answered with, the named jump and the ten largest accounts included. */
function answer(market) {
  const shock = { moves: [-0.3, 0] };
  const solution = solve(market, shock);
  gainsOf(market, solution, -1);
  top(market, shock, solution.shallowest);
}

export function partialRows({ positions = 1_000_000, turns = 3 } = {}) {
  const protocols = drawProtocols(positions);
  const market = openMarket(protocols, drawVenues(protocols), { kind: "close-factor", steps });
  const scanned = { ...market, ladders: protocols.map((protocol, index) => scanLadder(protocol, `protocol ${index}`)) };
  const rounds = new Rounds(market);
  const scanRounds = new Rounds(scanned);
  for (const move of shocks) {
    const fast = solveShallowest(rounds, { moves: [move, 0] });
    const slow = solveShallowest(scanRounds, { moves: [move, 0] });
    if (fast.soldUnits[0] !== slow.soldUnits[0] || fast.liquidated !== slow.liquidated) {
      throw new Error(
        `scan ${slow.soldUnits[0]} (${slow.liquidated}), ours ${fast.soldUnits[0]} (${fast.liquidated}) at ${move}`,
      );
    }
  }
  const solveAll = (on) => () => {
    for (const move of shocks) solveShallowest(on, { moves: [move, 0] });
  };
  timePerCall(solveAll(rounds), 50);
  const times = { ours: [], theirs: [] };
  for (let turn = 0; turn < turns; turn++) {
    times.ours.push(timePerCall(solveAll(rounds), 20) / shocks.length);
    times.theirs.push(timePerCall(solveAll(scanRounds), 1) / shocks.length);
  }
  const whatIf = [];
  for (let turn = 0; turn < 7; turn++) whatIf.push(timePerCall(() => answer(market), 1));
  const size = positions.toLocaleString("en");
  const megabytes = process.memoryUsage().rss / 2 ** 20;
  return [
    { what: `partial close factor, ${size} positions`, peer: "typed-array scan", ...times, atLeast: 100 },
    {
      what: `what-if (both ends, gains with their jumps, ten largest accounts), ${size} positions, index built`,
      ours: [median(whatIf)],
      atMostSeconds: 0.05,
    },
    {
      what: "memory of this program",
      note: `${megabytes.toFixed(0)} MB, limit 1,536 MB: ${megabytes < 1_536 ? "met" : "MISSED"}`,
    },
  ];
}
