import { describe, expect, test } from "vitest";
import { robotsUsage } from "../../../../crawler/rights/robots-usage.ts";
import { leastCpuOf } from "../../../helpers/cpu.ts";

const host = "https://city.example";
const of = (text: string, path = "/a", product = "Newsgather") => {
  const { statements, licences } = robotsUsage(text, product, host + path);
  return { texts: statements.map(({ text: texts }) => texts).join(", "), licences };
};

describe("the example of draft-ietf-aipref-attach-05", () => {
  const robots = `User-Agent: *
Allow: /
Disallow: /never/
Content-Usage: train-ai=n
Content-Usage: /ai-ok/ train-ai=y

User-Agent: ExampleBot
Allow: /
Content-Usage: train-ai=y
`;
  test.each([
    ["/test", "Newsgather", "train-ai=n"],
    ["/ai-ok/test", "Newsgather", "train-ai=y"],
    ["/test", "ExampleBot", "train-ai=y"],
    ["/ai-ok/test", "ExampleBot", "train-ai=y"],
  ])("%s says to %s that %s", (path, product, texts) => {
    expect(of(robots, path, product).texts).toBe(texts);
  });
});

describe("Content-Usage", () => {
  test("blanks around the label don't matter, and what follows an octothorpe is a comment", () => {
    expect(of("User-agent: *\n \tContent-Usage \t:\t train-ai=n # none").texts).toBe("train-ai=n");
  });

  test("rules with the same path apply side by side", () => {
    const robots = "User-agent: *\nContent-Usage: /a train-ai=y\nContent-Usage: /a train-ai=n";
    expect(of(robots).texts).toBe("train-ai=y, train-ai=n");
  });

  test("the longest path that matches decides, with wildcards and an end", () => {
    const robots = "User-agent: *\nContent-Usage: /*.pdf$ search=n\nContent-Usage: / search=y";
    expect([of(robots, "/x.pdf").texts, of(robots, "/x.pdfs").texts]).toEqual([
      "search=n",
      "search=y",
    ]);
  });

  test("a rule ends the list of agents above it", () => {
    const robots = "User-agent: A\nContent-Usage: train-ai=n\nUser-agent: Newsgather\nAllow: /";
    expect([of(robots).texts, of(robots, "/a", "A").texts]).toEqual(["", "train-ai=n"]);
  });

  test("a path without preferences, and broken ones, say nothing", () => {
    expect(of("User-agent: *\nContent-Usage: /a\nContent-Usage: Train=n").texts).toBe("");
  });
});

describe("Content-Signal", () => {
  const managed = `User-agent: *
Content-Signal: search=yes,ai-train=no
Allow: /

User-agent: Amazonbot
Disallow: /
`;
  test("of the group for everybody counts, as Cloudflare writes it", () => {
    expect(of(managed).texts).toBe("search=yes, ai-train=no");
  });

  test("of everybody's group doesn't count for who is named, and of another's group not for us", () => {
    expect(of(managed, "/a", "Amazonbot").texts).toBe("");
    expect(of("User-agent: Other\nContent-Signal: search=no").texts).toBe("");
  });

  test("counts from all groups that name us", () => {
    const robots =
      "User-agent: Newsgather\nContent-Signal: ai-train=no\n\nUser-agent: newsgather\nContent-signal: ai-input=no";
    expect(of(robots).texts).toBe("ai-train=no, ai-input=no");
  });
});

describe("License (RSL 1.0 section 4.4)", () => {
  const grouped = `User-agent: ExampleBot
Allow: /
License: https://example.com/examplebot-license.xml

User-agent: *
Allow: /
License: https://example.com/default-license.xml
`;
  test("of a group is for its agents", () => {
    expect(of(grouped).licences).toEqual(["https://example.com/default-license.xml"]);
    expect(of(grouped, "/a", "ExampleBot").licences).toEqual([
      "https://example.com/examplebot-license.xml",
    ]);
  });

  test.each([
    ["before the groups", "License: /l.xml\nUser-agent: Other\nDisallow:"],
    ["after a blank line", "User-agent: Other\nDisallow: /m\n\nLicense: /l.xml"],
    [
      "after a blank line and a comment",
      "User-agent: Other\r\nAllow: /\r\n\r\n# Terms\r\nLicense: /l.xml",
    ],
    ["after a sitemap", "User-agent: Other\nAllow: /\nSitemap: /s.xml\nLicense: /l.xml"],
  ])("%s is for everybody", (_, robots) => {
    expect(of(robots).licences).toEqual([`${host}/l.xml`]);
  });

  test("within another's group isn't for us, and one of our group goes before one for everybody", () => {
    expect(of("User-agent: Other\nAllow: /\nLicense: /l.xml").licences).toEqual([]);
    const both = "License: /all.xml\n\nUser-agent: *\nLicense: /group.xml";
    expect(of(both).licences).toEqual([`${host}/group.xml`]);
  });

  test("leaves machines unlicensed where a file names more than are kept", () => {
    const lines = (many: number) =>
      Array.from({ length: many }, (_, n) => `User-agent: bot${n}\nLicense: /${n}.xml`).join("\n");
    expect(of(lines(200)).texts).toBe("");
    expect(of(lines(201)).texts).toBe("unlicensed: robots.txt names more than 200 licences");
  });

  test("names each licence once, over http alone", () => {
    const robots =
      "License: /l.xml\nLicense: /l.xml\nLicense: ftp://x.example/l\nLicense: http://[";
    expect(of(robots).licences).toEqual([`${host}/l.xml`]);
  });
});

test("Files that are made to be slow take no longer than others", async () => {
  const work = () => {
    const path = `/${"a".repeat(2000)}`;
    const rules = Array.from({ length: 20_000 }, (_, i) => `Content-Usage: /*a*a*b${i} train-ai=n`);
    of(`User-agent: *\n${rules.join("\n")}`, path);
    of(`User-agent: *\n${"Content-Signal: ".repeat(30_000)}`, path);
    of("License:\n".repeat(50_000), path);
  };
  expect(await leastCpuOf(work, 3000)).toBeLessThan(3000);
});
