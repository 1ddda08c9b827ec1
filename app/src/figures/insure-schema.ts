import type { JsonSchema } from "@firebreak/engine";
import { basis, count, figure, listOf, number, orNull, said, table, text } from "./schema-parts.js";

const outcome = table({
  cost: said(figure, "What a holder has at the end on average in the quiet market, less what the account has."),
  upsideKept: said(figure, "Mean gain above the sum, as a share of a holder's in the quiet market."),
  broken: said(
    figure,
    "Share of the paths that end below the floor by more than a hundredth of a per cent of the sum.",
  ),
  shortfall: said(figure, "What is missing to the floor, mean over all paths."),
  shortfallIfBroken: said(figure, "The same over the broken ones; null where none is."),
  tailLoss: said(figure, "Mean loss over the worst twentieth of the paths."),
  unfilled: said(figure, "Share of the paths on which some order found nobody to trade with."),
  bystanderLoss: said(figure, "What somebody who holds the asset beside them loses by their trading."),
});

const flow = table({
  fall: said(figure, "The price is held at this move from the opening."),
  account: said(figure, "Sold by the account itself (negative: bought), at the opening price."),
  accountShare: said(figure, "The same, of the sum."),
  everybody: said(figure, "Sold by everybody who follows the strategy, and by who hedges for them."),
  depthShare: said(figure, "The same, of what the market buys at once within a further -10 %."),
  gain: said(figure, "Forced by a further 1 % over what the market buys meanwhile."),
});

const strategy = table({
  name: said(text, "Stable; what --only takes."),
  title: text,
  rule: said(text, "What it does, in a line."),
  alone: said(outcome, "Of the account, alone in the market. Shares are of the sum."),
  crowd: said(outcome, "Of the same account, with everybody else doing the same."),
  harm: said(table({ cost: figure, broken: figure }), "What the crowd adds, path by path; the band is of the mean."),
  flows: said(listOf(flow), "At -10, -20 and -30 %; empty where nothing is ever forced."),
  largestGain: said(figure, "Over bands of 1 % down to half the price, with the crowd."),
  largestGainFall: said(figure, "Where that is."),
  room: said(figure, "All that may follow the strategy before its largest gain is 1; null where it forces nothing."),
  foldShock: said(orNull(figure), "Smallest outside fall at which the price jumps, with the crowd."),
});

/** What `insure --json` prints. */
export const insureSchema: JsonSchema = table({
  market: said(text, "The scenario's or the book's name."),
  asset: text,
  instrument: text,
  price: figure,
  floor: figure,
  horizon: figure,
  tick: figure,
  every: said(figure, "Strategies trade at multiples of this; 0: whenever the price moves."),
  sum: figure,
  crowd: said(figure, "What everybody else who does the same insures."),
  crowdOfDepth: figure,
  depth: said(figure, "What the market buys at once within -10 %, at the opening price."),
  volatility: said(figure, "Jumps left out."),
  jumpsPerYear: figure,
  jumpMean: figure,
  jumpDeviation: figure,
  drift: said(figure, "Growth of the expected price, jumps included."),
  multiplier: figure,
  leverage: figure,
  lasting: figure,
  seed: count,
  paths: count,
  confidence: said(number, "Share of 1 that the bands of paths cover."),
  strategies: listOf(strategy),
  leftOut: said(listOf(text), "Mechanisms of the scenario that take no part."),
  restsOn: listOf(table({ what: text, words: text, basis })),
});
