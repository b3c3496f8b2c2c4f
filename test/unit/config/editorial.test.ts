import { expect, test } from "vitest";
import { initialStateOf } from "../../../articles/ingest/decide.ts";
import { loadEditorial, parseEditorial } from "../../../config/editorial.ts";
import { makeArticle } from "../../helpers/articles.ts";

test("what is shipped publishes everything, and so does a folder without rules", async () => {
  for (const path of ["config/editorial.yaml", "config/none.yaml"]) {
    const rules = await loadEditorial(path);
    expect([path, initialStateOf(makeArticle("a"), rules)]).toEqual([path, "published"]);
  }
});

test("the first rule that fits decides, by source, topic and relevance", () => {
  const rules = parseEditorial(
    `rules:
  - { where: { source: [wire] }, verdict: review }
  - { where: { topic: [egov], relevance: 0.6 }, verdict: publish }
  - { where: { topic: [egov] }, verdict: approve }
otherwise: review
`,
    "editorial.yaml",
  );
  const of = (overrides: object) => initialStateOf(makeArticle("a", overrides), rules);
  expect(of({ sourceId: "wire", topics: ["egov"], relevanceScore: 0.9 })).toBe("new");
  expect(of({ topics: ["egov"], relevanceScore: 0.9 })).toBe("published");
  expect(of({ topics: ["egov"], relevanceScore: 0.2, status: "unlisted" })).toBe("approved");
  expect(of({ topics: ["ai"] })).toBe("new");
});

test("mistakes are named with file, line and column", () => {
  const text = "rules:\n  - { where: { topics: [egov] }, verdict: hide }\n";
  expect(() => parseEditorial(text, "e.yaml")).toThrow(/^e\.yaml:2:\d+: rules\.0/m);
  expect(() => parseEditorial(text, "e.yaml")).toThrow(/`publish`, `approve` or `review`/);
});
