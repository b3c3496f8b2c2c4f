import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sleep } from "../../lib/time.ts";
import { toItem, toVisible } from "../../model/articles/article.ts";
import type { Change } from "../../model/publish/change.ts";
import { appendChanges, headSeq } from "../../store/publish/changes.ts";
import type { Store } from "../../store/store.ts";
import { makeArticle } from "../helpers/articles.ts";
import { type Leased, leaseOf } from "../helpers/consumers.ts";
import { startTestDatabase, type TestDatabase } from "../helpers/database.ts";
import { endProcess, ProcessEnded, withFaults } from "../helpers/faults.ts";
import { asKey, openGated } from "../helpers/gated.ts";
import { measured } from "../helpers/measured.ts";
import { SIZE } from "../helpers/size.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(() => database.close());

/** What a consumer's own database holds: what it applied, in its order, and where it is. */
interface Copy {
  applied: string[];
  versions: Map<string, number>;
  repeated: number;
  seqs: number[];
}

function apply(copy: Copy, { seq, articleId, version }: Leased["items"][number]): void {
  if ((copy.versions.get(articleId) ?? 0) >= version) {
    copy.repeated++;
    return;
  }
  copy.versions.set(articleId, version);
  copy.applied.push(`${articleId}:${version}`);
  copy.seqs.push(seq);
}

/** One run of a named consumer's process, which may die after any step. */
async function runNamed(ask: Ask, name: string, copy: Copy, dies: () => boolean): Promise<void> {
  const { status, body } = await leaseOf(ask, name, { limit: 400, seconds: 1, wait: 1 });
  if (status === 409) return sleep(100);
  if (status !== 200 || body.lease === null || dies()) return;
  for (const change of body.items) {
    apply(copy, change);
    if (dies()) return;
  }
  await ask("POST", `/v1/consumers/${name}/ack`, { lease: body.lease });
}

type Ask = Awaited<ReturnType<typeof asKey>>;

/** One run of a reader who keeps his cursor himself, with his work. */
async function runCursor(
  app: FastifyInstance,
  copy: Copy & { cursor: string },
  dies: () => boolean,
) {
  const answer = await app.inject(`/v1/changes?limit=300&wait=1&cursor=${copy.cursor}`);
  const { items, next_cursor: next } = answer.json<{
    items: Leased["items"];
    next_cursor: string;
  }>();
  for (const change of items) {
    apply(copy, change);
    if (dies()) return;
  }
  copy.cursor = next;
}

/**
 * What 50 writers change, in the stream by two racing sequencers that may die in the middle of an
 * insert. (How changes get from articles to them is test/integration/store/publish/changes.test.ts.)
 */
async function writeAll(store: Store, count: number, dies: () => boolean): Promise<number> {
  // An article's changes come to one of them, in its order.
  const lanes: Omit<Change, "seq">[][] = [[], []];
  const writing = { left: 50 };
  const writers = Array.from({ length: 50 }, async (_, writer) => {
    for (let n = 0; n < count / 50; n++) {
      const [articleId, version] = [`w${writer}.${n % 20}`, Math.floor(n / 20) + 1];
      const item = toItem(makeArticle(articleId, { version, title: `${writer}.${n}` }));
      const before = version === 1 ? null : toVisible(item);
      const kind = before ? ("updated" as const) : ("created" as const);
      lanes[writer % 2]?.push({ articleId, version, kind, before, item, at: new Date() });
      if (n % 20 === 19) await sleep(10);
    }
    writing.left--;
  });
  const { changes } = store.collections;
  const half: typeof changes.insertMany = async (rows) => {
    await changes.insertMany(rows.slice(0, Math.ceil(rows.length / 2)), { ordered: true });
    return endProcess();
  };
  const faulty = withFaults(changes, { insertMany: () => (dies() ? half : undefined) });
  const dying = { ...store, collections: { ...store.collections, changes: faulty } };
  const sequencers = lanes.map(async (waiting) => {
    let batch: Omit<Change, "seq">[] = [];
    while (writing.left > 0 || waiting.length > 0 || batch.length > 0) {
      if (batch.length === 0) batch = waiting.splice(0, 200);
      try {
        await appendChanges(dying, await headSeq(store), batch);
        batch = [];
      } catch (error) {
        if (!(error instanceof ProcessEnded)) throw error;
      }
      await sleep(5);
    }
  });
  await Promise.all(writers);
  await Promise.all(sequencers);
  return count;
}

test("50 writers, 5 consumers that die at random: none lost, none repeated, none out of order", {
  timeout: SIZE.patience,
}, async () => {
  const { store, app, operator, consumer } = await openOnRealClock();
  let seed = 7;
  const chance = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
  let deaths = 0;
  const dies = () => {
    if (chance() >= 0.0005) return false;
    deaths++;
    return true;
  };
  const stores = Array.from({ length: 5 }, () => ({
    applied: [] as string[],
    versions: new Map<string, number>(),
    repeated: 0,
    seqs: [] as number[],
    cursor: "",
  }));
  const names = ["one", "two", "three"];
  for (const name of names) await operator("POST", "/v1/consumers", { name, from: "start" });
  for (const copy of stores) {
    const latest = await app.inject("/v1/changes?cursor=latest");
    copy.cursor = latest.json<{ next_cursor: string }>().next_cursor;
  }

  const since = performance.now();
  let written: number | null = null;
  const write = async () => {
    written = await writeAll(store, SIZE.followed, () => chance() < 0.1);
  };
  const through = (copy: Copy) => copy.applied.length === written;
  const following = stores.flatMap((copy, n) => {
    const name = names[n];
    const run = async () => {
      while (!through(copy) && performance.now() - since < SIZE.patience * 0.8) {
        await (name ? runNamed(consumer, name, copy, dies) : runCursor(app, copy, dies));
      }
    };
    // A named consumer has two processes, of which one has the lease.
    return name ? [run(), run()] : [run()];
  });
  await Promise.all([write(), ...following]);

  expect(await headSeq(store)).toBe(SIZE.followed);
  const perWriter = SIZE.followed / 50;
  const all = Array.from({ length: 50 }, (_, writer) =>
    Array.from({ length: perWriter }, (__, n) => `w${writer}.${n % 20}:${Math.floor(n / 20) + 1}`),
  )
    .flat()
    .toSorted();
  for (const copy of stores) {
    expect(copy.applied.toSorted()).toEqual(all);
    expect(copy.seqs).toEqual(copy.seqs.toSorted((a, b) => a - b));
  }
  const repeats = stores.reduce((sum, { repeated }) => sum + repeated, 0);
  expect(deaths).toBeGreaterThan(2);
  expect(repeats).toBeGreaterThan(0);
  const seconds = ((performance.now() - since) / 1000).toFixed(1);
  measured(
    `${written} changes to 5 consumers in ${seconds} s, ${deaths} deaths, ${repeats} repeats`,
  );
  await app.close();

  async function openOnRealClock() {
    const own = await database.open("followed");
    const server = await openGated(own, { perMinute: 1_000_000 });
    const keys = { operator: await asKey(server, own, "write") };
    return { store: own, app: server, ...keys, consumer: await asKey(server, own, "consume") };
  }
});
