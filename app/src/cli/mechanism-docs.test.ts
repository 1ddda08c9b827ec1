import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  definitions,
  type MechanismPlan,
  offersSurface,
  type Plan,
  publishesFeeds,
  run,
  without,
} from "@firebreak/engine";
import { describe, expect, it } from "vitest";
import { loadScenario } from "./load-scenario.js";
import { mechanismIndex, pageHeadings, renewedPage } from "./mechanism-docs.js";
import { packageRoot } from "./package-root.js";
import { inFolder } from "./test-command.js";

const folder = join(packageRoot, "docs", "mechanisms");
const pageOf = (kind: string) => join(folder, `${kind}.md`);

/** The plan without a mechanism; an oracle or a surface, which others read, is a plain one instead. */
function absent(plan: Plan, subject: MechanismPlan): Plan {
  if (!publishesFeeds(subject.kind) && !offersSurface(subject.kind)) return without(plan, subject.name);
  const flat = { skew: 0, regime: "sticky-strike", spike: 0, jumps: [], demand: 0 };
  const plain = offersSurface(subject.kind)
    ? { ...subject, params: { ...(subject.params as object), ...flat } }
    : { ...subject, kind: "spot-oracle", params: { venues: [] } };
  return { ...plan, mechanisms: plan.mechanisms.map((one) => (one === subject ? plain : one)) };
}

describe("docs/mechanisms", () => {
  it("default: the index lists every registered kind by part", async () => {
    await expect(mechanismIndex()).toMatchFileSnapshot(join(folder, "README.md"));
  });

  it("behavior: every registered kind has its page, and no page is of a kind that is gone", () => {
    const pages = readdirSync(folder).filter((name) => name.endsWith(".md") && name !== "README.md");
    expect(pages.sort()).toEqual(definitions.map(({ kind }) => `${kind}.md`).sort());
  });

  describe.each(definitions.map((definition) => [definition.kind, definition] as const))("%s", (kind, definition) => {
    it("behavior: its table of parameters is current, and its headings are those of every page", async () => {
      const page = readFileSync(pageOf(kind), "utf8");
      expect(renewedPage(definition, page), "the page has a place for the table").toBeDefined();
      await expect(renewedPage(definition, page)).toMatchFileSnapshot(pageOf(kind));
      expect([...page.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)).toEqual(pageHeadings(definition));
    });

    it("behavior: its scenario runs, and would run otherwise without the mechanism of this kind", async () => {
      const [, scenario] = /```yaml\n([\s\S]*?)```/.exec(readFileSync(pageOf(kind), "utf8")) ?? [];
      expect(scenario, "the page has a scenario").toBeDefined();
      await inFolder(async (cwd) => {
        // The scenario stands where its page stands, so that its paths lead to the shipped books.
        const place = join(cwd, "docs", "mechanisms");
        mkdirSync(place, { recursive: true });
        symlinkSync(join(packageRoot, "books"), join(cwd, "books"));
        cpSync(join(folder, "small-book.yaml"), join(place, "small-book.yaml"));
        writeFileSync(join(place, "it.yaml"), scenario);
        const plan = await loadScenario("it.yaml", place);
        const isWritten = (name: string) => new RegExp(`\\b${name}\\b`).test(scenario);
        const subject = plan.mechanisms.find((one) => one.kind === kind && isWritten(one.name));
        expect(subject).toBeDefined();
        const { end, measures } = run(plan, 1);
        expect(end).toBe("settled");
        expect(run(absent(plan, subject as MechanismPlan), 1).measures).not.toEqual(measures);
      });
    });
  });
});
