// Timing and the table. Ratios of medians measured in turns in one run; absolute times only beside them.
import { loadavg } from "node:os";

/** Seconds per call over a number of calls. */
export function timePerCall(call, count) {
  const start = process.hrtime.bigint();
  for (let i = 0; i < count; i++) call();
  return Number(process.hrtime.bigint() - start) / 1e9 / count;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

/** Peers must come to the same answer before they are compared: units equal, price within two published steps. */
export function sameAnswers(peer, ours, theirs) {
  ours.forEach(([units, price], index) => {
    const [otherUnits, otherPrice] = theirs[index];
    if (units !== otherUnits || Math.abs(price - otherPrice) > 2.5e-8) {
      throw new Error(`${peer} answers ${otherUnits} at ${otherPrice}, we ${units} at ${price} (shock ${index})`);
    }
  });
}

const shown = (seconds) =>
  seconds < 1e-3
    ? `${(seconds * 1e6).toFixed(1)} us`
    : seconds < 1
      ? `${(seconds * 1e3).toFixed(2)} ms`
      : `${seconds.toFixed(2)} s`;

/** One line of the table, and whether the target was met; a missing peer or program is said and fails nothing. */
export function line({ what, peer, ours, theirs, atLeast, atMostSlower, atMostSeconds, note }) {
  const name = `${what} | ${peer ?? "limit"}`;
  if (note) return { text: `${name}: ${note}`, met: true };
  const own = median(ours);
  if (atMostSeconds !== undefined) {
    const met = own <= atMostSeconds;
    return { text: `${name}: ${shown(own)}, limit ${shown(atMostSeconds)}: ${met ? "met" : "MISSED"}`, met };
  }
  if (theirs.length === 0) return { text: `${name}: ours ${shown(own)}, peer absent`, met: true };
  const ratio = median(theirs) / own;
  const times = `ours ${shown(own)}, theirs ${shown(median(theirs))}`;
  if (atLeast !== undefined) {
    const met = ratio >= atLeast;
    return {
      text: `${name}: ${times}: ${ratio.toPrecision(3)} x faster, target ${atLeast} x: ${met ? "met" : "MISSED"}`,
      met,
    };
  }
  const met = 1 / ratio <= atMostSlower;
  return {
    text: `${name}: ${times}: ${(1 / ratio).toFixed(2)} x slower, target ${atMostSlower} x: ${met ? "met" : "MISSED"}`,
    met,
  };
}

export function loadLine() {
  return `load average ${loadavg()
    .map((load) => load.toFixed(2))
    .join(", ")}`;
}
