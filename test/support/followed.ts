import { expect } from "vitest";
import { type Block, blocksOf, follow, renewedOutput } from "./document.js";

/** Follows a document from its first block to its last in a folder; returns it with every output as it is now. */
export function followed(document: string, folder: string): string {
  let renewed = document;
  let printed: string | undefined;
  for (const block of blocksOf(document)) {
    if (block.language === "text" && printed !== undefined) renewed = withOutput(renewed, block, printed);
    else printed = follow(block, folder);
  }
  return renewed;
}

function withOutput(document: string, { code }: Block, printed: string): string {
  const place = document.indexOf(`\`\`\`text\n${code}\`\`\``);
  expect(place, "an output stands outside of lists").toBeGreaterThan(0);
  const begin = place + "```text\n".length;
  return document.slice(0, begin) + renewedOutput(code, printed) + document.slice(begin + code.length);
}
