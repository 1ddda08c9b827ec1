import { Common, Hardfork, Mainnet } from "@ethereumjs/common";
import { createEVM, type EVM } from "@ethereumjs/evm";
import { SimpleStateManager } from "@ethereumjs/statemanager";
import { Account, type Address, bytesToBigInt, createAddressFromBigInt, createZeroAddress } from "@ethereumjs/util";
import { keccak_256 } from "@noble/hashes/sha3.js";

/** What a contract answered: its words and its events, or the reason for which it refused. */
export type Answer =
  | { readonly refused?: undefined; readonly words: readonly bigint[]; readonly events: readonly Event[] }
  | { readonly refused: string };

/** An event: who emitted it, its topics, its words. The first topic is the hash of its signature. */
export interface Event {
  readonly from: bigint;
  readonly topics: readonly bigint[];
  readonly words: readonly bigint[];
}

/** Numbers by name; the same names on both sides of a comparison. */
export type Figures = Readonly<Record<string, bigint>>;

/** What a call of the contracts came to. */
export type Outcome = { readonly refused: string } | { readonly refused?: undefined; readonly figures: Figures };

/** A contract as it stands in a state: its code and the words in its storage. */
export interface Contract {
  readonly code: Uint8Array;
  readonly storage: ReadonlyMap<bigint, bigint>;
}

const utf8 = new TextEncoder();

/** A whole number of 32 bytes. */
export function word(value: bigint): Uint8Array {
  const bytes = new Uint8Array(32);
  for (let at = 31, rest = BigInt.asUintN(256, value); rest > 0n; at--, rest >>= 8n) bytes[at] = Number(rest & 0xffn);
  return bytes;
}

/** Hash of some words, as Solidity hashes them. */
export function hashOfWords(...values: readonly bigint[]): bigint {
  return bytesToBigInt(keccak_256(joined(values.map(word))));
}

/** Hash of a signature: the first topic of an event. */
export function topic(signature: string): bigint {
  return bytesToBigInt(keccak_256(utf8.encode(signature)));
}

/** A short text as a `bytes32`, filled up with zeros. */
export function text(short: string): bigint {
  const bytes = new Uint8Array(32);
  bytes.set(utf8.encode(short));
  return bytesToBigInt(bytes);
}

const named = new Map<string, bigint>();

/** An address for a party that exists in a test only. */
export function addressOf(name: string): bigint {
  let address = named.get(name);
  if (address === undefined) {
    address = bytesToBigInt(keccak_256(utf8.encode(name)).subarray(12));
    named.set(name, address);
  }
  return address;
}

/** Bytes from hexadecimal digits; blanks between them do not matter. */
export function fromHex(digits: string): Uint8Array {
  return new Uint8Array(Buffer.from(digits.replaceAll(" ", ""), "hex"));
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function wordsOf(bytes: Uint8Array): bigint[] {
  const words: bigint[] = [];
  for (let at = 0; at + 32 <= bytes.length; at += 32) words.push(bytesToBigInt(bytes.subarray(at, at + 32)));
  return words;
}

const ERROR = topic("Error(string)") >> 224n;
const PANIC = topic("Panic(uint256)") >> 224n;

/** The reason in the bytes of a revert: the text, `panic 0x11` and the like, or nothing. */
function reasonIn(bytes: Uint8Array): string {
  if (bytes.length < 36) return "";
  const kind = bytesToBigInt(bytes.subarray(0, 4));
  const words = wordsOf(bytes.subarray(4));
  if (kind === PANIC) return `panic 0x${words[0].toString(16)}`;
  if (kind !== ERROR) return `selector 0x${kind.toString(16)}`;
  return new TextDecoder().decode(bytes.subarray(68, 68 + Number(words[1])));
}

/**
 * An Ethereum virtual machine in this process with some contracts in it. Gas is no limit and costs nothing; anybody may call in anybody's name. A call that
 * ends otherwise than by returning or reverting (out of gas, a wrong instruction) is thrown: it is a fault of the test.
 */
export class Chain {
  /** Second of the next block. */
  now = 0n;
  readonly #evm: EVM;
  readonly #state: SimpleStateManager;
  readonly #addresses = new Map<bigint, Address>();
  readonly #selectors = new Map<string, Uint8Array>();

  private constructor(evm: EVM, state: SimpleStateManager) {
    this.#evm = evm;
    this.#state = state;
  }

  /** An empty chain by the rules of Istanbul: every instruction of these contracts is in them, and later forks change what costs gas. */
  static async create(): Promise<Chain> {
    const common = new Common({ chain: Mainnet, hardfork: Hardfork.Istanbul });
    const state = new SimpleStateManager({ common });
    return new Chain(await createEVM({ common, stateManager: state }), state);
  }

  #address(value: bigint): Address {
    let address = this.#addresses.get(value);
    if (address === undefined) {
      address = createAddressFromBigInt(value);
      this.#addresses.set(value, address);
    }
    return address;
  }

  #selector(signature: string): Uint8Array {
    let selector = this.#selectors.get(signature);
    if (selector === undefined) {
      selector = keccak_256(utf8.encode(signature)).subarray(0, 4);
      this.#selectors.set(signature, selector);
    }
    return selector;
  }

  /** Puts a contract where it stood. */
  async place(address: bigint, { code, storage }: Contract): Promise<void> {
    const at = this.#address(address);
    await this.#state.putAccount(at, new Account(1n, 0n));
    await this.#state.putCode(at, code);
    for (const [slot, value] of storage) await this.write(address, slot, value);
  }

  /** Runs creation code with arguments; answers the new contract's address. */
  async deploy(creationCode: Uint8Array, from: bigint, ...values: readonly bigint[]): Promise<bigint> {
    const created = await this.#run(from, undefined, joined([creationCode, ...values.map(word)]));
    if (created.createdAddress === undefined) throw new Error("nothing was deployed");
    return bytesToBigInt(created.createdAddress.bytes);
  }

  /** Calls a function, in a block at second `now`. */
  async call(from: bigint, to: bigint, signature: string, ...values: readonly bigint[]): Promise<Answer> {
    const { execResult } = await this.#run(from, to, joined([this.#selector(signature), ...values.map(word)]));
    const failure = execResult.exceptionError?.error;
    if (failure === "revert") return { refused: reasonIn(execResult.returnValue) };
    // Solidity before 0.8 stops at an assertion with an instruction that does not exist
    if (failure === "invalid opcode") return { refused: "invalid instruction" };
    if (failure !== undefined) throw new Error(`${signature} ended by ${failure}`);
    const events = (execResult.logs ?? []).map(([source, topics, bytes]) => ({
      from: bytesToBigInt(source),
      topics: topics.map((one) => bytesToBigInt(one)),
      words: wordsOf(bytes),
    }));
    return { words: wordsOf(execResult.returnValue), events };
  }

  /** Calls a function that must not refuse; answers its words. */
  async must(from: bigint, to: bigint, signature: string, ...values: readonly bigint[]): Promise<readonly bigint[]> {
    const answer = await this.call(from, to, signature, ...values);
    if (answer.refused !== undefined) throw new Error(`${signature} refused: ${answer.refused || "without a reason"}`);
    return answer.words;
  }

  async #run(from: bigint, to: bigint | undefined, data: Uint8Array) {
    // what a slot held before the transaction; it decides on gas only, but a stale one may end a call
    this.#state.originalStorageCache.clear();
    return await this.#evm.runCall({
      caller: this.#address(from),
      to: to === undefined ? undefined : this.#address(to),
      data,
      gasLimit: 1_000_000_000n,
      block: {
        header: {
          number: 1n,
          coinbase: createZeroAddress(),
          timestamp: this.now,
          difficulty: 0n,
          prevRandao: new Uint8Array(32),
          gasLimit: 1_000_000_000n,
          getBlobGasPrice: () => undefined,
        },
      },
    });
  }

  /** The word in a slot of a contract's storage. */
  async read(address: bigint, slot: bigint): Promise<bigint> {
    return bytesToBigInt(await this.#state.getStorage(this.#address(address), word(slot)));
  }

  /** Puts a word into a slot of a contract's storage. */
  async write(address: bigint, slot: bigint, value: bigint): Promise<void> {
    const bytes = word(value);
    const first = bytes.findIndex((byte) => byte !== 0);
    await this.#state.putStorage(this.#address(address), word(slot), first < 0 ? new Uint8Array() : bytes.slice(first));
  }

  /** Runs `work` and puts everything back as it was before. */
  async undone(work: () => Promise<void>): Promise<void> {
    const { now } = this;
    await this.#state.checkpoint();
    try {
      await work();
    } finally {
      await this.#state.revert();
      this.now = now;
    }
  }
}

const entries = new Map<string, bigint>();

/** Slot of an entry of a mapping that lies at `slot`; nested mappings by several keys. */
export function entry(slot: bigint, ...keys: readonly bigint[]): bigint {
  const name = `${slot} ${keys.join(" ")}`;
  let found = entries.get(name);
  if (found === undefined) {
    found = keys.reduce((at, key) => hashOfWords(key, at), slot);
    entries.set(name, found);
  }
  return found;
}
