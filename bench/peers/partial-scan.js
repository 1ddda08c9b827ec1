// The peer of the partial row: one loop over typed arrays per round. An account that breaches is liquidated step by step until quiet; its share of
// repaid debt goes into one exact sum (two words of 2^40), as the definition of Q asks. Close factor one half, all of it below health 0.95.
const shareScale = 2 ** 40;

function product(debt, share, sum) {
  const high = Math.floor(debt / 2 ** 20);
  const low = debt - high * 2 ** 20;
  // debt x share = high x share x 2^20 + low x share; the share is a multiple of 2^-40 with few bits: whole numbers below 2^53 here.
  const first = high * (share / 2 ** 20);
  sum[0] += Math.floor(first);
  sum[1] += (first - Math.floor(first)) * shareScale + low * share;
  const carry = Math.floor(sum[1] / shareScale);
  sum[0] += carry;
  sum[1] -= carry * shareScale;
}

/** Adds forced ETH for accounts of ETH (7 decimals) against dollars (6 decimals, price 1) at a held price in steps. */
export function scanForced(collateral, debt, thresholdBps, steps, into) {
  const sum = [0, 0];
  let sold = 0;
  let accounts = 0;
  let partCollateral = 0;
  for (let row = 0; row < collateral.length; row++) {
    const weighted = Math.floor((Math.floor((collateral[row] * steps) / 1e9) * thresholdBps) / 1e4);
    if (weighted >= debt[row]) continue;
    accounts++;
    let held = collateral[row];
    let owed = debt[row];
    let remaining = 1;
    let value = weighted;
    while (value < owed && held > 0) {
      const all = Math.floor((value * 1e4) / owed) < 9_500;
      const wanted = Math.max(1, all ? owed : Math.floor(owed / 2));
      const gross = Math.floor((wanted * 1e9) / steps);
      remaining = all ? 0 : remaining / 2;
      if (gross >= held) held = 0;
      else {
        held -= gross;
        owed -= wanted;
      }
      value = Math.floor((Math.floor((held * steps) / 1e9) * thresholdBps) / 1e4);
    }
    if (held === 0) sold += collateral[row];
    else {
      partCollateral += collateral[row];
      product(debt[row], (1 - remaining) * shareScale, sum);
    }
  }
  into.accounts += accounts;
  into.sold[0] += sold + Math.min(partCollateral, Number((BigInt(sum[0]) * 10n ** 9n) / BigInt(steps)));
}
