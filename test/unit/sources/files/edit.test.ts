import { expect, test } from "vitest";
import { declared } from "../../../../model/sources/version.ts";
import { editSources, withSelector } from "../../../../sources/files/edit.ts";
import { draftSource } from "../../../../sources/files/load.ts";

const BARE = `# a town
id: town
name: Town
feeds: [https://town.example/rss] # their only one
`;
const FROM = new Date("2026-11-20T10:00:00Z");

function selectIn(yaml: string) {
  const draft = draftSource(yaml, null);
  if ("problems" in draft) throw new Error(draft.problems.join("\n"));
  return draft.source.select;
}

test("a selector is added, its neighbours and comments stay", () => {
  const title = withSelector(BARE, { field: "title", selector: "h1.big", from: null });
  const both = withSelector(title, { field: "publishedAt", selector: "time@datetime", from: null });
  expect(both).toMatch(/^# a town\n[^]*# their only one\n/);
  expect(selectIn(both)).toEqual([{ title: "h1.big", publishedAt: "time@datetime", remove: [] }]);
});

test("from a time on it holds in a copy of what held before; older pages keep theirs", () => {
  const before = `${BARE}select: [{ title: h1.old, text: .body }]\n`;
  const after = withSelector(before, { field: "title", selector: "h1.new", from: FROM });
  expect(selectIn(after)).toEqual([
    { title: "h1.old", text: ".body", remove: [] },
    { title: "h1.new", text: ".body", validFrom: FROM, remove: [] },
  ]);
  const again = withSelector(after, { field: "text", selector: "main", from: FROM });
  expect(selectIn(again)).toMatchObject([{ title: "h1.old" }, { title: "h1.new", text: "main" }]);
  const first = withSelector(BARE, { field: "title", selector: "h1.new", from: FROM });
  expect(selectIn(first)).toMatchObject([{ title: "h1.new", validFrom: FROM }]);
});

test.each([
  ["include=*/news/*", '"include=*/news/*": write FIELD=VALUE in YAML'],
  ["topics=[a", '"topics=[a": write FIELD=VALUE in YAML'],
  ["name.x=1", "town.yaml: Expected YAML collection at name. Remaining path: x"],
  ["feeds.x=1", "town.yaml: Expected a valid index, not x."],
])("a value that can't be set is a problem: %s", (set, problem) => {
  const draft = draftSource(BARE, null);
  if ("problems" in draft) throw new Error(draft.problems.join("\n"));
  const edit = { where: [], set: [set], unset: [] };
  const { problems } = editSources([declared(draft.source, BARE)], new Map(), edit, null);
  expect(problems).toEqual([problem]);
});

test("a value to which another refers can't be removed", () => {
  const yaml = `${BARE}include: &news ["*/news/*"]\nexclude: *news\n`;
  const draft = draftSource(yaml, null);
  if ("problems" in draft) throw new Error(draft.problems.join("\n"));
  const edit = { where: [], set: [], unset: ["include"] };
  const { problems } = editSources([declared(draft.source, yaml)], new Map(), edit, null);
  expect(problems).toEqual([expect.stringMatching(/^town\.yaml: Unresolved alias/)]);
});

test.each([
  ["Town", 1],
  ["T*n", 1],
  ["*o*", 1],
  ["Town*Town", 0],
  ["To*own", 0],
  ["T.*n", 0],
  ["town", 0],
])("the name matches %s for %i sources", (pattern, matched) => {
  expect(matchedBy(BARE, `name=${pattern}`)).toBe(matched);
});

test("a condition with many wildcards takes no longer than one with few", () => {
  const long = BARE.replace("Town", "a".repeat(180));
  const began = performance.now();
  expect(matchedBy(long, `name=${"a*".repeat(12)}b`)).toBe(0);
  expect(performance.now() - began).toBeLessThan(1000);
});

function matchedBy(yaml: string, condition: string): number {
  const draft = draftSource(yaml, null);
  if ("problems" in draft) throw new Error(draft.problems.join("\n"));
  const edit = { where: [condition], set: ["language=de"], unset: [] };
  return editSources([declared(draft.source, yaml)], new Map(), edit, null).matched;
}
