import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { Source } from "../../../model/sources/source.ts";

const readme = readFileSync("README.md", "utf8");
const documents = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"].concat(
  readdirSync("docs", { encoding: "utf8", recursive: true }).flatMap((name) =>
    name.endsWith(".md") ? `docs/${name}` : [],
  ),
);

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

test("the README doesn't promise more ready-made sources than there are", () => {
  const promised = Number(/more than (\d+) sources/.exec(readme)?.[1]);
  const files = readdirSync("config/sources").filter((name) => name.endsWith(".yaml"));
  expect(files.length).toBeGreaterThan(promised);
});

test("links between the documents lead to files and headings that are there", () => {
  let links = 0;
  const broken: string[] = [];
  for (const file of documents) {
    const text = readFileSync(file, "utf8");
    for (const [, target = ""] of text.matchAll(/\]\((?!https?:)([^)]+)\)/g)) {
      links++;
      const [path = "", anchor] = target.split("#");
      const there = path === "" ? file : join(dirname(file), path);
      if (!existsSync(there)) broken.push(`${file}: ${target}`);
      if (!there.endsWith(".md") || !existsSync(there)) continue;
      const headings = [...readFileSync(there, "utf8").matchAll(/^#+ (.*)$/gm)];
      const found = headings.some(([, heading = ""]) => slug(heading) === anchor);
      if (anchor !== undefined && !found) broken.push(`${file}: ${target}`);
    }
  }
  expect(links).toBeGreaterThan(100);
  expect(broken).toEqual([]);
});
