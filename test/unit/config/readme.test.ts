import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { Source } from "../../../model/source.ts";

const readme = readFileSync("README.md", "utf8");

const slug = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\w -]/g, "")
    .replaceAll(" ", "-");

test("the README's example of a source follows the schema", () => {
  const [, example] = /```yaml\n(.*?)```/s.exec(readme) ?? [];
  const source = Source.parse(parse(example ?? ""));
  expect(source.schedule).toMatchObject({ every: 15 * 60_000 });
  expect(source.listings[0]).toMatchObject({ link: "h2 a", date: "time@datetime" });
});

test("the README's table of a source's keys names all of them", () => {
  const table = readme.slice(
    readme.indexOf("| key | meaning"),
    readme.indexOf("`config/sources/` comes"),
  );
  const named = [...table.matchAll(/^\| (.*?) \|/gm)].flatMap((row) =>
    [...(row[1] ?? "").matchAll(/`(\w+)`/g)].map((match) => match[1]),
  );
  const explained = ["id", "name", "home", "ignoreRobots"];
  expect(new Set([...named, ...explained])).toEqual(new Set(Object.keys(Source.shape)));
});

test("the README doesn't promise more ready-made sources than there are", () => {
  const promised = Number(/more than (\d+) sources/.exec(readme)?.[1]);
  const files = readdirSync("config/sources").filter((name) => name.endsWith(".yaml"));
  expect(files.length).toBeGreaterThan(promised);
});

test("links between the documents lead to files and headings that are there", () => {
  const broken: string[] = [];
  for (const file of ["README.md", "CONTRIBUTING.md", "docs/architecture.md"]) {
    const text = readFileSync(file, "utf8");
    for (const [, target = ""] of text.matchAll(/\]\((?!https?:)([^)]+\.md(?:#[^)]*)?)\)/g)) {
      const [path = "", anchor] = target.split("#");
      const there = file.startsWith("docs/") ? `docs/${path}` : path;
      const headings = [...readFileSync(there, "utf8").matchAll(/^#+ (.*)$/gm)];
      const found = headings.some(([, heading = ""]) => slug(heading) === anchor);
      if (anchor !== undefined && !found) broken.push(`${file}: ${target}`);
    }
  }
  expect(broken).toEqual([]);
});
