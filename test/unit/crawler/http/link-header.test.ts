import { expect, test } from "vitest";
import { linksInHeader } from "../../../../crawler/http/response.ts";

test("Links have their words of rel and their type, absolute", () => {
  const header =
    '<https://example.com/license.xml>; rel="license"; type="application/rsl+xml", </a>; REL="Next prev"\n<b>;type=text/html;rel=c';
  expect(linksInHeader(header, "https://x.example/d/")).toEqual([
    { url: "https://example.com/license.xml", rels: ["license"], type: "application/rsl+xml" },
    { url: "https://x.example/a", rels: ["next", "prev"], type: "" },
    { url: "https://x.example/d/b", rels: ["c"], type: "text/html" },
  ]);
});

test("What can't be read is passed over", () => {
  expect(linksInHeader("<http://[>; rel=a, <", "https://x.example/")).toEqual([]);
  expect(linksInHeader(undefined, "https://x.example/")).toEqual([]);
});
