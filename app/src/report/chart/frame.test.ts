import { describe, expect, it } from "vitest";
import { figureOf, svg } from "./frame.js";

describe("figureOf", () => {
  it("default: drawn for wide and for narrow screens, with words for those who do not see it", () => {
    const { text } = figureOf("one", "caption", (size) => svg(size, 100, "title", "description", []));
    expect(text.match(/viewBox="0 0 (1000|358) 100"/g)).toHaveLength(2);
    expect(text).toContain('<desc id="one-narrow-desc">description</desc>');
  });

  it("behavior: what it hangs on stands in both drawings and in their words, below what is drawn", () => {
    const note = "sign: options short-all (assumed)";
    const { text } = figureOf("one", "caption", (size) => svg(size, 100, "title", "description", []), note);
    expect(text.match(/viewBox="0 0 (1000|358) 118"/g)).toHaveLength(2);
    expect(text.split(`>${note}</text>`)).toHaveLength(3);
    expect(text.split(`description ${note}.`)).toHaveLength(3);
  });
});
