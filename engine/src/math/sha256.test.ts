import { describe, expect, it } from "vitest";
import { AssertionError } from "../book/problem.js";
import { Sha256, sha256Hex } from "./sha256.js";

const bytesOf = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

// FIPS 180-4's examples (NIST, "Examples with intermediate values", SHA256.pdf) and the empty message of NIST's CAVP.
const EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const TWO_BLOCKS = "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1";
const MILLION_A = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

describe("sha256", () => {
  it("default: the published digests", () => {
    expect(sha256Hex(bytesOf("abc"))).toBe(ABC);
    expect(sha256Hex(bytesOf("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))).toBe(TWO_BLOCKS);
    expect(sha256Hex(new Uint8Array(1_000_000).fill(97))).toBe(MILLION_A);
  });

  it("behavior: pieces of any size give the digest of the whole", () => {
    const whole = new Uint8Array(1_000_000).fill(97);
    for (const size of [1000, 63, 64, 65, 999_999]) {
      const hash = new Sha256();
      for (let start = 0; start < whole.length; start += size) hash.update(whole.subarray(start, start + size));
      expect(hash.hex()).toBe(MILLION_A);
    }
    expect(new Sha256().update(bytesOf("a")).update(bytesOf("bc")).hex()).toBe(ABC);
  });

  it("behavior: the bytes may be a window on a larger buffer", () => {
    expect(sha256Hex(bytesOf("xxabcxx").subarray(2, 5))).toBe(ABC);
  });

  it("limit: no bytes", () => {
    expect(sha256Hex(new Uint8Array(0))).toBe(EMPTY);
    expect(new Sha256().hex()).toBe(EMPTY);
  });

  it("error: bytes or a second digest after the digest", () => {
    const hash = new Sha256();
    hash.hex();
    expect(() => hash.update(new Uint8Array(1))).toThrow(AssertionError);
    expect(() => hash.hex()).toThrow(AssertionError);
  });
});
