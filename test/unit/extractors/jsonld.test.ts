import { describe, expect, it } from "vitest";
import { readNodes } from "../../../extractors/page.ts";

const WHOLE = '{"@type":"NewsArticle","headline":"Harbour full","datePublished":"2025-05-02"}';
const NODE = { "@type": "NewsArticle", headline: "Harbour full", datePublished: "2025-05-02" };

describe("JSON-LD as sites write it", () => {
  it.each([
    ["a comment around it", `<!-- ${WHOLE} -->`],
    ["a comma too many", WHOLE.replace("}", ",}")],
    ["a bracket too many", `${WHOLE}\n}`],
    ["a second value behind it", `${WHOLE}${WHOLE}`],
    ["a raw line break", WHOLE.replace("Harbour full", "Harbour\nfull")],
  ])("is read with %s", (_what, text) => {
    expect(readNodes([text])).toEqual([NODE]);
  });

  it.each([
    ["a field without its value", WHOLE.replace("}", ',"author":}')],
    ["a name that isn't quoted", WHOLE.replace("}", ',"author":Moira Kettle}')],
    ["a quotation mark within a text", WHOLE.replace("}", ',"description":"The "new" quay"}')],
    ["single quotation marks", WHOLE.replaceAll(/"([^"]*)"(?=[,}])/g, "'$1'")],
  ])("that stays broken by %s gives its headline and date", (_what, text) => {
    expect(readNodes([text])).toEqual([NODE]);
  });

  it("gives nothing where there is neither", () => {
    expect(readNodes(['{"@type":"Organization","name":}', "", "{", "]]]}}}"])).toEqual([]);
  });
});
