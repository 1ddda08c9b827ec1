// Rows 6 and 7: Greeks of 100,000 options against QuantLib's BlackCalculator, and the gamma map of 10,000 options by 500 levels against numpy. One thread each.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { uniform } from "../engine/dist/math/index.js";
import { exposureOver, greekColumns, greeksOver } from "../engine/dist/options/index.js";
import { numpyPeer, quantLibPeer, scratchFolder, writeColumns } from "./peers.js";
import { timePerCall } from "./timing.js";

const expiries = [1, 2, 7, 14, 30, 60, 120, 210, 300];

/** Strikes from 0.45 to 2.2 of the spot in steps of 25, Deribit's kinds of expiries, volatility from 40 to 100 %. */
function drawOptions(count, spot) {
  const column = (fill) => Float64Array.from({ length: count }, (_, row) => fill(row));
  const u = (row, what) => uniform(1987, 0, row, 0, what);
  return {
    count,
    strike: column((row) => Math.round((spot * Math.exp(1.6 * u(row, 0) - 0.8)) / 25) * 25),
    years: column((row) => expiries[Math.floor(expiries.length * u(row, 1))] / 365),
    volatility: column((row) => 0.4 + 0.6 * u(row, 2)),
    call: column((row) => (u(row, 3) < 0.5 ? 1 : -1)),
  };
}

function readColumn(folder, name) {
  const bytes = readFileSync(join(folder, `${name}.bin`));
  return new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8);
}

/** Both sides must agree before they are timed: within `share` of the larger of their value and the column's largest. */
function sameColumns(peer, folder, ours, share) {
  for (const [name, column] of Object.entries(ours)) {
    const theirs = readColumn(folder, `${peer}-${name}`);
    const largest = column.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
    column.forEach((one, row) => {
      const allowed = share * largest;
      if (!(Math.abs(one - theirs[row]) <= allowed))
        throw new Error(`${peer} has ${name} ${theirs[row]}, we ${one} (${row})`);
    });
  }
}

function greekRow(turns) {
  const [spot, rate] = [3000, 0.03];
  const options = drawOptions(100_000, spot);
  const into = greekColumns(options.count);
  const folder = scratchFolder();
  const { count, ...columns } = options;
  writeColumns(folder, columns);
  const peer = quantLibPeer("black_calculator.cpp", folder, [spot, rate]);
  const solve = () => greeksOver(options, spot, rate, into);
  timePerCall(solve, 40);
  const times = { ours: [], theirs: [] };
  for (let turn = 0; turn < turns; turn++) {
    times.ours.push(Math.min(...Array.from({ length: 20 }, () => timePerCall(solve, 1))));
    const taken = peer?.(20);
    if (taken) times.theirs.push(taken.seconds);
  }
  if (peer) {
    const { price, delta, gamma, vega, theta, vanna } = into;
    // Its volga is vega d1 d2 over sigma sqrt T where the derivative has sigma.
    const volga = into.volga.map((one, row) => one / Math.sqrt(options.years[row]));
    sameColumns("quantlib", folder, { price, delta, gamma, vega, theta, vanna, volga }, 1e-12);
  }
  const what = `price and seven Greeks of ${count.toLocaleString("en")} options`;
  return [{ what, peer: "QuantLib BlackCalculator (without charm)", ...times, atLeast: 5 }];
}

function mapRows(turns) {
  // numpy's products of matrices would else take every core.
  process.env.OPENBLAS_NUM_THREADS ??= "1";
  const spot = 3000;
  const options = drawOptions(10_000, spot);
  const size = Float64Array.from({ length: options.count }, (_, row) => 200 * uniform(1987, 1, row, 0, 0) - 100);
  const levels = Float64Array.from({ length: 500 }, (_, row) => spot * (0.5 + row / 499));
  const folder = scratchFolder();
  const { strike, years, volatility } = options;
  writeColumns(folder, {
    "map-strike": strike,
    "map-years": years,
    "map-volatility": volatility,
    "map-size": size,
    "map-levels": levels,
  });
  const column = () => new Float64Array(levels.length);
  const alone = { gamma: column() };
  const all = { gamma: column(), vanna: column(), charm: column() };
  const solve = (into) => () => exposureOver(options, size, levels, into);
  for (const into of [alone, all]) timePerCall(solve(into), 40);
  const times = { gamma: [], all: [], theirGamma: [], theirAll: [] };
  for (let turn = 0; turn < turns; turn++) {
    times.gamma.push(Math.min(...Array.from({ length: 20 }, () => timePerCall(solve(alone), 1))));
    times.all.push(Math.min(...Array.from({ length: 20 }, () => timePerCall(solve(all), 1))));
    const taken = numpyPeer("gamma_map.py", folder, 20);
    if (taken) {
      times.theirGamma.push(taken.gamma);
      times.theirAll.push(taken.all);
      sameColumns("numpy", folder, all, 1e-11);
    }
  }
  const what = `gamma map of ${options.count.toLocaleString("en")} options by ${levels.length} levels`;
  return [
    { what, peer: "numpy in blocks", ours: times.gamma, theirs: times.theirGamma, atLeast: 4 },
    {
      what: `${what}, vanna and charm too`,
      peer: "numpy in blocks",
      ours: times.all,
      theirs: times.theirAll,
      atLeast: 4,
    },
  ];
}

export function optionRows({ turns = 5 } = {}) {
  return [...greekRow(turns), ...mapRows(turns)];
}
