import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type NestedUint8Array, RLP } from "@ethereumjs/rlp";
import { bytesToBigInt } from "@ethereumjs/util";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { type Contract, fromHex } from "./chain.js";

/**
 * The Maker system of August 2021 with its contracts as deployed, from the snapshot of a test chain in `@makerdao/testchain`: an archive with one file for a
 * key of the chain's database.
 */
const folder = dirname(createRequire(import.meta.url).resolve("@makerdao/testchain/package.json"));

/** The contracts' addresses by the names that Maker's deployment gives them. */
export function addressBook(): Readonly<Record<string, bigint>> {
  const listed: Record<string, string> = JSON.parse(readFileSync(join(folder, "out/addresses-mcd.json"), "utf8"));
  return Object.fromEntries(Object.entries(listed).map(([name, address]) => [name, BigInt(address)]));
}

/** The contracts at these addresses, from the state after the snapshot's last block. Throws where one is not there or the code is not the one its hash says. */
export function contractsAt(addresses: readonly bigint[]): Map<bigint, Contract> {
  const { nodes, root } = database();
  const contracts = new Map<bigint, Contract>();
  for (const address of addresses) {
    const found = leaf(nodes, root, address.toString(16).padStart(40, "0"));
    if (found === undefined) throw new Error(`no contract at ${address.toString(16)}`);
    const [, , storageRoot, codeHash] = list(RLP.decode(found)).map(bytes);
    const code = fromHex(nodes.get(hex(codeHash)) ?? "");
    if (hex(keccak_256(code)) !== hex(codeHash)) throw new Error(`other code at ${address.toString(16)} than it says`);
    const storage = new Map<bigint, bigint>();
    for (const [path, value] of leaves(nodes, hex(storageRoot)))
      storage.set(BigInt(`0x${path}`), bytesToBigInt(bytes(RLP.decode(value))));
    contracts.set(address, { code, storage });
  }
  return contracts;
}

interface Database {
  /** Nodes of the tries and codes by their hashes, both hexadecimal. */
  readonly nodes: ReadonlyMap<string, string>;
  /** Hash of the last block's state. */
  readonly root: string;
}

/** The archive's entries that matter: a header of 512 bytes (name at 0, octal size at 124) before each file, whole blocks of 512. */
function database(): Database {
  const archive = gunzipSync(readFileSync(join(folder, "snapshots/default.tgz")));
  const nodes = new Map<string, string>();
  const blocks = new Map<number, string>();
  for (let at = 0; at < archive.length && archive[at] !== 0; ) {
    const name = archive.toString("latin1", at, archive.indexOf(0, at));
    const size = Number.parseInt(archive.toString("latin1", at + 124, at + 135), 8);
    const content = () => archive.toString("latin1", at + 512, at + 512 + size);
    const [, kind, key] = name.match(/!(trie_db|blocks)!(?:0x)?([0-9a-f]+)$/) ?? [];
    if (kind === "trie_db") nodes.set(key, JSON.parse(content()).slice(2));
    if (kind === "blocks") blocks.set(Number(key), content());
    at += 512 + Math.ceil(size / 512) * 512;
  }
  const last = blocks.get(Math.max(...blocks.keys()));
  if (last === undefined) throw new Error("the snapshot holds no block");
  return { nodes, root: JSON.parse(last).header.stateRoot.slice(2) };
}

type Node = Uint8Array | NestedUint8Array;

const hex = (value: Uint8Array) => Buffer.from(value).toString("hex");

function bytes(node: Node): Uint8Array {
  if (!(node instanceof Uint8Array)) throw new Error("a list where bytes were expected");
  return node;
}

function list(node: Node): Node[] {
  if (!Array.isArray(node)) throw new Error("bytes where a list was expected");
  return node;
}

/** A short node stands in its parent itself, a longer one under its hash. */
function resolve(nodes: Database["nodes"], reference: Node): Node[] | undefined {
  if (Array.isArray(reference)) return reference;
  const stored = nodes.get(hex(reference));
  return stored === undefined ? undefined : list(RLP.decode(fromHex(stored)));
}

/** The part of a key in a node of two: its digits, and whether the key ends there. */
function part(node: Node): { digits: string; ends: boolean } {
  const written = hex(bytes(node));
  const flags = Number.parseInt(written[0], 16);
  return { digits: written.slice(flags & 1 ? 1 : 2), ends: (flags & 2) !== 0 };
}

/** All keys (as they are: this chain does not hash them) and values below a root. */
function* leaves(nodes: Database["nodes"], root: string): Generator<readonly [string, Uint8Array]> {
  const open: [string, Node][] = [["", fromHex(root)]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [path, reference] = next;
    const node = resolve(nodes, reference);
    if (node === undefined) continue;
    if (node.length === 2) {
      const { digits, ends } = part(node[0]);
      if (ends) yield [path + digits, bytes(node[1])];
      else open.push([path + digits, node[1]]);
    } else
      node.slice(0, 16).forEach((child, digit) => child.length > 0 && open.push([path + digit.toString(16), child]));
  }
}

/** The value under one key. */
function leaf(nodes: Database["nodes"], root: string, key: string): Uint8Array | undefined {
  let node = resolve(nodes, fromHex(root));
  for (let at = 0; node !== undefined; ) {
    if (node.length === 17) {
      node = resolve(nodes, node[Number.parseInt(key[at], 16)]);
      at += 1;
      continue;
    }
    const { digits, ends } = part(node[0]);
    if (!key.startsWith(digits, at)) return undefined;
    if (ends) return bytes(node[1]);
    at += digits.length;
    node = resolve(nodes, node[1]);
  }
  return undefined;
}
