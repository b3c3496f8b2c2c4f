import { describe, expect, test } from "vitest";
import { Source } from "../../../../model/sources/source.ts";
import {
  checkSourceDraft,
  formValues,
  hideSecrets,
  mergeDraft,
  mergeSecrets,
  restoreSecrets,
  secretsIn,
  sourceFormFields,
} from "../../../../sources/files/form.ts";

const YAML = `# our town
id: town
name: Town
feeds:
  - https://town.example/rss # the only one
pace: { delay: 5s }
`;
const about = { id: "town", current: null, topics: null };

/** What becomes of typed values, the others as the text has them. */
function typed(values: Record<string, string>, yaml = YAML) {
  const before = formValues(YAML) ?? {};
  return checkSourceDraft({ yaml, base: YAML, values: { ...before, ...values } }, about);
}

test("every key of a source's file has a field with a meaning", () => {
  const fields = sourceFormFields();
  const first = new Set(fields.map(({ path }) => path.split(".")[0]));
  expect(first).toEqual(new Set(Object.keys(Source.shape)));
  expect(fields.filter(({ meaning }) => meaning === "").map(({ path }) => path)).toEqual([]);
});

test("a field says its default", () => {
  const defaults = Object.fromEntries(
    sourceFormFields().map((field) => [field.path, field.default]),
  );
  expect(defaults).toMatchObject({ "pace.delay": "2s", render: "auto", "firstRun.articles": "50" });
});

test("a typed value is written into the text, whose comments stay", () => {
  const { yaml, problems } = typed({ name: "Our Town", "schedule.every": "15m", trust: "0.8" });
  expect(problems).toEqual([]);
  expect(yaml).toMatch(/^# our town\n[^]*name: Our Town\n[^]*# the only one/);
  expect(formValues(yaml)).toMatchObject({ "schedule.every": "15m", trust: "0.8" });
});

test("what is typed in the text comes into the form", () => {
  const { values } = typed({}, `${YAML}language: de\ntopics: [sport, money]\n`);
  expect(values).toMatchObject({ language: "de", topics: "sport\nmoney", "pace.delay": "5s" });
});

test("what is typed in both is joined", () => {
  const { yaml } = typed({ name: "Our Town" }, `${YAML}language: de\n`);
  expect(formValues(yaml)).toMatchObject({ name: "Our Town", language: "de" });
});

test("an emptied field takes its key out, and what holds nothing any more", () => {
  expect(typed({ "pace.delay": "" }).yaml).not.toContain("pace");
});

test("a mistake is told by its key and line", () => {
  const { problems, changes } = typed({ "pace.delay": "soon" });
  expect(problems).toEqual([
    { path: "pace.delay", line: 6, message: expect.stringContaining("2s") },
  ]);
  expect(changes).toBeNull();
});

test("a text that can't be read keeps what was typed in the form", () => {
  const { yaml, problems, values } = typed({ name: "Our Town" }, "id: [town");
  expect(yaml).toBe("id: [town");
  const message =
    "Flow sequence in block collection must be sufficiently indented and end with a ]";
  expect(problems).toEqual([{ path: "", line: 1, message }]);
  expect(values["name"]).toBe("Our Town");
});

test("a pattern without quotes that YAML reads as an alias is a problem with a line", () => {
  const yaml = "id: agency\nname: Agency\nfeeds: [https://agency.example/rss]\nexclude: [*.pdf]\n";
  const input = { yaml, values: {}, base: yaml };
  const { problems } = checkSourceDraft(input, { id: "agency", current: null, topics: null });
  expect(problems).toMatchObject([{ line: 4, message: expect.stringContaining('"*.pdf"') }]);
});

test("what differs from the source as it is watched is listed", () => {
  const current = Source.parse({ id: "town", name: "Town", feeds: ["https://town.example/rss"] });
  const before = formValues(YAML) ?? {};
  const { changes } = checkSourceDraft(
    { yaml: YAML, base: YAML, values: before },
    { ...about, current },
  );
  expect(changes).toEqual([{ field: "pace.delay", before: "2s", after: "5s" }]);
});

test("a table that is no YAML is reported at its field, whose text stays", () => {
  const { problems, values, source } = typed({ select: "- [title" });
  expect(problems).toEqual([
    { path: "select", line: 0, message: expect.stringMatching(/./) as string },
  ]);
  expect(values["select"]).toBe("- [title");
  expect(source).toBeNull();
});

describe("headers may hold secrets", () => {
  const secret = `${YAML}headers:\n  x-key: s3cret\n  accept: text/html\n`;

  test("their values are hidden", () => {
    expect(hideSecrets(secret)).not.toContain("s3cret");
  });

  test("hidden values come back, changed ones stay", () => {
    const edited = hideSecrets(secret).replace(/accept: .*/, "accept: '*'");
    const { yaml, problems } = restoreSecrets(edited, secretsIn(secret));
    expect(yaml).toMatch(/x-key: s3cret\n  accept: '\*'/);
    expect(problems).toEqual([]);
  });

  test.each([
    ["of a text with a mistake", "headers: { x-key: s3cret }\nid: [\n"],
    ["of a table that is named elsewhere", "x: &all { x-key: s3cret }\nheaders: *all\n"],
    ["of a value that is named elsewhere", "x: &key s3cret\nheaders: { x-key: *key }\n"],
    ["of a merged table", "headers:\n  <<: { x-key: s3cret }\n"],
    ["of a list", "headers: [s3cret]\n"],
  ])("values %s are hidden", (_, text) => {
    expect(hideSecrets(text)).not.toContain("s3cret");
  });

  test("hidden values of a table that is named elsewhere come back", () => {
    const text = "x: &all { x-key: s3cret }\nheaders: *all\n";
    expect(restoreSecrets(hideSecrets(text), secretsIn(text))).toEqual({
      yaml: text,
      problems: [],
    });
  });

  describe("that two users changed at once", () => {
    const before = "id: town\nheaders: { x-key: old, x-id: old }\n";
    const theirs = "id: town\nheaders: { x-key: theirs, x-id: theirs }\n";
    const mine = before.replace("x-key: old", "x-key: mine");
    const merged = mergeSecrets(
      ...([mine, before, theirs].map(secretsIn) as [never, never, never]),
    );

    test("are those of whoever changed one, mine where both did", () => {
      expect(Object.fromEntries(merged)).toEqual({
        "headers.x-key": "mine",
        "headers.x-id": "theirs",
      });
    });

    test("are a conflict where both changed the same one, which shows no secret", () => {
      const draft = hideSecrets(before).replace('x-key: "***"', "x-key: mine");
      expect(mergeDraft(draft, before, theirs)).toEqual({
        yaml: draft,
        conflicts: [{ path: "headers.x-key", theirs: "***" }],
      });
    });
  });

  test("a renamed header whose value is hidden is a problem", () => {
    const edited = hideSecrets(secret).replace("x-key", "x-token");
    expect(restoreSecrets(edited, secretsIn(secret)).problems).toEqual([
      {
        path: "headers.x-token",
        line: 0,
        message:
          "The value of this header is hidden. Enter it again, because the header is new or renamed.",
      },
    ]);
  });
});
