import { describe, expect, it } from "vitest";
import { Tag, textOf } from "../../../../extractors/dom/node.ts";
import { parseTree } from "../../../../extractors/dom/tree.ts";
import { growthOf, LINEAR } from "../../../helpers/cpu.ts";

function outline(html: string): string {
  const names: string[] = [];
  const visit = (tags: Tag[], depth: number) => {
    for (const tag of tags) {
      names.push(`${" ".repeat(Math.max(0, depth))}${tag.name}`);
      visit(
        tag.children.filter((child) => child instanceof Tag),
        depth + 1,
      );
    }
  };
  visit(parseTree(html).tags.slice(0, 1), -1);
  names.shift();
  return names.join("\n");
}

describe("what authors leave out is closed as in browsers", () => {
  it.each([
    ["<p>one<p>two", "p\np"],
    ["<ul><li>one<li>two</ul>", "ul\n li\n li"],
    ["<p>one<div>two</div>", "p\ndiv"],
    ["<table><tr><td>a<td>b<tr><td>c</table>", "table\n tr\n  td\n  td\n tr\n  td"],
    ["<a href=1>one<a href=2>two", "a\na"],
    ["<button>one<div>two</div><p>three</p>", "button\n div\n p"],
    ["<td><div>in a cell</td>", "td\n div"],
  ])("%s", (html, tree) => {
    expect(outline(html)).toBe(tree);
  });

  it("ignores end tags that match nothing, and those that would leave a table cell", () => {
    const tree = parseTree("<div><table><tr><td>a</div>b</td></tr></table>c</i></div>d");
    expect(textOf(tree.tags[0] as Tag)).toBe("ab c d");
  });

  it("keeps drawings out of the text but not what follows an unclosed one", () => {
    const [, tag] = parseTree("<div><svg><title>Icon</title><text>x</text><p>after</p></div>").tags;
    expect(tag && textOf(tag)).toBe("after");
  });

  it("decodes entities in text and attributes", () => {
    const [, tag] = parseTree('<p title="a &amp; b">caf&eacute; &#8211; bar</p>').tags;
    expect(tag?.attribs["title"]).toBe("a & b");
    expect(tag && textOf(tag)).toBe("café – bar");
  });
});

describe("bounds", () => {
  const nested = (n: number) => `${"<div>".repeat(n)}deep${"</div>".repeat(n)}`;

  it("takes nested tags in time that grows as their number does", async () => {
    expect(await growthOf(200_000, nested, (html) => parseTree(html))).toBeLessThan(LINEAR);
  });

  it("takes 200,000 nested tags without overflow", () => {
    const tree = parseTree(nested(200_000));
    expect(textOf(tree.tags[0] as Tag, 1_000_000)).toBe("deep");
  });

  it("cuts off what passes the limits", () => {
    const limits = { size: 100, tags: 3, depth: 2 };
    expect(parseTree("<p>a</p>".repeat(5), limits).tags).toHaveLength(3);
  });
});
