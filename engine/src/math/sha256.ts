import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { assert } from "../book/problem.js";

/** The SHA-256 digest (FIPS 180-4) of `bytes`, as 64 lower-case hexadecimal digits. */
export function sha256Hex(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes));
}

/**
 * The same digest of bytes that come in pieces: `update` as often as wanted, then `hex` once. How the bytes are cut
 * does not matter.
 */
export class Sha256 {
  readonly #hash = sha256.create();
  #isFinished = false;

  /** Appends `bytes`; returns itself. Throws `AssertionError` after `hex`. */
  update(bytes: Uint8Array): this {
    assert(!this.#isFinished, "a SHA-256 takes no bytes once its digest has been read");
    this.#hash.update(bytes);
    return this;
  }

  /** The digest of everything appended, as 64 lower-case hexadecimal digits. Throws `AssertionError` the second time. */
  hex(): string {
    assert(!this.#isFinished, "a SHA-256 digest is read once");
    this.#isFinished = true;
    return bytesToHex(this.#hash.digest());
  }
}
