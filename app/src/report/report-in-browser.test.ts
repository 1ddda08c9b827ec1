import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packageRoot } from "../cli/package-root.js";
import { call, inFolder } from "../cli/test-command.js";

// @sparticuz/chromium unpacks its libraries only where it takes the machine for a Lambda.
process.env.AWS_LAMBDA_JS_RUNTIME = "nodejs22.x";

/** What is looked at: a browser's page, as far as this test uses it. */
interface Page {
  goto(url: string): Promise<unknown>;
  evaluate<Result>(work: () => Result): Promise<Result>;
  on(event: "request", listener: (request: { url(): string }) => void): void;
  close(): Promise<void>;
}

interface Browser {
  newPage(options: { viewport: { width: number; height: number } }): Promise<Page>;
  close(): Promise<void>;
}

/** A headless Chromium, or why there is none. */
async function startBrowser(): Promise<Browser | string> {
  try {
    const { default: chromium } = await import("@sparticuz/chromium");
    const { chromium: launcher } = await import("playwright-core");
    return await launcher.launch({
      executablePath: await chromium.executablePath(),
      env: process.env as Record<string, string>,
      args: ["--no-sandbox"],
      headless: true,
    });
  } catch (error) {
    return error instanceof Error ? error.message.split("\n")[0] : String(error);
  }
}

describe("report in a browser", () => {
  let browser: Browser | string = "not started";
  beforeAll(async () => {
    browser = await startBrowser();
    if (typeof browser === "string")
      process.stderr.write(`report in a browser: skipped, Chromium does not start: ${browser}\n`);
  }, 60_000);
  afterAll(async () => {
    if (typeof browser !== "string") await browser.close();
  });

  it("behavior: opens from disk at 1440 and 390 pixels without sideways scrolling, cut words or a request", async ({
    skip,
  }) => {
    if (typeof browser === "string") return skip(`Chromium does not start: ${browser}`);
    const started = browser;
    await inFolder(async (folder) => {
      expect((await call(["replay", "2021-05-19", "--paths", "2", "--out", folder], { cwd: folder })).code).toBe(0);
      for (const width of [1440, 390]) {
        const page = await started.newPage({ viewport: { width, height: 900 } });
        const asked: string[] = [];
        page.on("request", (request) => asked.push(request.url()));
        const url = pathToFileURL(join(folder, "report.html")).href;
        await page.goto(url);
        expect(asked).toEqual([url]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
        expect(await page.evaluate(wordsOutside)).toEqual([]);
        expect(await page.evaluate(overlapping)).toEqual([]);
        await page.close();
      }
    });
  });

  it("behavior: a gamma map does the same, with an option that flips it and every sign", async ({ skip }) => {
    if (typeof browser === "string") return skip(`Chromium does not start: ${browser}`);
    const started = browser;
    await inFolder(async (folder) => {
      for (const sign of ["short-all", "long-calls-short-puts"]) {
        const words = ["gamma", "scenarios/eth-winter-2024.yaml", "--sign", sign, "--range", "80%"];
        const out = join(folder, `${sign}.html`);
        expect((await call([...words, "--out", out], { cwd: packageRoot })).code).toBe(0);
        for (const width of [1440, 390]) {
          const page = await started.newPage({ viewport: { width, height: 900 } });
          await page.goto(pathToFileURL(out).href);
          expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
          expect(await page.evaluate(wordsOutside)).toEqual([]);
          expect(await page.evaluate(overlapping)).toEqual([]);
          await page.close();
        }
      }
    });
  });
});

/** Words of charts that stand outside their chart. */
function wordsOutside(): string[] {
  return [...document.querySelectorAll("svg")].flatMap((chart) => {
    const frame = chart.getBoundingClientRect();
    if (frame.width === 0) return [];
    return [...chart.querySelectorAll("text")].flatMap((words) => {
      const at = words.getBoundingClientRect();
      const inside =
        at.left >= frame.left - 1 &&
        at.right <= frame.right + 1 &&
        at.top >= frame.top - 1 &&
        at.bottom <= frame.bottom + 1;
      return inside ? [] : [`${chart.querySelector("title")?.textContent}: ${words.textContent}`];
    });
  });
}

/** Pairs of words of one chart that lie over each other. */
function overlapping(): string[] {
  const found: string[] = [];
  for (const chart of document.querySelectorAll("svg")) {
    if (chart.getBoundingClientRect().width === 0) continue;
    const all = [...chart.querySelectorAll("text")].filter((words) => words.textContent !== "");
    const boxes = all.map((words) => words.getBoundingClientRect());
    for (let one = 0; one < all.length; one++) {
      for (let other = one + 1; other < all.length; other++) {
        const across = Math.min(boxes[one].right, boxes[other].right) - Math.max(boxes[one].left, boxes[other].left);
        const down = Math.min(boxes[one].bottom, boxes[other].bottom) - Math.max(boxes[one].top, boxes[other].top);
        if (across > 2 && down > 4.5) found.push(`${all[one].textContent} / ${all[other].textContent}`);
      }
    }
  }
  return found;
}
