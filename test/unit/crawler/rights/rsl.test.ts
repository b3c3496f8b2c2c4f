import { describe, expect, test } from "vitest";
import { parseRsl, readRsl } from "../../../../crawler/rights/rsl.ts";
import { DOCUMENT_BYTES } from "../../../../model/usage-rights.ts";
import { leastCpuOf } from "../../../helpers/cpu.ts";

const rsl = (...contents: string[]) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<rsl xmlns="https://rslstandard.org/rsl">${contents.join("")}</rsl>`;
const content = (license: string, url = "/", attributes = "") =>
  `<content url="${url}"${attributes}><license>${license}</license></content>`;
const permits = (tokens: string, type = "usage") => `<permits type="${type}">${tokens}</permits>`;
const prohibits = (tokens: string) => `<prohibits type="usage">${tokens}</prohibits>`;

/** What a licence says of a page: `use: what it says` by use, denied with a minus. */
function judge(text: string, path = "/articles/a") {
  const uses: Record<string, string> = {};
  for (const { text: said, allows = [], denies = [] } of readRsl(
    parseRsl(text),
    `https://x.example${path}`,
  )) {
    for (const use of allows) uses[use] = `+ ${said}`;
    for (const use of denies) uses[use] = `- ${said}`;
  }
  return uses;
}

describe("the examples of RSL 1.0", () => {
  test("search without AI", () => {
    expect(judge(rsl(content(prohibits("ai-all"))))).toMatchObject({
      search: "+ permits all",
      "ai-input": "- prohibits ai-all",
      "ai-train": "- prohibits ai-all",
    });
  });

  test("AI by a licence of the publisher's own", () => {
    const license = `${permits("ai-all")}<payment><custom>https://example.com/ai-license-request</custom></payment>`;
    const statements = readRsl(parseRsl(rsl(content(license))), "https://x.example/a");
    expect(statements).toContainEqual({
      format: "rsl",
      text: "permits ai-all for payment",
      denies: ["ai-input", "ai-train"],
      terms: "https://example.com/ai-license-request",
    });
  });

  test("pay per crawl", () => {
    const license =
      '<payment type="crawl"><standard>https://example.com/pay-per-crawl</standard><amount currency="USD">0.015</amount></payment>';
    expect(judge(rsl(content(license)))).toMatchObject({
      search: "- permits all for payment crawl",
      "ai-train": "- permits all for payment crawl",
    });
  });

  test("attribution", () => {
    const license = `${permits("search ai-input")}${prohibits("ai-train")}<payment type="attribution"/>`;
    expect(judge(rsl(content(license)))).toEqual({
      search: "+ permits search",
      "ai-input": "+ permits ai-input",
      "ai-train": "- prohibits ai-train",
      "full-text": "- permits search ai-input only",
      analysis: "- permits search ai-input only",
    });
  });

  test("a narrower path goes before a wider one (section 3.1.2)", () => {
    const text = rsl(content(permits("all")), content(prohibits("ai-train"), "/articles/"));
    expect(judge(text)).toMatchObject({
      "ai-train": "- prohibits ai-train",
      search: "+ permits all",
    });
    expect(judge(text, "/b")).toMatchObject({ "ai-train": "+ permits all" });
  });

  test("preferences of the IETF's with a licence for what they deny (guide, AI preferences)", () => {
    const license =
      '<permits type="usage">train-ai</permits><payment type="subscription"><custom>https://your-website.com/contact-form.html</custom></payment>';
    expect(judge(rsl(content(license)))).toMatchObject({
      "ai-train": "- permits ai-train for payment subscription",
      "ai-input": "- permits ai-train only",
    });
  });
});

describe("usages", () => {
  test("what is permitted and prohibited alike is prohibited", () => {
    expect(judge(rsl(content(permits("ai-train") + prohibits("ai-train"))))).toMatchObject({
      "ai-train": "- prohibits ai-train",
    });
  });

  test("a narrower usage goes before a wider one", () => {
    expect(judge(rsl(content(permits("search") + prohibits("all"))))).toEqual({
      search: "+ permits search",
      "full-text": "- prohibits all",
      archive: "- prohibits all",
      analysis: "- prohibits all",
      "ai-input": "- prohibits all",
      "ai-train": "- prohibits all",
    });
  });

  test("being in an index of AI is part of being its input", () => {
    expect(judge(rsl(content(prohibits("ai-index"))))["ai-input"]).toBe("- prohibits ai-index");
  });

  test("one of several licences that asks for nothing is enough", () => {
    const paid = `<license>${permits("ai-train")}<payment type="training"/></license>`;
    const text = rsl(`<content url="/">${paid}<license>${permits("all")}</license></content>`);
    expect(judge(text)).toMatchObject({
      search: "+ permits all",
      "ai-train": "- permits ai-train for payment training",
    });
  });

  test("lists with commas and names of RSL 0.9 are understood", () => {
    expect(judge(rsl(content(prohibits("train-ai, ai-use"))))).toMatchObject({
      "ai-train": "- prohibits ai-train",
      "ai-input": "- prohibits ai-input",
    });
  });

  test("extension tokens mean nothing, and aren't everything either", () => {
    expect(judge(rsl(content(permits("x:magic"))))["ai-train"]).toBe("- permits x:magic only");
  });
});

describe("conditions that we can't meet make a permission none", () => {
  test.each([
    ["payment", '<payment type="purchase"/>'],
    ["a contribution", '<payment type="contribution"/>'],
    ["reporting", '<reporting type="telemetry" profile="https://p.example/"/>'],
    ["a group of users", permits("education", "user")],
    ["a country", permits("EU", "geo")],
    ["a country that is left out", '<prohibits type="geo">US</prohibits>'],
  ])("%s", (_, condition) => {
    expect(judge(rsl(content(permits("all") + condition)))["ai-train"]).toMatch(
      /^- permits all for /,
    );
  });

  test("a licence server", () => {
    const server = ' server="https://licences.example"';
    expect(judge(rsl(content(permits("all"), "/", server)))["search"]).toBe(
      "- permits all for a licence of https://licences.example",
    );
  });

  test.each([
    ["free", '<payment type="free"/>'],
    ["payment without a type", "<payment/>"],
    [
      "all groups of users",
      permits("commercial non-commercial education government personal", "user"),
    ],
    ["legal statements", '<legal type="disclaimer">as-is no-liability</legal>'],
  ])("%s is no condition", (_, more) => {
    expect(judge(rsl(content(permits("all") + more)))["ai-train"]).toBe("+ permits all");
  });
});

describe("which pages a content is about", () => {
  test.each([
    ["/", true],
    ["", true],
    ["/articles/", true],
    ["/articles/*", true],
    ["/*/a$", true],
    ["/art$", false],
    ["/b/", false],
    ["https://x.example/articles/", true],
    ["https://x.example", true],
    ["HTTPS://X.EXAMPLE/*", true],
    ["https://other.example/", false],
    ["https://[", false],
  ])("%s", (url, matches) => {
    expect(Object.keys(judge(rsl(content(prohibits("all"), url)))).length > 0).toBe(matches);
  });
});

describe("a document that doesn't conform permits nothing", () => {
  test.each([
    ["broken XML", "<rsl xmlns='https://rslstandard.org/rsl'><content url='/'><license>"],
    ["a DOCTYPE", `<!DOCTYPE rsl [<!ENTITY a "b">]>${rsl(content(permits("all")))}`],
    [
      "another namespace",
      rsl(content(permits("all"))).replace("rslstandard.org/rsl", "x.example/"),
    ],
    ["an unknown element", rsl(content(`${permits("all")}<permit>all</permit>`))],
    ["no content", rsl()],
    ["a content without a license", rsl('<content url="/"></content>')],
    ["a content without a url", rsl(`<content><license>${permits("all")}</license></content>`)],
    ["no XML at all", "<!doctype html><title>Not found</title>"],
    ["nothing", ""],
    ["more than the bytes that are read", rsl(content(permits("all")), " ".repeat(DOCUMENT_BYTES))],
  ])("%s", (_, text) => {
    const uses = judge(text);
    expect(uses["ai-train"]).toMatch(/^- /);
    expect(uses["analysis"]).toMatch(/^- /);
    expect(Object.values(uses).some((said) => said.startsWith("+"))).toBe(false);
  });

  test("and what it prohibits holds", () => {
    expect(judge(rsl(content(`${prohibits("search")}<permit>all</permit>`)))["search"]).toBe(
      "- prohibits search",
    );
  });

  test("elements of other namespaces do no harm", () => {
    const foreign = '<x:note xmlns:x="https://x.example/">hi</x:note>';
    expect(judge(rsl(content(permits("all") + foreign)))["ai-train"]).toBe("+ permits all");
  });
});

test("A prefix for the namespace is understood, as feeds and files embed it", () => {
  const text = `<rsl:content xmlns:rsl="https://rslstandard.org/rsl" url="/"><rsl:license><rsl:prohibits type="usage">ai-train</rsl:prohibits></rsl:license></rsl:content>`;
  expect(judge(text)["ai-train"]).toBe("- prohibits ai-train");
});

test("A document says how long it may be relied on", () => {
  const text = rsl(content(permits("all")));
  expect(parseRsl(text).maxAgeDays).toBe(30);
  expect(parseRsl(text.replace("<rsl ", '<rsl max-age="7" ')).maxAgeDays).toBe(7);
});

test("Documents that are made to be slow take no longer than others", async () => {
  const work = () => {
    const url = `https://x.example/${"a".repeat(2000)}`;
    for (const text of [
      "<a>".repeat(200_000),
      rsl(...Array.from({ length: 20_000 }, (_, i) => content(prohibits("all"), `/*a*a*a*b${i}`))),
      rsl(content(permits("search ".repeat(100_000)))),
      rsl(`<content url="/">${`<license>${permits("x")}</license>`.repeat(20_000)}</content>`),
      `<rsl ${"a='b' ".repeat(100_000)}>`,
    ]) {
      readRsl(parseRsl(text), url);
    }
  };
  expect(await leastCpuOf(work, 1000)).toBeLessThan(1000);
});
