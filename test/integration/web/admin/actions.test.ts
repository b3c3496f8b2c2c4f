import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commitArticles } from "../../../../articles/ingest/commit.ts";
import type { Correction } from "../../../../model/articles/correction.ts";
import type { Link } from "../../../../model/crawl/link.ts";
import type { AuditEntry } from "../../../../model/operations/audit.ts";
import { Source } from "../../../../model/sources/source.ts";
import { declared } from "../../../../model/sources/version.ts";
import { applySources, START_ACTOR } from "../../../../sources/files/apply.ts";
import { getLink } from "../../../../store/crawl/links.ts";
import { addKey } from "../../../../store/operations/accounts.ts";
import { readAudit } from "../../../../store/operations/audit.ts";
import { dueSources, makeDue } from "../../../../store/sources/sources.ts";
import type { Store } from "../../../../store/store.ts";
import { makeKey } from "../../../../web/auth/secret.ts";
import { hours, idOf, pageOf } from "../../../helpers/article-pages.ts";
import { makeArticle, makeSource, publishArticles } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { codeIn, FORM, join, openGated } from "../../../helpers/gated.ts";
import { makeLink } from "../../../helpers/links.ts";
import { type Session, startSession } from "../../../helpers/session.ts";
import { textOf } from "../../../helpers/site.ts";

let database: TestDatabase;
let store: Store;
let app: FastifyInstance;
/** An operator's session. */
let oscar: Session;
/** An editor's session. */
let edith: Session;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("actions");
  await join(store, "oscar", "operator");
  await join(store, "edith", "editor");
  app = await openGated(store);
  oscar = await startSession(app, "oscar");
  edith = await startSession(app, "edith");
});
afterAll(async () => {
  await app?.close();
  await database.close();
});

/** Audit log of these subjects, newest first. */
const auditOf = async (...subjects: string[]): Promise<AuditEntry[]> =>
  (await readAudit(store, { before: new Date(4e12), limit: 50 })).filter(({ subject }) =>
    subjects.includes(subject),
  );

type Answer = Awaited<ReturnType<Session["send"]>>;

describe("an operator replays a dead letter", () => {
  let deadLetters: string;
  let replayed: Answer;
  let link: Link | null;
  beforeAll(async () => {
    await store.collections.sources.insertOne(makeSource("towns"));
    const url = "https://towns.example/a?x=<script>";
    await store.collections.links.insertOne(
      makeLink("gone", {
        url,
        foundUrl: url,
        sourceId: "towns",
        state: "dead-letter",
        dueAt: null,
        doneAt: new Date(),
        reason: "timeout",
      }),
    );
    deadLetters = await oscar.page("/admin/dead-letters");
    const fields = { id: "gone", reason: "their server is back" };
    replayed = await oscar.send("/admin/dead-letters/replay", fields, "/admin/dead-letters");
    link = await getLink(store, "gone");
  });

  test("A dead letter is listed with a form to replay it", () => {
    expect(deadLetters).toContain('name="id" value="gone"');
  });

  test("A replay leads back to the list of dead letters", () => {
    expect([replayed.statusCode, replayed.headers.location]).toEqual([303, "/admin/dead-letters"]);
  });

  test("A replayed dead letter is due again with no attempts counted", () => {
    expect(link).toMatchObject({ state: "due", attempts: 0 });
  });

  test("The audit log says who replayed a dead letter and why", async () => {
    expect(await auditOf("gone")).toMatchObject([
      {
        actor: "user oscar",
        action: "link.replay",
        subject: "gone",
        reason: "their server is back",
      },
    ]);
  });
});

describe("an operator pauses a source", () => {
  /** Ids of due sources, before and after the steps. */
  const due: Record<string, unknown[]> = {};
  let paused: Answer;
  let sources: string;
  let madeDue: unknown[];
  let resumed: Answer;
  let resumedAgain: Answer;
  let keyId: string;
  beforeAll(async () => {
    await store.collections.sources.insertOne(makeSource("cities", { nextDueAt: new Date() }));
    const fields = { id: "cities", reason: "they move their site" };
    paused = await oscar.send("/admin/sources/pause", fields, "/admin/sources");
    sources = await oscar.page("/admin/sources");
    const now = new Date(Date.now() + 60_000);
    const dueNow = async () =>
      (await dueSources(store, now, 9)).filter(({ _id }) => _id === "cities");
    due["paused"] = await dueNow();
    const source = Source.parse({ id: "cities", name: "New", feeds: ["https://c.example/f"] });
    const making = { at: now, actor: START_ACTOR, reason: null, keep: new Set(["towns", "evil"]) };
    await applySources(store, [declared(source, "")], making);
    due["new file"] = await dueNow();
    madeDue = await makeDue(store, now, ["cities"]);

    const { id, text, secretHash } = makeKey();
    keyId = id;
    const key = { _id: id, name: "desk", secretHash, createdAt: now, createdBy: "cli test" };
    await addKey(store, { ...key, scopes: ["write"], expiresAt: null });
    const headers = { "content-type": FORM["content-type"], authorization: `Bearer ${text}` };
    const payload = "id=cities&reason=moved";
    const post = { method: "POST", url: "/admin/sources/resume", headers, payload } as const;
    resumed = await app.inject(post);
    resumedAgain = await app.inject(post);
    due["resumed"] = await dueNow();
  });

  test("An operator's request to pause a source is accepted", () => {
    expect(paused.statusCode).toBe(303);
  });

  test("The list of sources says who paused a source and why", () => {
    expect(sources).toMatch(/paused.*they move their site \(user oscar\)/s);
  });

  test("A paused source opens no run", () => {
    expect(due["paused"]).toEqual([]);
  });

  test("A new declaration doesn't resume a paused source", () => {
    expect(due["new file"]).toEqual([]);
  });

  test("A paused source can't be made due", () => {
    expect(madeDue).toEqual([]);
  });

  test("A key with the scope write resumes a source", () => {
    expect(resumed.json()).toEqual({ done: "resumed" });
  });

  test("A source that isn't paused can't be resumed", () => {
    expect(resumedAgain.statusCode).toBe(400);
  });

  test("A resumed source is due again", () => {
    expect(due["resumed"]).toMatchObject([{ _id: "cities", pausedByOperator: null }]);
  });

  test("The audit log says who paused and who resumed a source", async () => {
    expect(await auditOf("cities")).toMatchObject([
      { actor: `key ${keyId}`, action: "source.resume", subject: "cities", reason: "moved" },
      { actor: "user oscar", action: "source.pause", reason: "they move their site" },
    ]);
  });
});

describe("an editor corrects topics", () => {
  const url = "/admin/corrections";
  const fields = { article: "a-1", add: "digital-identity", reason: "it is about a counter" };
  const topics: Record<string, readonly string[] | undefined> = {};
  let form: string;
  let corrected: Answer;
  let correction: Correction | null;
  let undone: Answer;
  let audit: AuditEntry[];
  beforeAll(async () => {
    await publishArticles(store, "created", [makeArticle("a-1")]);
    const topicsNow = async () =>
      (await store.collections.articles.findOne({ _id: "a-1" }))?.topics;
    form = await edith.page(`${url}?article=a-1`);
    corrected = await edith.send(url, fields);
    topics["corrected"] = await topicsNow();
    correction = await store.collections.corrections.findOne({ articleId: "a-1" });
    const undo = { id: correction?._id ?? "", reason: "a mistake" };
    undone = await edith.send(`${url}/undo`, undo, url);
    topics["undone"] = await topicsNow();
    audit = await auditOf("a-1");
  });

  test("The form of a correction shows the article's title", () => {
    expect(form).toContain("Title of a-1");
  });

  test("A correction adds a topic to an article", () => {
    expect(corrected.statusCode).toBe(303);
    expect(topics["corrected"]).toContain("digital-identity");
  });

  test("A correction is stored with who made it and why", () => {
    expect(correction).toMatchObject({ actor: "user edith", reason: "it is about a counter" });
  });

  test("An undone correction removes the topic that it added", () => {
    expect(undone.statusCode).toBe(303);
    expect(topics["undone"]).not.toContain("digital-identity");
  });

  test("The audit log says who corrected an article and who undid it", () => {
    expect(audit).toMatchObject([
      { actor: "user edith", action: "article.undo", reason: "a mistake" },
      {
        actor: "user edith",
        action: "article.correct",
        subject: "a-1",
        detail: expect.stringContaining("+digital-identity"),
      },
    ]);
  });

  test("An operator sees no form to correct topics", async () => {
    expect(await oscar.page(url)).not.toContain('action="/admin/corrections"');
  });

  test("An operator may not correct topics", async () => {
    const refused = await oscar.send(url, fields, "/admin/dead-letters");
    expect(refused.statusCode).toBe(403);
    expect((await auditOf("a-1")).length).toBe(2);
  });
});

describe("an editor splits and joins a story", () => {
  const [a, b] = [idOf("a"), idOf("b")];
  const url = `/admin/stories?id=${b}`;
  const split = { article: b, reason: "two events" };
  /** The story's page before and after the split. */
  const story = { whole: "", split: "" };
  let splitDone: Answer;
  let joined: Answer;
  let joinedAgain: Answer;
  let corrections: string;
  beforeAll(async () => {
    const pages = ["a", "b"].map((name, n) =>
      pageOf(name, { fields: { text: textOf("wire"), publishedAt: hours(n - 5) } }),
    );
    await commitArticles(store, pages, { timezone: "UTC", now: () => new Date() });
    story.whole = await edith.page(url);
    splitDone = await edith.send("/admin/stories/split", split, url);
    story.split = await edith.page(url);
    const joining = { article: b, other: a, reason: "one after all" };
    joined = await edith.send("/admin/stories/join", joining, url);
    joinedAgain = await edith.send("/admin/stories/join", joining, url);
    corrections = await edith.page("/admin/corrections");
  });

  test("A story's page says why its articles belong together", () => {
    expect(story.whole).toContain(`same text as ${a}, 1.00`);
  });

  test("A story's page says why an article represents the story", () => {
    const why = "begins the story; represents the story: of 2: it is the earliest";
    expect(story.whole).toContain(why);
  });

  test("A split leads back to the story's page", () => {
    expect([splitDone.statusCode, splitDone.headers.location]).toEqual([303, url]);
  });

  test("A story's page says who split an article from which story and why", () => {
    expect(story.split).toMatch(/begins the story; apart from .*user edith: two events/);
  });

  test("An editor joins two stories", () => {
    expect(joined.statusCode).toBe(303);
  });

  test("Stories that are one can't be joined again", () => {
    expect(joinedAgain.statusCode).toBe(400);
  });

  test("The audit log says who split and joined a story and why", async () => {
    expect(await auditOf(b)).toMatchObject([
      { actor: "user edith", action: "story.join", subject: b, reason: "one after all" },
      { actor: "user edith", action: "story.split", subject: b, reason: "two events" },
    ]);
  });

  test("The list of corrections names the story that an article was joined with", () => {
    expect(corrections).toContain(`joined with ${a}`);
  });

  test("An operator sees no form to split or join a story", async () => {
    expect(await oscar.page(url)).not.toContain('action="/admin/stories/');
  });

  test("An operator may not split a story", async () => {
    const refused = await oscar.send("/admin/stories/split", split, "/admin/dead-letters");
    expect(refused.statusCode).toBe(403);
  });
});

describe("a correction is refused", () => {
  const url = "/admin/corrections";
  const fields = { article: "r-1", add: "digital-identity", reason: "it is about a counter" };
  beforeAll(() => publishArticles(store, "created", [makeArticle("r-1")]));

  /** A refused correction leaves neither a correction nor a line in the audit log. */
  async function expectNothingDone() {
    expect(await auditOf("r-1")).toEqual([]);
    expect(await store.collections.corrections.countDocuments({ articleId: "r-1" })).toBe(0);
  }

  test("A correction needs a reason", async () => {
    const { statusCode, body } = await edith.send(url, { ...fields, reason: " " });
    expect([statusCode, body]).toEqual([400, expect.stringContaining("say why")]);
    await expectNothingDone();
  });

  test("A correction can't add an unknown topic", async () => {
    expect((await edith.send(url, { ...fields, add: "nonsense" })).statusCode).toBe(400);
    await expectNothingDone();
  });

  test("A form without the code of the session is refused", async () => {
    expect((await edith.send(url, { ...fields, _csrf: "" })).statusCode).toBe(403);
    await expectNothingDone();
  });

  test("A form from another site is refused", async () => {
    const code = codeIn(await edith.page(url));
    const payload = new URLSearchParams({ ...fields, _csrf: code }).toString();
    const headers = { ...FORM, cookie: edith.cookie, origin: "https://evil.example" };
    const foreign = await app.inject({ method: "POST", url, headers, payload });
    expect(foreign.statusCode).toBe(403);
    await expectNothingDone();
  });
});

describe("what publishers write is shown as text", () => {
  const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>`;
  beforeAll(async () => {
    const article = makeArticle("evil", {
      sourceId: "evil",
      title: evil,
      teaser: evil,
      text: `${evil}\n\n${evil} more`,
      html: evil,
      authors: [evil],
      section: evil,
      url: "javascript:alert(1)",
      image: {
        url: "javascript:alert(1)",
        alt: evil,
        caption: evil,
        credit: evil,
        width: 1,
        height: 1,
      },
      evidence: {},
    });
    await publishArticles(store, "created", [article]);
    await store.collections.sources.insertOne(
      makeSource("evil", { name: evil, lastProblem: evil }),
    );
  });

  const urls = [
    "/",
    "/article/evil",
    "/admin",
    "/admin/corrections?article=evil",
    "/feeds/all.atom",
  ];

  test.each(urls)("%s escapes markup and scripts of publishers", async (url) => {
    const { statusCode, body } = await edith.get(url);
    expect(statusCode).toBe(200);
    expect(body).not.toMatch(
      /<script(?! (type="module"|defer) src="\/assets\/)|<img src=x|href="javascript:|src="javascript:/i,
    );
  });

  test.each(urls)("%s may be framed by no site", async (url) => {
    const { headers } = await edith.get(url);
    expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
  });

  test.each(urls)("%s lets a browser run nothing that isn't ours", async (url) => {
    const { headers } = await edith.get(url);
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
    expect(headers["content-security-policy"]).not.toContain("unsafe");
    expect(headers["x-content-type-options"]).toBe("nosniff");
  });
});
