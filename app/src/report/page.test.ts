import { readFileSync } from "node:fs";
import { type Findings, findings, type Plan, readScenario } from "@firebreak/engine";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { findingsFigures } from "./figures.js";
import { reportPage } from "./page.js";
import { mapPicture } from "./picture.js";

const hostile = `<script>alert("x")</script>`;

/** The small scenario, with an account of a bad name. */
function smallPlan(): Plan {
  const file = new URL("../../../scenarios/small.yaml", import.meta.url);
  const value: unknown = parse(readFileSync(file, "utf8").replace("account: reckless", `account: '${hostile}'`));
  return readScenario(value, () => ({ value: undefined }));
}

describe("report", () => {
  let plan: Plan;
  let found: Findings;
  let page: string;
  beforeAll(() => {
    plan = smallPlan();
    found = findings(plan, { seed: 1, paths: 1 });
    page = reportPage(plan, found, { again: "npx firebreak report small.yaml --seed 1", version: "0.1.0", day: null });
  }, 60_000);

  it("default: the order in which a sceptical reader asks", () => {
    const heads = [...page.matchAll(/<h2 id="([\w-]+)-head">/g)].map((match) => match[1]);
    expect(heads).toEqual(["rests-on", "shocks", "map", "loop", "waves", "accounts", "tornado", "assumptions"]);
    expect(page.indexOf("<h1>")).toBeLessThan(page.indexOf("Verdict"));
    expect(page.indexOf("Verdict")).toBeLessThan(page.indexOf('id="rests-on"'));
    for (const head of heads) expect(page).toContain(`href="#${head}"`);
  });

  it("behavior: one file: no script, no request, nothing from elsewhere", () => {
    const markupOnly = page.replaceAll("http://www.w3.org/2000/svg", "");
    expect(markupOnly).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|https?:\/\/|\son\w+=/);
  });

  it("behavior: names are words, never markup", () => {
    expect(page).toContain("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;");
    expect(page).not.toContain("<script>");
  });

  it("behavior: every element is closed, every chart says in words what it shows, ids are unique", () => {
    expect(openElements(page)).toEqual([]);
    const charts = page.match(/<svg /g) ?? [];
    expect(charts.length).toBeGreaterThanOrEqual(12);
    expect(page.match(/<desc id="[^"]+">[^<]+<\/desc>/g)).toHaveLength(charts.length);
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(page).not.toMatch(/NaN|Infinity|undefined|\[object/);
  });

  it("behavior: the seed, the hash, the version and the command stand in it", () => {
    expect(page).toContain(found.loop.tapeHash);
    expect(page).toContain("npx firebreak report small.yaml --seed 1");
    expect(page).toContain("Firebreak 0.1.0");
  });

  it("behavior: figures in JSON carry unit and basis", () => {
    const json = findingsFigures(plan, found);
    expect(json.shocks).toHaveLength(8);
    expect(json.shocks[3].soldDay).toMatchObject({ unit: "ETH", basis: "assumed" });
    expect(json.shocks[3].soldDay.band).toHaveLength(2);
    expect(JSON.parse(JSON.stringify(json))).toEqual(json);
  });

  it("behavior: the picture is the map alone, on paper", () => {
    const picture = mapPicture(plan, found);
    expect(picture).toMatch(/^<svg [^>]*viewBox="0 0 1000 700"[^>]*><rect width="100%"/);
    expect(openElements(picture)).toEqual([]);
  });
});

/** Elements left open, in their order; those that HTML never closes are left out. */
function openElements(text: string): string[] {
  const open: string[] = [];
  for (const [, slash, name, self] of text.matchAll(/<(\/?)([a-z][a-z0-9]*)(?:\s[^<>]*?)?(\/?)>/gi)) {
    if (["meta", "br"].includes(name) || self === "/") continue;
    if (slash === "") open.push(name);
    else if (open.at(-1) === name) open.pop();
    else return [...open, `/${name}`];
  }
  return open;
}
