import {
  type BreakerLevel,
  CLIPPER,
  leastTab,
  type MakerParameters,
  type MakerState,
  VOW,
  vaultOf,
} from "../../engine/src/exact/maker/index.js";
import { RAY } from "../../engine/src/exact/scales.js";
import {
  type Answer,
  addressOf,
  Chain,
  type Event,
  entry,
  type Figures,
  fromHex,
  type Outcome,
  text,
  topic,
} from "./chain.js";
import { addressBook, contractsAt } from "./snapshot.js";

/** Pays whoever buys with its help, out of its own DAI, and keeps the collateral: the counterpart of a flash purchase. */
export const EXCHANGE = "exchange";

const selector = (signature: string) => (topic(signature) >> 224n).toString(16).padStart(8, "0");

/**
 * A price source with the answers of Maker's delayed oracle: `peek()` the words 0 and 1 of its storage, anything else (`peep()`) the words 2 and 3: a price, and
 * whether there is one.
 */
const oracleCode = fromHex(
  [
    `60003560e01c 63${selector("peek()")} 14`, // is it peek()?
    "15 6001 1b", // first word to answer: 0 if so, else 2
    "80 54 6000 52", // that word
    "6001 01 54 6020 52", // and the next
    "6040 6000 f3",
  ].join(""),
);

/** On any call (`clipperCall(sender, owe, ...)`): `Vat.move(this, sender, owe)`, refused where that is. */
const exchangeCode = (vat: bigint) =>
  fromHex(
    [
      `63${selector("move(address,address,uint256)")} 60e0 1b 6000 52`,
      "30 6004 52", // this
      "6004 35 6024 52", // sender
      "6024 35 6044 52", // owe
      `6000 6000 6064 6000 6000 73${vat.toString(16).padStart(40, "0")} 5a f1`,
      "6044 57 6000 6000 fd 5b 00",
    ].join(""),
  );

/** Slots of the contracts' storage, checked against their getters by a test. */
const VAT = { ilks: 2n, urns: 3n, gem: 4n, dai: 5n, sin: 6n, debt: 7n };
const DOG = { ilks: 1n, Dirt: 5n };
const CLIP = { chost: 9n, kicks: 10n, sales: 12n, stopped: 14n };
const MOM = { locked: 2n };
const JUG = { ilks: 1n };

/** The collateral types whose auctions the snapshot has: ETH-B falls linearly, ETH-C in steps. */
const ilkOf = (parameters: MakerParameters) => (parameters.priceCurve.kind === "linear" ? "ETH-B" : "ETH-C");

/** The deployed Vat, Spotter, Jug, Vow, Dog, ClipperMom, and the Clipper and price curve of one collateral type. Only the price source is ours. */
export class MakerChain {
  readonly chain: Chain;
  readonly #at: Readonly<Record<string, bigint>>;
  readonly #oracle = addressOf("oracle");
  #ilk = 0n;
  #clipper = 0n;
  #curve = 0n;

  private constructor(chain: Chain, at: Readonly<Record<string, bigint>>) {
    this.chain = chain;
    this.#at = at;
  }

  /** The contracts from the snapshot, with our price source for both collateral types, no wait in the Vow's queue and no bound on all debt. */
  static async create(parties: readonly string[]): Promise<MakerChain> {
    const at = addressBook();
    const chain = await Chain.create();
    const names = ["MCD_VAT", "MCD_SPOT", "MCD_JUG", "MCD_VOW", "MCD_DOG", "CLIPPER_MOM"];
    for (const ilk of ["ETH_B", "ETH_C"]) names.push(`MCD_CLIP_${ilk}`, `MCD_CLIP_CALC_${ilk}`);
    for (const [address, contract] of contractsAt(names.map((name) => at[name]))) await chain.place(address, contract);
    const maker = new MakerChain(chain, at);
    await chain.place(maker.#oracle, { code: oracleCode, storage: new Map() });
    await chain.place(maker.address(EXCHANGE), { code: exchangeCode(at.MCD_VAT), storage: new Map() });
    for (const ilk of ["ETH-B", "ETH-C"])
      await maker.#file("MCD_SPOT", "bytes32,bytes32,address", text(ilk), text("pip"), maker.#oracle);
    await maker.#file("MCD_VAT", "bytes32,uint256", text("Line"), 1n << 200n);
    await maker.#file("MCD_VOW", "bytes32,uint256", text("wait"), 0n);
    for (const party of parties)
      for (const ilk of ["ETH_B", "ETH_C"])
        await chain.must(maker.address(party), at.MCD_VAT, "hope(address)", at[`MCD_CLIP_${ilk}`]);
    return maker;
  }

  /** The address of a party. */
  address(party: string): bigint {
    if (party === VOW) return this.#at.MCD_VOW;
    return party === CLIPPER ? this.#clipper : addressOf(party);
  }

  /** Calls a contract in the name of its governance. */
  async #govern(contract: bigint, signature: string, ...values: readonly bigint[]): Promise<void> {
    await this.chain.must(this.#at.MCD_PAUSE_PROXY, contract, signature, ...values);
  }

  async #file(name: string, types: string, ...values: readonly bigint[]): Promise<void> {
    await this.#govern(this.#at[name], `file(${types})`, ...values);
  }

  /** Sets every parameter as governance does, by `file`. Fees have to be accrued up to now. */
  async setParameters(parameters: MakerParameters): Promise<void> {
    const name = ilkOf(parameters);
    const ilk = text(name);
    this.#ilk = ilk;
    this.#clipper = this.#at[`MCD_CLIP_${name.replace("-", "_")}`];
    this.#curve = this.#at[`MCD_CLIP_CALC_${name.replace("-", "_")}`];
    const ofIlk = "bytes32,bytes32,uint256";
    const ofAll = "bytes32,uint256";
    await this.#file("MCD_VAT", ofIlk, ilk, text("line"), parameters.debtCeiling);
    await this.#file("MCD_VAT", ofIlk, ilk, text("dust"), parameters.dust);
    await this.#file("MCD_SPOT", ofIlk, ilk, text("mat"), parameters.liquidationRatio);
    await this.#file("MCD_SPOT", ofAll, text("par"), parameters.targetPrice);
    await this.chain.must(0n, this.#at.MCD_JUG, "drip(bytes32)", ilk);
    await this.#file("MCD_JUG", ofIlk, ilk, text("duty"), parameters.feePerSecond);
    await this.#file("MCD_DOG", ofAll, text("Hole"), parameters.globalAuctionLimit);
    await this.#file("MCD_DOG", ofIlk, ilk, text("hole"), parameters.auctionLimit);
    await this.#file("MCD_DOG", ofIlk, ilk, text("chop"), parameters.liquidationPenalty);
    const auctions = {
      buf: parameters.startPriceFactor,
      tail: parameters.resetAfterSeconds,
      cusp: parameters.resetBelowShare,
      chip: parameters.incentiveShare,
      tip: parameters.incentiveFlat,
    };
    for (const [key, value] of Object.entries(auctions))
      await this.#govern(this.#clipper, `file(${ofAll})`, text(key), value);
    await this.chain.must(0n, this.#clipper, "upchost()");
    await this.setCurve(parameters);
    await this.#govern(
      this.#at.CLIPPER_MOM,
      "setPriceTolerance(address,uint256)",
      this.#clipper,
      parameters.breakerTolerance,
    );
  }

  /** Vat `dust`, and Clipper `chost` that follows from it. */
  async setDust(dust: bigint): Promise<void> {
    await this.#file("MCD_VAT", "bytes32,bytes32,uint256", this.#ilk, text("dust"), dust);
    await this.chain.must(0n, this.#clipper, "upchost()");
  }

  /** Clipper `cusp`. */
  async setResetBelowShare(share: bigint): Promise<void> {
    await this.#govern(this.#clipper, "file(bytes32,uint256)", text("cusp"), share);
  }

  /** Takes the fees out again that a collateral type without debt has gathered: Vat `fold`. */
  async resetRate(): Promise<void> {
    const { MCD_VAT: vat, MCD_VOW: vow } = this.#at;
    const [, rate] = await this.chain.must(0n, vat, "ilks(bytes32)", this.#ilk);
    await this.#govern(vat, "fold(bytes32,address,int256)", this.#ilk, vow, RAY - rate);
  }

  /** Sets the price curve. The snapshot holds no ExponentialDecrease; it is StairstepExponentialDecrease with steps of one second. */
  async setCurve({ priceCurve }: MakerParameters): Promise<void> {
    const figures: Record<string, bigint> =
      priceCurve.kind === "linear"
        ? { tau: priceCurve.seconds }
        : { cut: priceCurve.cut, step: priceCurve.kind === "stairstep" ? priceCurve.step : 1n };
    for (const [key, value] of Object.entries(figures))
      await this.#govern(this.#curve, "file(bytes32,uint256)", text(key), value);
  }

  /** What the price source says: now, and after the next poke; null where it says nothing. */
  async setPrice(current: bigint | null, next: bigint | null): Promise<void> {
    const words = [current ?? 0n, current === null ? 0n : 1n, next ?? 0n, next === null ? 0n : 1n];
    for (const [slot, value] of words.entries()) await this.chain.write(this.#oracle, BigInt(slot), value);
  }

  /** Spotter `poke`. */
  async pokeSafetyPrice(): Promise<Outcome> {
    return outcome(await this.chain.call(0n, this.#at.MCD_SPOT, "poke(bytes32)", this.#ilk), () => ({}));
  }

  /** Jug `drip`. */
  async accrueFees(): Promise<Outcome> {
    return outcome(await this.chain.call(0n, this.#at.MCD_JUG, "drip(bytes32)", this.#ilk), ({ words }) => ({
      rate: words[0],
    }));
  }

  /** Vat `slip`, as a join calls it. */
  async joinCollateral(party: string, units: bigint): Promise<Outcome> {
    const { MCD_VAT: vat, MCD_PAUSE_PROXY: governance } = this.#at;
    const signature = "slip(bytes32,address,int256)";
    return outcome(
      await this.chain.call(governance, vat, signature, this.#ilk, this.address(party), units),
      () => ({}),
    );
  }

  /** Vat `suck`: DAI for a party, made against the Vow's debt. */
  async payFromVow(party: string, rad: bigint): Promise<Outcome> {
    const { MCD_VAT: vat, MCD_PAUSE_PROXY: governance, MCD_VOW: vow } = this.#at;
    const signature = "suck(address,address,uint256)";
    return outcome(await this.chain.call(governance, vat, signature, vow, this.address(party), rad), () => ({}));
  }

  /** Vat `frob`, by the vault's owner. */
  async adjustVault(owner: string, collateral: bigint, normalisedDebt: bigint): Promise<Outcome> {
    const u = this.address(owner);
    const signature = "frob(bytes32,address,address,address,int256,int256)";
    return outcome(
      await this.chain.call(u, this.#at.MCD_VAT, signature, this.#ilk, u, u, u, collateral, normalisedDebt),
      () => ({}),
    );
  }

  /** Dog `bark`; the numbers from the events of Dog and Clipper. */
  async bark(vault: string, keeper: string): Promise<Outcome> {
    const signature = "bark(bytes32,address,address)";
    const answer = await this.chain.call(
      this.address(keeper),
      this.#at.MCD_DOG,
      signature,
      this.#ilk,
      this.address(vault),
      this.address(keeper),
    );
    return outcome(answer, ({ words, events }) => {
      const barked = one(events, "Bark(bytes32,address,uint256,uint256,uint256,address,uint256)");
      const kicked = one(events, "Kick(uint256,uint256,uint256,uint256,address,address,uint256)");
      return {
        auction: words[0],
        collateral: barked.words[0],
        normalisedDebt: barked.words[1],
        debt: barked.words[2],
        startPrice: kicked.words[0],
        tab: kicked.words[1],
        lot: kicked.words[2],
        incentive: kicked.words[3],
      };
    });
  }

  /** Clipper `getStatus`. */
  async status(auction: bigint): Promise<Figures> {
    const [needsReset, price, lot, tab] = await this.chain.must(0n, this.#clipper, "getStatus(uint256)", auction);
    return { needsReset, price, lot, tab };
  }

  /** The price curve's `price(top, seconds)`. */
  async curvePrice(startPrice: bigint, seconds: bigint): Promise<bigint> {
    const [price] = await this.chain.must(0n, this.#curve, "price(uint256,uint256)", startPrice, seconds);
    return price;
  }

  /** Clipper `redo`. */
  async redo(auction: bigint, keeper: string): Promise<Outcome> {
    const account = this.address(keeper);
    const answer = await this.chain.call(account, this.#clipper, "redo(uint256,address)", auction, account);
    return outcome(answer, ({ events }) => {
      const { words } = one(events, "Redo(uint256,uint256,uint256,uint256,address,address,uint256)");
      return { startPrice: words[0], tab: words[1], lot: words[2], incentive: words[3] };
    });
  }

  /** Clipper `take`; `lotBefore` is what the slice is told from. With the exchange's help the collateral goes there and the DAI comes from there. */
  async take(purchase: {
    readonly auction: bigint;
    readonly amount: bigint;
    readonly maximumPrice: bigint;
    readonly buyer: string;
    readonly throughExchange: boolean;
    readonly lotBefore: bigint;
  }): Promise<Outcome> {
    const { auction, amount, maximumPrice, buyer, throughExchange, lotBefore } = purchase;
    const who = this.address(throughExchange ? EXCHANGE : buyer);
    // the last argument is bytes: none, or one word of nothing, which makes the Clipper call `who`
    const payload = throughExchange ? [160n, 32n, 0n] : [160n, 0n];
    const answer = await this.chain.call(
      this.address(buyer),
      this.#clipper,
      "take(uint256,uint256,uint256,address,bytes)",
      auction,
      amount,
      maximumPrice,
      who,
      ...payload,
    );
    return outcome(answer, ({ events }) => {
      const { words } = one(events, "Take(uint256,uint256,uint256,uint256,uint256,uint256,address)");
      return { price: words[1], owed: words[2], tabLeft: words[3], lotLeft: words[4], slice: lotBefore - words[4] };
    });
  }

  /** Vow `heal`, after the debt of the seconds of these liquidations has left the Vow's queue (`flog`), which the exact engine does not keep. */
  async heal(rad: bigint, queued: readonly bigint[]): Promise<Outcome> {
    for (const second of new Set(queued)) await this.chain.must(0n, this.#at.MCD_VOW, "flog(uint256)", second);
    return outcome(await this.chain.call(0n, this.#at.MCD_VOW, "heal(uint256)", rad), () => ({}));
  }

  /** ClipperMom `setBreaker`, in the name of its owner. */
  async setBreaker(level: bigint, lockSeconds: bigint): Promise<Outcome> {
    const signature = "setBreaker(address,uint256,uint256)";
    const { MCD_PAUSE_PROXY: owner, CLIPPER_MOM: mom } = this.#at;
    return outcome(await this.chain.call(owner, mom, signature, this.#clipper, level, lockSeconds), () => ({}));
  }

  /** ClipperMom `tripBreaker`. */
  async tripBreaker(): Promise<Outcome> {
    return outcome(await this.chain.call(0n, this.#at.CLIPPER_MOM, "tripBreaker(address)", this.#clipper), () => ({}));
  }

  /** All that the contracts keep about these parties and the auctions up to a number. */
  async standing(parties: readonly string[], auctions: bigint): Promise<Figures> {
    const { MCD_VAT: vat, MCD_DOG: dog, MCD_VOW: vow, MCD_JUG: jug, CLIPPER_MOM: mom } = this.#at;
    const read = (contract: bigint, slot: bigint) => this.chain.read(contract, slot);
    const ilk = entry(VAT.ilks, this.#ilk);
    const figures: Record<string, bigint> = {
      normalisedDebt: await read(vat, ilk),
      rate: await read(vat, ilk + 1n),
      safetyPrice: await read(vat, ilk + 2n),
      vowDebt: await read(vat, entry(VAT.sin, vow)),
      daiSupply: await read(vat, VAT.debt),
      feesAccruedAt: await read(jug, entry(JUG.ilks, this.#ilk) + 1n),
      globalDebtAtAuction: await read(dog, DOG.Dirt),
      debtAtAuction: await read(dog, entry(DOG.ilks, this.#ilk) + 3n),
      leastTab: await read(this.#clipper, CLIP.chost),
      auctionsStarted: await read(this.#clipper, CLIP.kicks),
      stopped: await read(this.#clipper, CLIP.stopped),
      breakerLockedUntil: await read(mom, entry(MOM.locked, this.#clipper)),
    };
    for (const party of parties) {
      const address = this.address(party);
      const urn = entry(VAT.urns, this.#ilk, address);
      figures[`${party}: locked`] = await read(vat, urn);
      figures[`${party}: debt`] = await read(vat, urn + 1n);
      figures[`${party}: collateral`] = await read(vat, entry(VAT.gem, this.#ilk, address));
      figures[`${party}: DAI`] = await read(vat, entry(VAT.dai, address));
    }
    for (let auction = 1n; auction <= auctions; auction++) {
      const sale = entry(CLIP.sales, auction);
      const usrAndTic = await read(this.#clipper, sale + 3n);
      figures[`auction ${auction}: tab`] = await read(this.#clipper, sale + 1n);
      figures[`auction ${auction}: lot`] = await read(this.#clipper, sale + 2n);
      figures[`auction ${auction}: vault`] = BigInt.asUintN(160, usrAndTic);
      figures[`auction ${auction}: startedAt`] = usrAndTic >> 160n;
      figures[`auction ${auction}: startPrice`] = await read(this.#clipper, sale + 4n);
    }
    return figures;
  }

  /** The same numbers by the contracts' own getters: slower, for the check that the slots are the right ones. */
  async standingByGetters(party: string, auction: bigint): Promise<Figures> {
    const { MCD_VAT: vat, MCD_DOG: dog, MCD_VOW: vow, MCD_JUG: jug, CLIPPER_MOM: mom } = this.#at;
    const ask = (contract: bigint, signature: string, ...values: readonly bigint[]) =>
      this.chain.must(0n, contract, signature, ...values);
    const address = this.address(party);
    const ilk = await ask(vat, "ilks(bytes32)", this.#ilk);
    const urn = await ask(vat, "urns(bytes32,address)", this.#ilk, address);
    const sale = await ask(this.#clipper, "sales(uint256)", auction);
    return {
      normalisedDebt: ilk[0],
      rate: ilk[1],
      safetyPrice: ilk[2],
      vowDebt: (await ask(vat, "sin(address)", vow))[0],
      daiSupply: (await ask(vat, "debt()"))[0],
      feesAccruedAt: (await ask(jug, "ilks(bytes32)", this.#ilk))[1],
      globalDebtAtAuction: (await ask(dog, "Dirt()"))[0],
      debtAtAuction: (await ask(dog, "ilks(bytes32)", this.#ilk))[3],
      leastTab: (await ask(this.#clipper, "chost()"))[0],
      auctionsStarted: (await ask(this.#clipper, "kicks()"))[0],
      stopped: (await ask(this.#clipper, "stopped()"))[0],
      breakerLockedUntil: (await ask(mom, "locked(address)", this.#clipper))[0],
      [`${party}: locked`]: urn[0],
      [`${party}: debt`]: urn[1],
      [`${party}: collateral`]: (await ask(vat, "gem(bytes32,address)", this.#ilk, address))[0],
      [`${party}: DAI`]: (await ask(vat, "dai(address)", address))[0],
      [`auction ${auction}: tab`]: sale[1],
      [`auction ${auction}: lot`]: sale[2],
      [`auction ${auction}: vault`]: sale[3],
      [`auction ${auction}: startedAt`]: sale[4],
      [`auction ${auction}: startPrice`]: sale[5],
    };
  }
}

/** The same numbers from a state of the exact engine. */
export function standingOf(
  parameters: MakerParameters,
  state: MakerState,
  parties: readonly string[],
  address: (party: string) => bigint,
): Figures {
  const figures: Record<string, bigint> = {
    normalisedDebt: state.normalisedDebt,
    rate: state.rate,
    safetyPrice: state.safetyPrice,
    vowDebt: state.vowDebt,
    daiSupply: state.daiSupply,
    feesAccruedAt: state.feesAccruedAt,
    globalDebtAtAuction: state.globalDebtAtAuction,
    debtAtAuction: state.debtAtAuction,
    leastTab: leastTab(parameters),
    auctionsStarted: state.auctionsStarted,
    stopped: BigInt(state.stopped),
    breakerLockedUntil: state.breakerLockedUntil,
  };
  for (const party of parties) {
    const vault = vaultOf(state, party);
    figures[`${party}: locked`] = vault.collateral;
    figures[`${party}: debt`] = vault.normalisedDebt;
    figures[`${party}: collateral`] = state.collateral.get(party) ?? 0n;
    figures[`${party}: DAI`] = state.dai.get(party) ?? 0n;
  }
  for (let auction = 1n; auction <= state.auctionsStarted; auction++) {
    const running = state.auctions.get(auction);
    figures[`auction ${auction}: tab`] = running?.tab ?? 0n;
    figures[`auction ${auction}: lot`] = running?.lot ?? 0n;
    figures[`auction ${auction}: vault`] = running === undefined ? 0n : address(running.vault);
    figures[`auction ${auction}: startedAt`] = running?.startedAt ?? 0n;
    figures[`auction ${auction}: startPrice`] = running?.startPrice ?? 0n;
  }
  return figures;
}

/** A state of the exact engine that agrees with a chain on which nothing of this collateral type has happened yet. */
export function begunFrom(now: bigint, standing: Figures, empty: MakerState): MakerState {
  if (standing.normalisedDebt !== 0n || standing.auctionsStarted !== 0n)
    throw new Error("the snapshot's collateral type has been used");
  return {
    ...empty,
    now,
    rate: standing.rate,
    safetyPrice: standing.safetyPrice,
    feesAccruedAt: standing.feesAccruedAt,
    vowDebt: standing.vowDebt,
    daiSupply: standing.daiSupply,
    stopped: Number(standing.stopped) as BreakerLevel,
    breakerLockedUntil: standing.breakerLockedUntil,
    dai: new Map([[VOW, standing[`${VOW}: DAI`]]]),
  };
}

function outcome(answer: Answer, figures: (answer: Exclude<Answer, { refused: string }>) => Figures): Outcome {
  return answer.refused === undefined ? { figures: figures(answer) } : { refused: answer.refused };
}

function one(events: readonly Event[], signature: string): Event {
  const [found, ...more] = events.filter(({ topics }) => topics[0] === topic(signature));
  if (found === undefined || more.length > 0) throw new Error(`not exactly one ${signature.split("(")[0]}`);
  return found;
}
