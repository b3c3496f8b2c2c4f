import { describe, expect, test } from "vitest";
import { type Decision, decide } from "../../../../articles/ingest/decide.ts";
import { draftArticle, writeOf } from "../../../../articles/revisions/draft.ts";
import { urlKey } from "../../../../crawler/links/url.ts";
import { HOUR_MS } from "../../../../lib/time.ts";
import type { Article } from "../../../../model/articles/article.ts";
import { makeLink } from "../../../helpers/links.ts";
import { makeReading, type PageOverrides, SEEN } from "../../../helpers/reading.ts";
import { textOf } from "../../../helpers/site.ts";

const later = (hours: number) => new Date(SEEN.getTime() + hours * HOUR_MS);
const addressOf = (name: string) => `https://city.example/news/${name}`;
const idOf = (name: string) => urlKey(addressOf(name));

/** A page at the address of `name`; `of` names another article that it is a page of. */
interface Page extends PageOverrides {
  name: string;
  of?: string;
}

const readingOf = ({ name, ...overrides }: Page) => makeReading(addressOf(name), overrides);

function stored(page: Page, overrides: Partial<Article> = {}): Article {
  const draft = draftArticle(idOf(page.name), readingOf(page), null, "UTC");
  return { ...draft, pending: [], ...overrides };
}

/** Decides for pages that arrive together, with `known` articles in the store. */
function decideAll(pages: Page[], known: Article[] = []): Decision[] {
  const byId = new Map(known.map((article) => [article._id, article]));
  const open = pages.map((page) => ({
    link: makeLink(idOf(page.name), { url: addressOf(page.name) }),
    articleId: idOf(page.of ?? page.name),
    reading: readingOf(page),
  }));
  const candidates = new Set(open.map(({ articleId }) => articleId));
  return decide(open, {
    existing: new Map([...byId].filter(([id]) => candidates.has(id))),
    corrections: new Map(),
    timezone: "UTC",
    now: () => later(1),
  });
}

describe("an article", () => {
  test("whose publisher reserves anything changes without a word of what was said", () => {
    const becauseOf = (reserved: string[]) => {
      const reading = { ...readingOf({ name: "a", fields: { text: textOf("next") } }), reserved };
      const draft = draftArticle(idOf("a"), reading, stored({ name: "a" }), "UTC");
      return writeOf(draft, stored({ name: "a" }), "updated", SEEN).change.revision?.because;
    };
    expect(becauseOf([])).toEqual(expect.any(String));
    expect(becauseOf(["nosnippet"])).toBeNull();
  });

  test("that is new is created, with its first revision", () => {
    const [decision] = decideAll([{ name: "a" }]);
    expect(decision).toMatchObject({ outcome: "new", before: null, revised: { revision: 1 } });
    expect(decision?.draft).toMatchObject({ _id: idOf("a"), version: 1 });
  });

  test("that is as it was is not written", () => {
    const [decision] = decideAll(
      [{ name: "a", capture: { _id: "next" } }],
      [stored({ name: "a" })],
    );
    expect(decision).toMatchObject({ outcome: "unchanged", draft: null });
  });

  test("whose text changed gets the next version and revision; the change says how it was before", () => {
    const before = stored({ name: "a" }, { version: 3, topics: ["egov"] });
    const text = textOf("something else");
    const [decision] = decideAll([{ name: "a", fields: { text } }], [before]);
    expect(decision).toMatchObject({ outcome: "updated", revised: { revision: 2 } });
    expect(decision?.draft).toMatchObject({ version: 4, text });
    expect(decision?.before).toMatchObject({ version: 3, topics: ["egov"] });
  });

  test.each<[string, PageOverrides]>([
    ["date", { fields: { publishedAt: new Date("2026-11-24T08:00:00Z") } }],
    ["teaser", { fields: { teaser: "Corrected." } }],
    ["authors", { fields: { authors: ["Ada Example", "Bob Example"] } }],
    ["section", { fields: { section: "City" } }],
    ["topics", { classified: { topics: ["egov"] } }],
    ["place", { classified: { region: "Hamburg" } }],
    ["canonical address", { fields: { canonicalUrl: "https://city.example/news/a-2" } }],
  ])("whose %s changed is written, without a new revision", (_what, overrides) => {
    const [decision] = decideAll([{ name: "a", ...overrides }], [stored({ name: "a" })]);
    expect(decision).toMatchObject({ outcome: "updated", revised: null });
    expect(decision?.draft).not.toBeNull();
  });

  test("whose counters, adverts and time stamps changed is as it was", () => {
    const [text, teaser] = [textOf("a"), "What it says."];
    const noisy = (n: number) => ({
      text: `Updated ${n} minutes ago\n\n${text}\n\n${n} comments`,
      teaser: `${teaser} ${n} min read.`,
    });
    const before = stored({ name: "a", fields: noisy(3) });
    const next = { _id: "next" };
    const [decision] = decideAll([{ name: "a", fields: noisy(4), capture: next }], [before]);
    expect(decision).toMatchObject({ outcome: "unchanged", draft: null });
  });

  test("that is corrected says so with its change", () => {
    const before = stored({ name: "a", fields: { text: "It cost 12 euros, they say." } });
    const fields = { text: "It cost 21 euros, they say." };
    const [decision] = decideAll([{ name: "a", fields, capture: { _id: "next" } }], [before]);
    const revision = { revision: 2, kind: "correction", because: '"12" became "21"' };
    expect(decision?.draft).toMatchObject({ revised: revision });
  });

  test("whose modification date alone grew is as it was, unless the same response says so now", () => {
    const page = { name: "a", fields: { modifiedAt: later(-1) } };
    const [next] = decideAll([{ ...page, capture: { _id: "next" } }], [stored({ name: "a" })]);
    expect(next?.outcome).toBe("unchanged");
    const [same] = decideAll([page], [stored({ name: "a" })]);
    expect(same).toMatchObject({ outcome: "updated", draft: { revision: 1 } });
  });

  test("is not changed by an older look, or by another of its addresses", () => {
    const before = stored({ name: "a" }, { lastSeenAt: later(5) });
    const fields = { text: textOf("old") };
    const [old, variant] = [
      decideAll([{ name: "a", fields, capture: { _id: "old" } }], [before])[0],
      decideAll([{ name: "amp", of: "a", fields, capture: { fetchedAt: later(9) } }], [before])[0],
    ];
    expect(old).toMatchObject({ outcome: "duplicate", draft: null, features: null });
    expect(variant).toMatchObject({ outcome: "duplicate", draft: null, articleId: idOf("a") });
  });

  test("that was retracted and is there again is published again", () => {
    const [decision] = decideAll([{ name: "a" }], [stored({ name: "a" }, { status: "retracted" })]);
    expect(decision).toMatchObject({ outcome: "updated", draft: { status: "published" } });
  });

  test("at two addresses in one batch is told by the first", () => {
    const decisions = decideAll([{ name: "a" }, { name: "print", of: "a" }]);
    expect(decisions.map(({ outcome, draft }) => [outcome, draft !== null])).toEqual([
      ["new", true],
      ["duplicate", false],
    ]);
  });
});
