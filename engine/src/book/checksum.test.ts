import { describe, expect, it } from "vitest";
import { xxh32 } from "./checksum.js";
import { encodeUtf8 } from "./utf8.js";

describe("xxh32", () => {
  it("default: published values", () => {
    expect(xxh32(encodeUtf8(""))).toBe(0x02cc5d05);
    expect(xxh32(encodeUtf8("a"))).toBe(0x550d7456);
    expect(xxh32(encodeUtf8("abc"))).toBe(0x32d153ff);
    expect(xxh32(encodeUtf8("Nobody inspects the spammish repetition"))).toBe(0xe2293b2f);
  });

  it("behavior: any single flipped bit shows", () => {
    const bytes = Uint8Array.from({ length: 67 }, (_, place) => place * 37);
    const whole = xxh32(bytes);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      bytes[bit >>> 3] ^= 1 << (bit & 7);
      expect(xxh32(bytes)).not.toBe(whole);
      bytes[bit >>> 3] ^= 1 << (bit & 7);
    }
  });
});
