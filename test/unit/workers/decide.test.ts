import { describe, expect, test } from "vitest";
import { urlKey } from "../../../discover/canonical-url.ts";
import type { Article } from "../../../model/article.ts";
import { draftArticle, type Reading } from "../../../workers/article.ts";
import { type Decision, decide } from "../../../workers/decide.ts";
import { makeLink } from "../../helpers/links.ts";
import { makeReading, type PageGiven, printOf, SEEN } from "../../helpers/reading.ts";
import { textOf } from "../../helpers/site.ts";

const HOUR = 3_600_000;
const later = (hours: number) => new Date(SEEN.getTime() + hours * HOUR);
const addressOf = (name: string) => `https://city.example/news/${name}`;
const idOf = (name: string) => urlKey(addressOf(name));

/** A page at the address of `name`; `of` names another article that it is a page of. */
interface Page extends PageGiven {
  name: string;
  of?: string;
}

const readingOf = ({ name, ...given }: Page) => makeReading(addressOf(name), given);

function stored(page: Page, given: Partial<Article> = {}): Article {
  const draft = draftArticle(idOf(page.name), readingOf(page), null, "UTC");
  return { ...draft, pending: [], ...given };
}

/** Decides for pages that arrive together, with `known` articles in the store. */
function decideAll(pages: Page[], known: Article[] = []): Decision[] {
  const byId = new Map(known.map((article) => [article._id, article]));
  const open = pages.map((page) => ({
    link: makeLink(idOf(page.name), { url: addressOf(page.name) }),
    articleId: idOf(page.of ?? page.name),
    reading: readingOf(page),
  }));
  const asked = new Set(open.map(({ articleId }) => articleId));
  const prints = open.map(({ articleId, reading }) => printOf(articleId, reading));
  const others = known.map((article) => printOf(article._id, readingFrom(article)));
  return decide(open, {
    existing: new Map([...byId].filter(([id]) => asked.has(id))),
    prints,
    candidates: [...prints, ...others.filter(({ _id }) => !asked.has(_id))],
    told: byId,
    corrections: new Map(),
    timezone: "UTC",
    now: () => later(1),
  });
}

function readingFrom({ url, title, text, publishedAt }: Article): Reading {
  return makeReading(url, { fields: { title, text, publishedAt } });
}

const written = ({ writes }: Decision) =>
  writes.map(({ base, article, change }) => [article._id, base, change.kind, article.duplicateOf]);

describe("an article", () => {
  test("that is new is created, with its first revision", () => {
    const [decision] = decideAll([{ name: "a" }]);
    expect(decision).toMatchObject({ outcome: "new", join: null, revised: { revision: 1 } });
    expect(decision?.writes).toMatchObject([
      { base: 0, change: { kind: "created", version: 1, before: null, item: { id: idOf("a") } } },
    ]);
  });

  test("that is as it was is not written", () => {
    const [decision] = decideAll(
      [{ name: "a", capture: { _id: "next" } }],
      [stored({ name: "a" })],
    );
    expect(decision).toMatchObject({ outcome: "unchanged", writes: [] });
  });

  test("whose text changed gets the next version and revision; the change says how it was before", () => {
    const before = stored({ name: "a" }, { version: 3, topics: ["egov"] });
    const text = textOf("something else");
    const [decision] = decideAll([{ name: "a", fields: { text } }], [before]);
    expect(decision).toMatchObject({ outcome: "updated", revised: { revision: 2 } });
    expect(decision?.writes).toMatchObject([
      {
        base: 3,
        article: { version: 4, text },
        change: { kind: "updated", version: 4, before: { topics: ["egov"], listed: true } },
      },
    ]);
  });

  test.each<[string, PageGiven]>([
    ["date", { fields: { publishedAt: new Date("2026-11-24T08:00:00Z") } }],
    ["teaser", { fields: { teaser: "Corrected." } }],
    ["authors", { fields: { authors: ["Ada Example", "Bob Example"] } }],
    ["section", { fields: { section: "City" } }],
    ["topics", { classified: { topics: ["egov"] } }],
    ["place", { classified: { region: "Hamburg" } }],
    ["canonical address", { fields: { canonicalUrl: "https://city.example/news/a-2" } }],
  ])("whose %s changed is written, without a new revision", (_what, given) => {
    const [decision] = decideAll([{ name: "a", ...given }], [stored({ name: "a" })]);
    expect(decision).toMatchObject({ outcome: "updated", revised: null });
    expect(decision?.writes).toHaveLength(1);
  });

  test("whose counters, adverts and time stamps changed is as it was", () => {
    const [text, teaser] = [textOf("a"), "What it says."];
    const noisy = (n: number) => ({
      text: `Updated ${n} minutes ago\n\n${text}\n\n${n} comments`,
      teaser: `${teaser} ${n} min read.`,
    });
    const before = stored({ name: "a", fields: noisy(3) });
    const [decision] = decideAll([{ name: "a", fields: noisy(4) }], [before]);
    expect(decision).toMatchObject({ outcome: "unchanged", writes: [] });
  });

  test("that is corrected says so with its change", () => {
    const before = stored({ name: "a", fields: { text: "It cost 12 euros, they say." } });
    const fields = { text: "It cost 21 euros, they say." };
    const [decision] = decideAll([{ name: "a", fields }], [before]);
    const revision = { revision: 2, kind: "correction", because: '"12" became "21"' };
    expect(decision?.writes).toMatchObject([
      { article: { revised: revision }, change: { revision } },
    ]);
  });

  test("whose modification date alone grew is as it was", () => {
    const given = { fields: { modifiedAt: later(-1) } };
    const [decision] = decideAll([{ name: "a", ...given }], [stored({ name: "a" })]);
    expect(decision?.outcome).toBe("unchanged");
  });

  test("is not changed by an older look, or by another of its addresses", () => {
    const before = stored({ name: "a" }, { lastSeenAt: later(5) });
    const fields = { text: textOf("old") };
    const [old, variant] = [
      decideAll([{ name: "a", fields, capture: { _id: "old" } }], [before])[0],
      decideAll([{ name: "amp", of: "a", fields, capture: { fetchedAt: later(9) } }], [before])[0],
    ];
    expect(old).toMatchObject({ outcome: "duplicate", writes: [] });
    expect(variant).toMatchObject({ outcome: "duplicate", writes: [], articleId: idOf("a") });
  });

  test("that was retracted and is there again is published again", () => {
    const [decision] = decideAll([{ name: "a" }], [stored({ name: "a" }, { status: "retracted" })]);
    expect(decision?.writes).toMatchObject([
      { article: { status: "published" }, change: { before: { listed: false } } },
    ]);
  });

  test("at two addresses in one batch is told by the first", () => {
    const decisions = decideAll([{ name: "a" }, { name: "print", of: "a" }]);
    expect(decisions.map(({ outcome, writes }) => [outcome, writes.length])).toEqual([
      ["new", 1],
      ["duplicate", 0],
    ]);
  });
});

describe("copies", () => {
  const text = textOf("wire");
  const at = (hour: number) => ({ text, publishedAt: later(hour) });

  test("a later copy of a stored article is stored as its duplicate", () => {
    const [copy] = decideAll(
      [{ name: "b", fields: at(-1) }],
      [stored({ name: "a", fields: at(-2) })],
    );
    expect(copy && written(copy)).toEqual([[idOf("b"), 0, "created", idOf("a")]]);
    expect(copy?.join).toEqual({
      storyId: idOf("a"),
      articleIds: [idOf("a"), idOf("b")],
      because: { [idOf("b")]: "same text" },
    });
  });

  test("an earlier one takes the story over, and all that told it follow", () => {
    const head = stored({ name: "head", fields: at(-2) }, { version: 2 });
    const follows = { duplicateOf: head._id, storyId: head._id };
    const member = stored({ name: "member", fields: at(-1) }, follows);
    const [first] = decideAll([{ name: "first", fields: at(-5) }], [head, member]);
    expect(first && written(first)).toEqual([
      [idOf("first"), 0, "created", null],
      [head._id, 2, "merged", idOf("first")],
      [member._id, 1, "merged", idOf("first")],
    ]);
    expect(first?.writes[1]?.change).toMatchObject({ version: 3, before: { listed: true } });
    expect(first?.join?.because).toEqual({ [head._id]: "same text", [member._id]: "same text" });
  });

  test("copies that arrive together have one representative, in whatever order", () => {
    const pages = [2, 3, 1].map((n) => ({ name: `n${n}`, fields: at(n - 9) }));
    const heads = decideAll(pages).map(({ writes: [own] }) => own?.article.duplicateOf);
    expect(heads).toEqual([idOf("n1"), idOf("n1"), null]);
  });

  test("a chain of edits that arrives together is one story", () => {
    const words = text.split(" ");
    const edit = (from: number) =>
      words.map((word, n) => (n >= from && n < from + 24 ? `other${n}` : word)).join(" ");
    const twice = edit(0)
      .split(" ")
      .map((word, n) => (n >= 120 && n < 144 ? `third${n}` : word))
      .join(" ");
    const pages = [
      { name: "third", fields: { text: twice, publishedAt: later(-1) } },
      { name: "second", fields: { text: edit(0), publishedAt: later(-2) } },
      { name: "first", fields: at(-3) },
    ];
    const stories = decideAll(pages).map(({ writes: [own] }) => own?.article.storyId);
    expect(new Set(stories)).toEqual(new Set([idOf("first")]));
  });

  test("an article that changes keeps its story, and moves no other", () => {
    const head = stored({ name: "a", fields: at(-2) });
    const copy = stored(
      { name: "b", fields: at(-1) },
      { duplicateOf: head._id, storyId: head._id },
    );
    const fields = { text: textOf("rewritten"), publishedAt: later(-9) };
    const [decision] = decideAll([{ name: "b", fields }], [head, copy]);
    expect(decision && written(decision)).toEqual([[copy._id, 1, "updated", head._id]]);
  });
});
