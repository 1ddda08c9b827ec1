import { describe, expect, it } from "vitest";
import { type Book, readBook } from "../book/index.js";
import type { AccountEvent, EventKind } from "./account-states.js";
import { measuredOwners, ownerResponse, pooledResponse } from "./owner-response.js";

const made = {
  source: "made for the test",
  asOf: "2024-01-01T00:00:00Z",
  coverage: "everything there is",
  coverageShare: 1,
  basis: "assumed",
};

/** At 80 % and 2,000 dollars, margins of 1.6, 1.28 and 1.06. */
const book: Book = readBook({
  version: 1,
  kind: "book",
  name: "three-vaults",
  at: "2024-01-01T00:00:00Z",
  assets: { ETH: { price: "2000 USD" }, DAI: { price: "1 USD" } },
  instruments: { "ETH/DAI": { asset: "ETH", quote: "DAI" } },
  layers: { made },
  positions: {
    maker: {
      layer: "made",
      columns: ["account", "collateral ETH", "debt DAI"],
      rows: [
        ["1", 10, 10_000],
        ["2", 10, 12_500],
        ["3", 10, 15_000],
      ],
    },
  },
});
const [dai, eth] = ["DAI", "ETH"].map((symbol) => book.assets.findIndex((asset) => asset.symbol === symbol));
const minute = 60_000;

/** The price falls from 2,000 to 1,500 in the second hour and is back at 2,000 an hour later. */
const curve = {
  timesMs: Float64Array.of(0, 60, 120, 180).map((at) => book.atMs + at * minute),
  pricesUsd: Float64Array.of(2000, 2000, 1500, 2000),
};
const rule = {
  protocol: "maker",
  asset: eth,
  threshold: book.assets.map((_, asset) => (asset === eth ? 0.8 : 0)),
  actBelow: 1.1,
  untilMs: book.atMs + 240 * minute,
};

function event(at: number, account: string, kind: EventKind, coins: number): AccountEvent {
  const asset = kind === "repay" || kind === "borrow" ? dai : eth;
  const units = coins * 10 ** book.assets[asset].unitDecimals;
  return { row: 0, timeMs: book.atMs + at * minute, block: at, account, kind, asset, units };
}

describe("ownerResponse", () => {
  it("default: an owner is at risk from the moment the price passes the threshold, and the first act in time counts", () => {
    // Account 2 is below 1.1 at 1,718.75 dollars; it repays a fifth at minute 105. Account 3 is below from the start and closes at minute 30.
    const response = ownerResponse(
      book,
      [event(30, "3", "repay", 15_000), event(105, "2", "repay", 2500)],
      curve,
      rule,
    );
    const crossing = 60 + (60 * Math.log(1718.75 / 2000)) / Math.log(0.75);
    expect(response).toMatchObject({
      atRisk: 2,
      acted: 2,
      share: 1,
      repaidShare: 0.5,
      closedShare: 0.5,
      depositedShare: 0,
    });
    const [two, three] = response.samples;
    expect(two).toMatchObject({ account: "2", act: "repaid", liquidated: false });
    expect(two.reactionMs / minute).toBeCloseTo(105 - crossing, 6);
    expect(two.reliefShare).toBeCloseTo(0.2, 12);
    expect(three).toMatchObject({ account: "3", act: "closed", reactionMs: 30 * minute, reliefShare: 1 });
  });

  it("behavior: an act after the price has recovered, or one that lowers the margin, is no response", () => {
    const response = ownerResponse(book, [event(100, "2", "borrow", 10), event(200, "2", "repay", 2500)], curve, rule);
    expect(response).toMatchObject({ atRisk: 2, acted: 0, share: 0 });
    expect(response.samples[0]).toMatchObject({ account: "2", act: "none" });
  });

  it("behavior: a liquidation ends the watch: what comes after it is no response", () => {
    const events = [event(110, "2", "liquidate", 10), event(115, "2", "deposit", 1)];
    expect(ownerResponse(book, events, curve, rule)).toMatchObject({ acted: 0, liquidatedWithoutAct: 1 });
  });

  it("behavior: a deposit's relief is the share of debt whose repayment would do as much", () => {
    const { samples } = ownerResponse(book, [event(100, "2", "deposit", 2.5)], curve, rule);
    expect(samples[0]).toMatchObject({ act: "deposited" });
    expect(samples[0].reliefShare).toBeCloseTo(1 - 10 / 12.5, 12);
  });

  it("behavior: later acts at risk give the gaps between acts and the total relief; the first act tells how it was done", () => {
    const { samples, ...response } = ownerResponse(
      book,
      [event(105, "2", "deposit", 0.5), event(115, "2", "repay", 625), event(170, "2", "repay", 100)],
      curve,
      rule,
    );
    // The third act comes when the price is back: the account is no longer at risk.
    expect(samples[0]).toMatchObject({ act: "deposited", gapsMs: [10 * minute] });
    expect(samples[0].totalReliefShare).toBeCloseTo(1 - (10 / 10.5) * 0.95, 12);
    expect(response).toMatchObject({ acts: 2, medianGapMs: 10 * minute });
  });

  it("behavior: windows pool by owner, and give the parameters of the mechanism", () => {
    const acted = ownerResponse(book, [event(30, "3", "repay", 15_000), event(105, "2", "repay", 2500)], curve, rule);
    const quiet = ownerResponse(book, [], curve, rule);
    const pooled = pooledResponse([acted, quiet]);
    expect(pooled).toMatchObject({ atRisk: 4, acted: 2, share: 0.5 });
    const owners = measuredOwners(pooled, 5 * minute);
    expect(owners).toMatchObject({ share: 0.5, repays: 0.5 });
    expect(owners.repayment).toBeCloseTo(0.2, 12);
    expect(owners.reactionMs % (5 * minute)).toBe(0);
    expect(measuredOwners(quiet, minute).share).toBe(0);
  });

  it("limit: nobody near the edge gives nobody at risk", () => {
    expect(ownerResponse(book, [], curve, { ...rule, actBelow: 0.5 })).toMatchObject({ atRisk: 0, share: 0 });
  });
});
