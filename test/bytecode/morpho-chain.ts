import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { MorphoMarket, MorphoPosition, SeizedOrRepaid } from "../../engine/src/exact/morpho-blue/index.js";
import { type Answer, addressOf, Chain, entry, fromHex, type Outcome, topic } from "./chain.js";

const require = createRequire(import.meta.url);
const folder = join(dirname(require.resolve("@morpho-org/morpho-blue/package.json")), "src");

interface CompilerOutput {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[];
  readonly contracts: Readonly<
    Record<string, Readonly<Record<string, { readonly evm: { readonly bytecode: { readonly object: string } } }>>>
  >;
}

/** A source and all that it imports, by their paths below `src`. */
function withImports(path: string, found = new Map<string, string>()): Map<string, string> {
  if (found.has(path)) return found;
  const source = readFileSync(join(folder, path), "utf8");
  found.set(path, source);
  for (const [, target] of source.matchAll(/(?:from|import) "(\.[^"]+)"/g))
    withImports(join(dirname(path), target), found);
  return found;
}

/** Creation code of Morpho and of the mocks that come with it, by the compiler that its pragma asks for. */
function compiled(): { morpho: Uint8Array; token: Uint8Array; oracle: Uint8Array } {
  const solc: { version(): string; compile(input: string): string } = require("solc");
  const contracts = { morpho: "Morpho", token: "mocks/ERC20Mock", oracle: "mocks/OracleMock" };
  const sources = new Map<string, string>();
  for (const path of Object.values(contracts)) withImports(`${path}.sol`, sources);
  const wanted = Object.values(contracts).map((path) => [`${path}.sol`, { "*": ["evm.bytecode.object"] }]);
  const output: CompilerOutput = JSON.parse(
    solc.compile(
      JSON.stringify({
        language: "Solidity",
        sources: Object.fromEntries([...sources].map(([path, content]) => [path, { content }])),
        settings: {
          optimizer: { enabled: true, runs: 200 },
          evmVersion: "paris",
          outputSelection: Object.fromEntries(wanted),
        },
      }),
    ),
  );
  const errors = output.errors?.filter(({ severity }) => severity === "error") ?? [];
  if (errors.length > 0) throw new Error(errors.map((error) => error.formattedMessage).join("\n"));
  const code = (path: string) =>
    fromHex(output.contracts[`${path}.sol`][path.split("/").at(-1) as string].evm.bytecode.object);
  return { morpho: code(contracts.morpho), token: code(contracts.token), oracle: code(contracts.oracle) };
}

/** A rate model that answers any call with the first word of its storage. */
const rateCode = fromHex("6000 54 6000 52 6020 6000 f3");

/** Slots of Morpho's and the token's storage, checked against their getters by a test. */
const MORPHO = { position: 2n, market: 3n };
const TOKEN = { balance: 1n };

const ALL = 1n << 220n;
const MARKET = "(address,address,address,address,uint256)";
const low = (value: bigint) => BigInt.asUintN(128, value);

/** All that the contract keeps of a market and its positions, and the tokens that it holds. */
export interface MorphoStanding {
  readonly market: MorphoMarket;
  readonly fee: bigint;
  readonly positions: ReadonlyMap<string, MorphoPosition>;
  readonly loanHeld: bigint;
  readonly collateralHeld: bigint;
}

/** Morpho from its source, with its own mock tokens and oracle; only the rate model is ours. One market at a time. */
export class MorphoChain {
  readonly chain: Chain;
  readonly #morpho: bigint;
  readonly #loan: bigint;
  readonly #collateral: bigint;
  readonly #oracle: bigint;
  readonly #rate = addressOf("rate model");
  readonly #owner = addressOf("owner");
  #market: readonly bigint[] = [];
  #id = 0n;

  private constructor(chain: Chain, at: Readonly<Record<"morpho" | "loan" | "collateral" | "oracle", bigint>>) {
    this.chain = chain;
    this.#morpho = at.morpho;
    this.#loan = at.loan;
    this.#collateral = at.collateral;
    this.#oracle = at.oracle;
  }

  /** Compiles and deploys; every party has more tokens than it can use and lets Morpho take them. */
  static async create(parties: readonly string[], feeRecipient: string): Promise<MorphoChain> {
    const code = compiled();
    const chain = await Chain.create();
    const owner = addressOf("owner");
    const morpho = await chain.deploy(code.morpho, owner, owner);
    const loan = await chain.deploy(code.token, owner);
    const collateral = await chain.deploy(code.token, owner);
    const oracle = await chain.deploy(code.oracle, owner);
    const made = new MorphoChain(chain, { morpho, loan, collateral, oracle });
    await chain.place(made.#rate, { code: rateCode, storage: new Map() });
    await chain.must(owner, morpho, "enableIrm(address)", made.#rate);
    await chain.must(owner, morpho, "setFeeRecipient(address)", addressOf(feeRecipient));
    for (const party of parties)
      for (const token of [loan, collateral]) {
        await chain.must(owner, token, "setBalance(address,uint256)", addressOf(party), ALL);
        await chain.must(addressOf(party), token, "approve(address,uint256)", morpho, ALL);
      }
    return made;
  }

  /** A new market at an LLTV. */
  async createMarket(lltv: bigint): Promise<void> {
    this.#market = [this.#loan, this.#collateral, this.#oracle, this.#rate, lltv];
    await this.chain.must(this.#owner, this.#morpho, "enableLltv(uint256)", lltv);
    const answer = await this.chain.call(this.#owner, this.#morpho, `createMarket(${MARKET})`, ...this.#market);
    if (answer.refused !== undefined) throw new Error(`no market: ${answer.refused}`);
    this.#id = answer.events[0].topics[1];
  }

  /** Loan units for a collateral unit, scaled by 1e36. */
  async setPrice(price: bigint): Promise<void> {
    await this.chain.must(this.#owner, this.#oracle, "setPrice(uint256)", price);
  }

  /** What the rate model answers from now on, wad a second. */
  async setRate(rate: bigint): Promise<void> {
    await this.chain.write(this.#rate, 0n, rate);
  }

  /** Puts a market and a position into the contract's storage, whatever they are, and tokens enough: for states that calls seldom lead to. */
  async write(market: MorphoMarket, fee: bigint, party: string, position: MorphoPosition): Promise<void> {
    const at = entry(MORPHO.market, this.#id);
    await this.chain.write(this.#morpho, at, market.totalSupplyAssets | (market.totalSupplyShares << 128n));
    await this.chain.write(this.#morpho, at + 1n, market.totalBorrowAssets | (market.totalBorrowShares << 128n));
    await this.chain.write(this.#morpho, at + 2n, market.lastUpdate | (fee << 128n));
    for (const token of [this.#loan, this.#collateral])
      await this.chain.write(token, entry(TOKEN.balance, this.#morpho), ALL);
    const of = entry(MORPHO.position, this.#id, addressOf(party));
    await this.chain.write(this.#morpho, of, position.supplyShares);
    await this.chain.write(this.#morpho, of + 1n, position.borrowShares | (position.collateral << 128n));
  }

  /** A call of Morpho; figures are the interest that it accrued first and, by their names, the words that it returned. */
  async #call(party: string, signature: string, values: readonly bigint[], names: readonly string[]): Promise<Outcome> {
    const at = addressOf(party);
    const answer = await this.chain.call(at, this.#morpho, signature, ...this.#market, ...values);
    return outcome(answer, names);
  }

  /** `setFee`, by the owner. */
  async setFee(fee: bigint): Promise<Outcome> {
    return this.#call("owner", `setFee(${MARKET},uint256)`, [fee], []);
  }

  async accrueInterest(): Promise<Outcome> {
    return this.#call("owner", `accrueInterest(${MARKET})`, [], []);
  }

  async supply(party: string, assets: bigint, shares: bigint): Promise<Outcome> {
    const values = [assets, shares, addressOf(party), 288n, 0n];
    return this.#call(party, `supply(${MARKET},uint256,uint256,address,bytes)`, values, ["assets", "shares"]);
  }

  async withdraw(party: string, assets: bigint, shares: bigint): Promise<Outcome> {
    const values = [assets, shares, addressOf(party), addressOf(party)];
    return this.#call(party, `withdraw(${MARKET},uint256,uint256,address,address)`, values, ["assets", "shares"]);
  }

  async borrow(party: string, assets: bigint, shares: bigint): Promise<Outcome> {
    const values = [assets, shares, addressOf(party), addressOf(party)];
    return this.#call(party, `borrow(${MARKET},uint256,uint256,address,address)`, values, ["assets", "shares"]);
  }

  async repay(party: string, assets: bigint, shares: bigint): Promise<Outcome> {
    const values = [assets, shares, addressOf(party), 288n, 0n];
    return this.#call(party, `repay(${MARKET},uint256,uint256,address,bytes)`, values, ["assets", "shares"]);
  }

  async supplyCollateral(party: string, assets: bigint): Promise<Outcome> {
    const values = [assets, addressOf(party), 256n, 0n];
    return this.#call(party, `supplyCollateral(${MARKET},uint256,address,bytes)`, values, []);
  }

  async withdrawCollateral(party: string, assets: bigint): Promise<Outcome> {
    const values = [assets, addressOf(party), addressOf(party)];
    return this.#call(party, `withdrawCollateral(${MARKET},uint256,address,address)`, values, []);
  }

  /** `liquidate`; the figures are those of its event. */
  async liquidate(liquidator: string, borrower: string, asked: SeizedOrRepaid): Promise<Outcome> {
    const values = [addressOf(borrower), asked.seizedAssets, asked.repaidShares, 288n, 0n];
    const signature = `liquidate(${MARKET},address,uint256,uint256,bytes)`;
    const answer = await this.chain.call(addressOf(liquidator), this.#morpho, signature, ...this.#market, ...values);
    const accrued = outcome(answer, ["seizedAssets", "repaidAssets"]);
    if (accrued.refused !== undefined || answer.refused !== undefined) return accrued;
    const told = answer.events.find(({ topics }) => topics[0] === LIQUIDATE);
    if (told === undefined) throw new Error("a liquidation without its event");
    const [repaidAssets, repaidShares, seizedAssets, badDebtAssets, badDebtShares] = told.words;
    if (repaidAssets !== accrued.figures.repaidAssets || seizedAssets !== accrued.figures.seizedAssets)
      throw new Error("the event says something else than the call");
    return { figures: { ...accrued.figures, repaidShares, badDebtAssets, badDebtShares } };
  }

  /** All that the contracts keep. */
  async standing(parties: readonly string[]): Promise<MorphoStanding> {
    const at = entry(MORPHO.market, this.#id);
    const supplied = await this.chain.read(this.#morpho, at);
    const borrowed = await this.chain.read(this.#morpho, at + 1n);
    const updated = await this.chain.read(this.#morpho, at + 2n);
    const positions = new Map<string, MorphoPosition>();
    for (const party of parties) {
      const position = entry(MORPHO.position, this.#id, addressOf(party));
      const owed = await this.chain.read(this.#morpho, position + 1n);
      positions.set(party, {
        supplyShares: await this.chain.read(this.#morpho, position),
        borrowShares: low(owed),
        collateral: owed >> 128n,
      });
    }
    return {
      market: {
        totalSupplyAssets: low(supplied),
        totalSupplyShares: supplied >> 128n,
        totalBorrowAssets: low(borrowed),
        totalBorrowShares: borrowed >> 128n,
        lastUpdate: low(updated),
      },
      fee: updated >> 128n,
      positions,
      loanHeld: await this.chain.read(this.#loan, entry(TOKEN.balance, this.#morpho)),
      collateralHeld: await this.chain.read(this.#collateral, entry(TOKEN.balance, this.#morpho)),
    };
  }

  /** The same by the contracts' own getters: slower, for the check that the slots are the right ones. */
  async standingByGetters(parties: readonly string[]): Promise<MorphoStanding> {
    const ask = (contract: bigint, signature: string, ...values: readonly bigint[]) =>
      this.chain.must(0n, contract, signature, ...values);
    const [totalSupplyAssets, totalSupplyShares, totalBorrowAssets, totalBorrowShares, lastUpdate, fee] = await ask(
      this.#morpho,
      "market(bytes32)",
      this.#id,
    );
    const positions = new Map<string, MorphoPosition>();
    for (const party of parties) {
      const words = await ask(this.#morpho, "position(bytes32,address)", this.#id, addressOf(party));
      positions.set(party, { supplyShares: words[0], borrowShares: words[1], collateral: words[2] });
    }
    return {
      market: { totalSupplyAssets, totalSupplyShares, totalBorrowAssets, totalBorrowShares, lastUpdate },
      fee,
      positions,
      loanHeld: (await ask(this.#loan, "balanceOf(address)", this.#morpho))[0],
      collateralHeld: (await ask(this.#collateral, "balanceOf(address)", this.#morpho))[0],
    };
  }
}

const ACCRUE = topic("AccrueInterest(bytes32,uint256,uint256,uint256)");
const LIQUIDATE = topic("Liquidate(bytes32,address,address,uint256,uint256,uint256,uint256,uint256)");

/** The interest and the fee's shares from the event of an accrual, where there was one, and the words returned. */
function outcome(answer: Answer, names: readonly string[]): Outcome {
  if (answer.refused !== undefined) return { refused: answer.refused };
  const accrual = answer.events.find(({ topics }) => topics[0] === ACCRUE);
  const returned = names.map((name, index) => [name, answer.words[index]]);
  return {
    figures: {
      interest: accrual?.words[1] ?? 0n,
      feeShares: accrual?.words[2] ?? 0n,
      ...Object.fromEntries(returned),
    },
  };
}
