import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { commandDocs } from "./command-docs.js";

it("behavior: docs/command-line.md says what --help says", async () => {
  const file = fileURLToPath(new URL("../../../docs/command-line.md", import.meta.url));
  await expect(commandDocs()).toMatchFileSnapshot(file);
});
