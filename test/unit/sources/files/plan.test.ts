import { expect, test } from "vitest";
import { Document } from "yaml";
import { Source } from "../../../../model/sources/source.ts";
import { declared } from "../../../../model/sources/version.ts";
import { diffSources, planSources } from "../../../../sources/files/apply.ts";
import { sourceFormFields } from "../../../../sources/files/form.ts";
import { draftSource } from "../../../../sources/files/load.ts";
import { recordOf } from "../../../../store/sources/sources.ts";

const yaml = `id: cities
name: Cities
feeds: [https://c.example/a, https://c.example/b]
headers: { X-Key: one }
schedule: { every: 30m }
listings: [{ url: https://c.example/news, link: h2 a }]
paused: { reason: they rebuild it }
`;

function read(text: string) {
  const draft = draftSource(text, null);
  if ("problems" in draft) throw new Error(draft.problems.join("\n"));
  return declared(draft.source, text);
}

test("two declarations differ field by field, and no value of a header is told", () => {
  const after = yaml
    .replace("https://c.example/a,", "https://c.example/c,")
    .replace("30m", "90s")
    .replace("h2 a", "h3 a")
    .replace("one", "two")
    .replace(/paused.*\n/, "language: de\n");
  expect(diffSources(read(yaml).source, read(after).source)).toEqual([
    { field: "feeds", before: "https://c.example/a", after: null },
    { field: "feeds", before: null, after: "https://c.example/c" },
    { field: "listings.0.link", before: "h2 a", after: "h3 a" },
    { field: "schedule.every", before: "30m", after: "90s" },
    { field: "headers.X-Key", before: "***", after: "***" },
    { field: "language", before: null, after: "de" },
    { field: "paused.reason", before: "they rebuild it", after: null },
  ]);
  expect(diffSources(read(yaml).source, read(`# a comment\n${yaml}`).source)).toEqual([]);
});

test("every duration is told as a file writes it", () => {
  const bare = {
    id: "cities",
    name: "Cities",
    feeds: ["https://c.example/a"],
    login: { cookies: [{ name: "sid", value: "env:SECRET_SID" }] },
  };
  const withValue = (path: string, value: string) => {
    const document = new Document(bare);
    document.setIn(path.split("."), value);
    return Source.safeParse(document.toJS()).data;
  };
  const told = sourceFormFields().flatMap(({ path }) => {
    const [before, after] = [withValue(path, "90s"), withValue(path, "2h")];
    return before && after ? diffSources(before, after) : [];
  });
  expect(told.map(({ field }) => field)).toEqual(
    expect.arrayContaining(["pace.delay", "rights.embargo", "coverage.within", "login.expires"]),
  );
  expect(told.filter(({ before, after }) => before !== "90s" || after !== "2h")).toEqual([]);
});

test("a plan names what goes, changes and comes; a file with a mistake retires nothing", () => {
  const of = (id: string) => read(yaml.replace("id: cities", `id: ${id}`));
  const records = ["gone", "same", "other", "broken"].map((id) => {
    const { source, checksum } = of(id);
    return { ...recordOf(source), checksum };
  });
  const back = { ...recordOf(of("back").source), active: false };
  const declarations = [
    of("same"),
    read(yaml.replace("id: cities", "id: other").replace("Cities", "Towns")),
    of("back"),
    of("fresh"),
  ];
  expect(planSources([...records, back], declarations, new Set(["broken"]))).toEqual({
    retire: [{ id: "gone", name: "Cities" }],
    change: [
      {
        id: "other",
        name: "Towns",
        fields: [{ field: "name", before: "Cities", after: "Towns" }],
      },
    ],
    add: [
      { id: "back", name: "Cities", back: true },
      { id: "fresh", name: "Cities", back: false },
    ],
  });
});
