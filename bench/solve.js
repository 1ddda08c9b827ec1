// Row 1: a full-liquidation cascade to its fixed point, 1,000,000 positions in 6 protocols against 5 venues. Index and files built before.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Rounds, solveShallowest } from "../engine/dist/map/index.js";
import { compilePeer, numpyPeer, scratchFolder, writeColumns } from "./peers.js";
import { sameAnswers, timePerCall } from "./timing.js";
import { drawProtocols, drawVenues, openMarket, shocks, spotUsd } from "./workload.js";

/** Writes the workload for the peers: positions, and the books merged into one log-linear curve by its own plain loop. */
function writeWorkload(folder, protocols, market) {
  const curves = market.venues.map(({ ladder }) => ladder.curve);
  const logs = Float64Array.from(new Set(curves.flatMap(({ logPrices }) => [...logPrices])))
    .sort()
    .reverse();
  const place = ({ positions, logPrices }, logPrice) => {
    if (logPrice >= logPrices[0]) return positions[0];
    for (let row = 1; row < logPrices.length; row++) {
      if (logPrice < logPrices[row]) continue;
      const share = (logPrices[row - 1] - logPrice) / (logPrices[row - 1] - logPrices[row]);
      return positions[row - 1] + share * (positions[row] - positions[row - 1]);
    }
    return positions.at(-1);
  };
  const totals = logs.map((logPrice) => curves.reduce((sum, curve) => sum + place(curve, logPrice), 0));
  const thresholds = protocols.map(({ thresholdBps }) => thresholdBps);
  writeColumns(folder, {
    "depth-units": totals,
    "depth-logs": logs,
    meta: Float64Array.of(protocols.length, spotUsd, ...thresholds, ...shocks),
  });
  protocols.forEach(({ collateral, debt }, index) => {
    writeColumns(folder, { [`collateral-${index}`]: collateral, [`debt-${index}`]: debt });
  });
  const lowestLogs = curves.map(({ logPrices }) => logPrices.at(-1));
  const meta = { protocols: protocols.length, thresholds, shocks, spot: spotUsd, lowestLogs };
  writeFileSync(join(folder, "meta.json"), JSON.stringify(meta));
}

/** Rows of the table: ours against numpy and against C++, measured in turns. */
export function solveRows({ positions = 1_000_000, turns = 3 } = {}) {
  const folder = scratchFolder();
  const protocols = drawProtocols(positions);
  const market = openMarket(protocols, drawVenues(protocols), { kind: "all-collateral" });
  writeWorkload(folder, protocols, market);
  const rounds = new Rounds(market);
  const landings = shocks.map((move) => solveShallowest(rounds, { moves: [move, 0] }));
  const ours = landings.map(({ soldUnits, pricesUsd }) => [soldUnits[0], pricesUsd[0]]);
  const solveAll = () => {
    for (const move of shocks) solveShallowest(rounds, { moves: [move, 0] });
  };
  timePerCall(solveAll, 3_000);
  const cpp = compilePeer("solve.cpp", folder);
  const times = { ours: [], numpy: [], cpp: [] };
  for (let turn = 0; turn < turns; turn++) {
    times.ours.push(timePerCall(solveAll, 1_000) / shocks.length);
    const compiled = cpp?.(1_000);
    const scanned = numpyPeer("wave_scan.py", folder, 1);
    if (compiled) sameAnswers("C++", ours, compiled.answers);
    if (scanned) sameAnswers("numpy", ours, scanned.answers);
    if (compiled) times.cpp.push(compiled.seconds);
    if (scanned) times.numpy.push(scanned.seconds);
  }
  const what = `cascade to its fixed point, ${positions.toLocaleString("en")} positions, 6 protocols, 5 venues`;
  return [
    { what, peer: "numpy wave scan", ours: times.ours, theirs: times.numpy, atLeast: 3_000 },
    { what, peer: "C++, same algorithm", ours: times.ours, theirs: times.cpp, atMostSlower: 2.5 },
  ];
}
