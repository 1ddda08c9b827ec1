import { z } from "zod";
import { type Book, quantity } from "../../../book/index.js";
import { card, presets } from "../../../exact/ajna/index.js";
import { AjnaRule } from "../../../rules/ajna.js";
import { define, type Market } from "../../definition.js";
import { oneAccountFalls } from "../../demonstrations.js";
import { lending } from "../lending/mechanism.js";
import { AjnaAuctions } from "./ajna-auctions.js";
import { AjnaLadder } from "./ajna-ladder.js";
import { type AjnaParams, checkAjna, fillAjna, lendingTermsOf, poolTerms } from "./ajna-terms.js";
import { marketKey, protocolShape } from "./shape.js";

const markets: readonly Market[] = presets.map(({ name, asOf, source }) => ({ name, asOf, source }));

const schema = z
  .strictObject({
    ...protocolShape("ajna"),
    oracle: z
      .string()
      .default("spot")
      .describe("Oracle whose prices lenders follow and losses are counted at; the pool itself reads none."),
    market: marketKey(markets),
    collateral: z.string().optional().describe("The pool's collateral; by default what accounts hold."),
    quote: z.string().optional().describe("The pool's quote token; by default what accounts owe."),
    deposits: z
      .array(
        z.strictObject({
          price: quantity
            .price()
            .describe("What its lenders lend against one coin: the bucket at or below this price."),
          amount: quantity.amount().describe("Quote tokens in it."),
        }),
      )
      .min(1)
      .describe("Lenders' deposits by price; together at least what accounts owe."),
    lenders: z
      .strictObject({
        follow: z
          .boolean()
          .default(true)
          .describe("Lenders move deposits with the oracle's price, each at its own distance; without it they stay."),
        delay: quantity.duration().default(0).describe("From a price to their moves; whole ticks, one more at least."),
      })
      .prefault({})
      .describe("What lenders do: nothing else moves the lowest utilised price but interest and losses."),
    reserves: quantity.amount().optional().describe("The pool's own quote tokens beside deposits (nothing)."),
    interest: quantity
      .share({ bare: true, most: 10 })
      .optional()
      .describe("Interest per year on debt, from which neutral price and bond follow too (the market's, or 5 %)."),
  })
  .transform(
    ({ protocol: _, interest, lenders, ...params }): AjnaParams => ({
      ...params,
      lenders: { follow: lenders.follow, delayMs: lenders.delay },
      ...(interest === undefined ? {} : { interestPerYear: interest }),
    }),
  );

/** An auction starts at 256 times its reference and is down at it after six hours (`auctionPrice`). */
const referenceAfterMs = 6 * 3_600_000;

function create(name: string, params: AjnaParams) {
  // Made when the rule meets its book; what runs keeps the one made for it.
  let rule: AjnaRule;
  let book: Book;
  return lending(name, lendingTermsOf(params), {
    saleDelayMs: referenceAfterMs,
    rule: (base, of) => {
      const asset = (symbol: string | undefined) => of.assets.findIndex((one) => one.symbol === symbol);
      book = of;
      rule = new AjnaRule(asset(params.collateral), asset(params.quote));
      return { ...base, protocol: rule };
    },
    disposal: () => new AjnaAuctions(rule, poolTerms(params, book)),
    ladder: (breaching, rows) => {
      const opening = book.assets[rule.collateral].priceUsd / book.assets[rule.quote].priceUsd;
      return new AjnaLadder(breaching, rows, rule, poolTerms(params, book), opening);
    },
  });
}

export const ajnaDefinition = define<AjnaParams>({
  kind: "ajna",
  part: "pressure",
  protocol: card,
  markets,
  summary:
    "Ajna: loans are kicked at the price that lenders still lend at, sold in auctions by the clock, and settled at lenders' cost after 72 hours.",
  source:
    "ajna-finance/ajna-core 0f59e780, KickerActions._kick, TakerActions.take, SettlerActions.settlePoolDebt, PoolHelper._auctionPrice, _bpf",
  schema,
  fill: fillAjna,
  check: checkAjna,
  create,
  references: (params) => [
    { key: "positions", kind: "positions", name: params.positions },
    { key: "oracle", kind: "oracle", name: params.oracle },
    ...(["collateral", "quote"] as const).flatMap((key) => {
      const name = params[key];
      return name === undefined ? [] : [{ key, kind: "asset" as const, name }];
    }),
    ...params.deposits.flatMap(({ amount }, index) => [
      { key: `deposits[${index}].amount`, kind: "asset" as const, name: amount.asset },
    ]),
  ],
  demonstration: {
    scenario: oneAccountFalls({
      clock: { tick: "5 min", duration: "12 h" },
      pressure: {
        lender: {
          protocol: "ajna",
          deposits: [
            { price: "1900 USD", amount: "250000 USD" },
            { price: "1700 USD", amount: "150000 USD" },
          ],
        },
      },
    }),
    subject: "lender",
    measure: "liquidatedAccounts",
    off: "falls",
  },
});
