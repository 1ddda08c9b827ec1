import type { Mechanism } from "../../run/index.js";
import { amountFaults } from "../amounts.js";
import type { CheckContext, Fault } from "../definition.js";
import { define } from "../definition.js";
import { oneAccountFalls } from "../demonstrations.js";
import { gateKeepers } from "./keepers-gate.js";
import { type KeeperRows, openKeepers, resetKeepers } from "./keepers-rows.js";
import { type KeepersParams, keepersSchema } from "./keepers-schema.js";
import { settleKeepers } from "./keepers-settle.js";
import { unwindKeepers } from "./keepers-unwind.js";

/**
 * Keepers: who takes standing liquidations, and only where it pays (docs/model.md). In `gate` every order that no guard before holds is quoted on the
 * round's merged depth, orders taken before included, less gas; the first keeper whose threshold it meets takes it, whole or the part that pays most; the
 * rest is held and becomes bad debt in time. An atomic swap that would lose in the round's batch reverts and the order stands on; collateral that is kept
 * (routes `hold`, `hedge`) is paid from capital and unwound by the keeper's own trades, at a profit or a loss. One guard holds all keepers that compete.
 *
 * It claims "a deeper book never has more bad debt" only where everything is liquidated: keepers who wait save an account the bonus that a liquidation
 * pays, so a book that is a little deeper can end with more bad debt (8 of 364 random shocks).
 */
export function keepers(name: string, params: KeepersParams): Mechanism<KeeperRows> {
  return {
    name,
    open: (book, layout) => openKeepers(name, params, book, layout),
    reset: resetKeepers,
    gate(rows, at): void {
      unwindKeepers(rows, at);
      gateKeepers(rows, at);
    },
    settle: settleKeepers,
  };
}

function check(params: KeepersParams, { book, tickMs }: CheckContext): readonly Fault[] {
  const faults: Fault[] = [];
  params.keepers.forEach((keeper, index) => {
    const key = (name: string) => (params.keepers.length === 1 ? name : `keepers[${index}].${name}`);
    const asset = book.assets.find((one) => one.symbol === keeper.capital.asset);
    if (asset !== undefined) faults.push(...amountFaults(keeper.capital, asset, key("capital")));
    for (const name of ["latencyMs", "unwindMs"] as const) {
      if (keeper[name] % tickMs === 0) continue;
      faults.push({
        code: "duration-no-multiple",
        key: key(name.slice(0, -2)),
        message: `${keeper[name]} ms is no whole number of ticks of ${tickMs} ms`,
        hint: "write a multiple of clock.tick",
      });
    }
    const hedge = book.instruments.find((one) => one.id === keeper.hedge);
    if (keeper.route === "hedge" && hedge?.market !== "perpetual") {
      faults.push({
        code: "kind-wrong",
        key: key("hedge"),
        message: `the route hedge sells a perpetual, and ${keeper.hedge ?? "no instrument"} is none`,
        hint: "name a perpetual instrument of the book",
      });
    }
  });
  return faults;
}

export const keepersDefinition = define<KeepersParams>({
  kind: "keepers",
  part: "guards",
  summary: "Keepers with capital, gas, latency and a threshold: a liquidation that does not pay is not done.",
  source:
    "VALIDATION.md, model 9 (largest profitable liquidation against depth); docs/model.md (the life of a liquidation)",
  schema: keepersSchema,
  create: (name, params) => keepers(name, params),
  references: (params) => {
    const usesGas = params.keepers.some((keeper) => keeper.gas > 0);
    return [
      ...(usesGas ? [{ key: "gasAsset", kind: "asset" as const, name: params.gasAsset }] : []),
      ...params.keepers.map(({ capital }) => ({ key: "capital", kind: "asset" as const, name: capital.asset })),
      ...params.keepers.flatMap(({ hedge }) =>
        hedge === undefined ? [] : [{ key: "hedge", kind: "instrument" as const, name: hedge }],
      ),
    ];
  },
  check,
  // No account's bonus reaches 10,000 USD: nobody liquidates them.
  demonstration: {
    scenario: oneAccountFalls({
      guards: [{ name: "keepers", kind: "keepers", capital: "0 USD", leastProfit: "10000 USD" }],
    }),
    subject: "keepers",
    measure: "liquidatedAccounts",
    off: "rises",
  },
});
