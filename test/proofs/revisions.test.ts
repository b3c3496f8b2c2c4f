import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { urlKey } from "../../crawler/links/url.ts";
import { edited } from "../../demo/text.ts";
import { reviveLinks } from "../../store/crawl/links.ts";
import { noisyPage } from "../helpers/noisy-page.ts";
import { type RevisionCase, revisionCases, textOfCase } from "../helpers/revision-cases.ts";
import { SIZE } from "../helpers/size.ts";
import { type Services, startServices, type WatchedSite } from "../helpers/watched-site.ts";
import { takeTurns } from "../helpers/worker.ts";

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename, { oneStore: true });
});
afterEach(() => services.closeSites());
afterAll(() => services?.close());

/** Makes the links of `paths` due and takes their turns. */
async function fetchAgain(watched: WatchedSite, paths: string[]): Promise<void> {
  const { store, site, worker } = watched;
  const dueAt = new Date(worker.deps.now().getTime() - 1000);
  const links = paths.map((path) => ({ id: urlKey(site.at(path)), runId: "again", dueAt }));
  await reviveLinks(store, links);
  await fetchAll(watched);
}

/** Several requests at once, since there are many. */
const CONCURRENCY = 6;

function fetchAll({ worker, site }: WatchedSite): Promise<unknown> {
  const turns = Array.from({ length: CONCURRENCY }, (_, turn) =>
    takeTurns(worker, site.host, turn),
  );
  return Promise.all(turns);
}

const SLUGS = [
  "one-login-for-ports",
  "ummeldung-per-app",
  "guichet-unique-bretagne",
  "agua-iztapalapa-sensores",
  "kazan-ostanovki",
  "foshan-yichuang",
  "plain-letters",
  "ki-posteingang",
  "lyon-capteurs-bruit",
  "padron-sin-cita",
];

test(
  `${SIZE.refetches} fetches of pages with changing adverts and counters make no revision`,
  async () => {
    const paths = SLUGS.map((_, place) => `/news/${place}`);
    const watched = await services.watchSite("noise", paths, { concurrency: CONCURRENCY });
    const { store, site } = watched;
    let served = 0;
    for (const [place, of] of SLUGS.entries()) {
      const text = textOfCase({ of, kind: "same", edit: {} });
      site.pages[`/news/${place}`] = (_, response) =>
        void response
          .setHeader("content-type", "text/html; charset=utf-8")
          .end(noisyPage(text, served++, place % 6));
    }
    await fetchAll(watched);
    const rounds = Math.ceil(SIZE.refetches / paths.length);
    for (let round = 0; round < rounds; round++) await fetchAgain(watched, paths);
    expect(served).toBe(paths.length * (rounds + 1));
    const articles = await store.collections.articles.find().toArray();
    expect(articles).toHaveLength(paths.length);
    const moved = articles.flatMap(({ pending }) =>
      pending.slice(1).map(({ revision, item }, index) => {
        const before = new Map(Object.entries(pending[index]?.item ?? {}));
        const differs = ([name, value]: [string, unknown]) =>
          name !== "version" && JSON.stringify(value) !== JSON.stringify(before.get(name));
        const fields = Object.entries(item).filter(differs);
        return { title: item.title, revision, fields: fields.map(([name]) => name) };
      }),
    );
    expect(moved).toEqual([]);
    expect(await store.collections.revisions.countDocuments({})).toBe(paths.length);
  },
  SIZE.patience,
);

test(
  "Every real change of such pages is a revision, and its kind is in the stream",
  async () => {
    const cases = [
      ...(await revisionCases("tuned.yaml")),
      ...(await revisionCases("held-out.yaml")),
    ].filter(({ kind }, index) => kind !== "same" && (SIZE.everyRevision || index % 3 === 0));
    const paths = cases.map((_, index) => `/news/${index}`);
    const watched = await services.watchSite("real", paths, { concurrency: CONCURRENCY });
    const { store, site } = watched;
    const serve = (changed: boolean) => {
      for (const [index, one] of cases.entries()) {
        const text = textOfCase(one);
        const overrides = changed ? edited(text, one.edit) : text;
        site.pages[`/news/${index}`] = noisyPage(
          overrides,
          index + (changed ? 1000 : 0),
          index % 6,
        );
      }
    };
    serve(false);
    await fetchAll(watched);
    serve(true);
    await fetchAgain(watched, paths);
    const found = await store.collections.articles.find().toArray();
    const byId = new Map(found.map((article) => [article._id, article]));
    const judged = cases.map((one: RevisionCase, index) => {
      const article = byId.get(urlKey(site.at(`/news/${index}`)));
      const said = article?.pending.at(-1)?.revision;
      return { of: one.of, kind: one.kind, revision: article?.revision, said: said?.kind };
    });
    expect(judged.filter(({ revision, said }) => revision !== 2 || !said)).toEqual([]);
    const right = judged.filter(({ kind, said }) => kind === said);
    expect(right.length / cases.length).toBeGreaterThanOrEqual(0.95);
  },
  SIZE.patience,
);
