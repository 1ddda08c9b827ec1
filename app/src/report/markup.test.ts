import { describe, expect, it } from "vitest";
import { escaped, Markup, markup } from "./markup.js";

describe("markup", () => {
  it("default: words and numbers are escaped, markup is not, lists are joined, null and false leave nothing", () => {
    const inner = markup`<b>${"a < b"}</b>`;
    expect(markup`<p title="${'"x"'}">${inner}${[1, "&", null]}${false}${undefined}</p>`.text).toBe(
      '<p title="&quot;x&quot;"><b>a &lt; b</b>1&amp;</p>',
    );
  });

  it("behavior: nothing that an account is called can end an attribute or begin an element", () => {
    const hostile = `"><img src=x onerror='alert(1)'>`;
    expect(escaped(hostile)).toBe("&quot;&gt;&lt;img src=x onerror=&#39;alert(1)&#39;&gt;");
    expect(markup`<i a="${hostile}">${new Markup("<br>")}</i>`.text).not.toContain("<img");
  });
});
