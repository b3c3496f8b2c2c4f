import { existsSync, readFileSync } from "node:fs";
import { env } from "node:process";
import { expect, test } from "vitest";
import { fetchUrl, urlKey } from "../../../../crawler/links/url.ts";

interface Case {
  id: number;
  fn: string;
  input: string;
  expected: string;
}

const path = env["TEST_CONFORMANCE"]
  ? `${env["TEST_CONFORMANCE"]}/url-cases.json`
  : new URL("../../../../../shared/conformance/url-cases.json", import.meta.url).pathname;
const docs = readFileSync(new URL("../../../fixtures/url-policies.md", import.meta.url), "utf8");
const EDITS = ["url_query_cleaner", "add_or_replace_parameter"];

/** Sorts a case by how our policy relates to what its suite expects. */
function relation({ fn, input, expected }: Case): "edit" | "equal" | "same key" | "differs" {
  if (EDITS.includes(fn)) return "edit";
  const fetched = fetchUrl(input);
  if (fetched === expected) return "equal";
  // A relative or foreign address has a key of its raw text; that says nothing about a page.
  return fetched !== null && urlKey(input) === urlKey(expected) ? "same key" : "differs";
}

const sorted = (list: number[]) => list.toSorted((a, b) => a - b);

test.skipIf(!existsSync(path))(
  `test/fixtures/url-policies.md names every foreign case (skipped without ${path})`,
  () => {
    const { cases }: { cases: Case[] } = JSON.parse(readFileSync(path, "utf8"));
    const ids: Record<ReturnType<typeof relation>, number[]> = {
      edit: [],
      equal: [],
      "same key": [],
      differs: [],
    };
    for (const each of cases) ids[relation(each)].push(each.id);

    const rows = [...docs.matchAll(/^\|[^|]+\| ([\d ]+) \|/gm)];
    const codes = rows.flatMap((row) => (row[1] ?? "").split(" ").map(Number));
    expect(sorted(codes)).toEqual(sorted(ids.differs));
    expect(docs.replaceAll("\n", " ")).toContain(
      `hold ${cases.length} cases with two other policies. Of these ${ids.edit.length} edit`,
    );
    expect(docs).toContain(`in ${ids.equal.length} we fetch just the address they expect`);
    expect(docs).toContain(`in ${ids["same key"].length} we fetch another spelling`);
    expect(docs).toContain(`In the other ${ids.differs.length} we differ`);
  },
);
