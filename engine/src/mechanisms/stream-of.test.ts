import { expect, it } from "vitest";
import { streamOf } from "./stream-of.js";

it("default: the published FNV-1a vectors of ASCII texts", () => {
  // draft-eastlake-fnv-17, appendix C: 32-bit FNV-1a of "", "a" and "foobar".
  expect([streamOf(""), streamOf("a"), streamOf("foobar")]).toEqual([0x811c9dc5, 0xe40c292c, 0xbf9cf968]);
});
