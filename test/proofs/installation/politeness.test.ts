import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { QueueEvents } from "bullmq";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { ReleaseStack } from "../../../lib/async.ts";
import { shortHash } from "../../../lib/text.ts";
import { keyPrefix } from "../../../queues/producer.ts";
import type { Role } from "../../../queues/queues.ts";
import type { Store } from "../../../store/store.ts";
import { measured } from "../../helpers/measured.ts";
import {
  type PoliteHost,
  type PoliteSites,
  type Seen,
  servePolitely,
} from "../../helpers/polite-sites.ts";
import { openRoles, startRole } from "../../helpers/roles.ts";
import { isVerify } from "../../helpers/size.ts";

const PAGES = isVerify ? 40 : 14;
const CAP = 2;
const DELAY = 300;
const SHARED = "127.1.8.200";
const ROLES: Role[] = ["scheduler", "http", "http", "http", "browser"];

const host = (index: number, overrides: Partial<PoliteHost> = {}): PoliteHost => ({
  name: `polite-${index}.example`,
  address: `127.1.8.${index + 1}`,
  delay: DELAY,
  concurrency: 1,
  render: "http",
  // A page takes a browser longer.
  pages: overrides.render === "browser" ? PAGES / 2 : PAGES,
  ...overrides,
});
const HOSTS: PoliteHost[] = [
  host(0, { concurrency: 2 }),
  host(1, { concurrency: 2, render: "browser" }),
  host(2, { crawlDelay: 1 }),
  host(3, { once: { status: 429, retryAfter: 4 } }),
  host(4, { once: { status: 503, retryAfter: 3 } }),
  host(5, { robots: 503 }),
  host(6, { render: "browser" }),
  host(7, { render: "browser", once: { status: 429, retryAfter: 4 } }),
  ...[8, 9, 10, 11].map((index) => host(index)),
  ...Array.from({ length: 8 }, (_, n) => host(12 + n, { address: SHARED, delay: 2 * DELAY })),
];

const stack = new ReleaseStack();
/** Jobs started, by the part of their id that stands for the host; not again because their worker got no core for long. */
const starts = new Map<string, number>();
let sites: PoliteSites;
let store: Store;

beforeAll(async () => {
  sites = await servePolitely(HOSTS, { latency: 40 });
  stack.add("sites", () => sites.close());
  const opened = await openRoles(stack, import.meta.filename, {
    NEWSGATHER_HOSTS: sites.hosts,
    NEWSGATHER_ALLOW_NETWORKS: "127.1.0.0/16",
    NEWSGATHER_ADDRESS_CONCURRENCY: `${CAP}`,
    NEWSGATHER_TICK: "1s",
  });
  const { place, redisUrl } = opened;
  store = opened.store;
  for (const [id, yaml] of Object.entries(sites.sources)) {
    await writeFile(join(place.sourcesDir, `${id}.yaml`), yaml);
  }
  for (const name of ["fetch", "render"] as const) {
    const prefix = keyPrefix("newsgather", name);
    const events = new QueueEvents(name, { connection: { url: redisUrl }, prefix });
    const count = (jobId: string, more: number) => {
      const [, id = ""] = jobId.split("-");
      starts.set(id, (starts.get(id) ?? 0) + more);
    };
    events.on("active", ({ jobId }) => count(jobId, 1));
    events.on("stalled", ({ jobId }) => count(jobId, -1));
    await events.waitUntilReady();
    stack.add(name, () => events.close());
  }
  const running = await Promise.all(ROLES.map((role) => startRole(role, place.env)));
  stack.add("roles", () => Promise.all(running.map((one) => one.stop())));
  // robots.txt, tdmrep.json and feed come on top, and what is refused once; one host says no at once.
  const whole = HOSTS.filter(({ robots }) => robots === undefined);
  const expected = whole.reduce((sum, { pages }) => sum + pages + 3, 3 + 1);
  await vi.waitUntil(() => sites.seen.length >= expected, { timeout: 400_000, interval: 200 });
}, 450_000);

afterAll(() => stack.close());

const requestsTo = (name: string) =>
  sites.seen.filter((seen) => seen.host === name).toSorted((a, b) => a.start - b.start);
const gapsOf = (seen: Seen[]) => seen.slice(1).map(({ start }, at) => start - (seen[at]?.end ?? 0));
const startGaps = (seen: Seen[]) =>
  seen.slice(1).map(({ start }, at) => start - (seen[at]?.from ?? 0));
const mostAtOnce = (seen: Seen[]) =>
  Math.max(
    ...seen.map(({ start }) => seen.filter((one) => one.start <= start && one.end > start).length),
  );

describe("20 hosts, three HTTP processes and a browser", () => {
  test.each(HOSTS.filter(({ concurrency }) => concurrency === 1))(
    "$name ($render): the delay lies between the end of a request and the next one",
    ({ name, delay, crawlDelay = 0 }) => {
      const seen = requestsTo(name);
      expect(Math.min(...gapsOf(seen), Number.POSITIVE_INFINITY)).toBeGreaterThanOrEqual(
        Math.max(delay, crawlDelay * 1000),
      );
      expect(mostAtOnce(seen)).toBe(1);
    },
  );

  test.each(HOSTS.filter(({ concurrency }) => concurrency === 2))(
    "$name ($render): two at once, their starts half a delay apart",
    ({ name, delay }) => {
      const seen = requestsTo(name);
      // The pace is counted where a turn is given: a process without a core sends its request late, next to another's.
      const gaps = startGaps(seen).toSorted((a, b) => a - b);
      expect(gaps[Math.floor(gaps.length / 4)]).toBeGreaterThanOrEqual(delay / 2);
      expect(mostAtOnce(seen)).toBeLessThanOrEqual(2);
    },
  );

  test("hosts on one address share its cap", () => {
    const shared = HOSTS.filter(({ address }) => address === SHARED).map(({ name }) => name);
    const seen = sites.seen.filter((one) => shared.includes(one.host));
    expect(mostAtOnce(seen)).toBeLessThanOrEqual(CAP);
  });

  test.each(HOSTS.filter(({ once: refused }) => refused))(
    "$name: Retry-After is waited for",
    ({ name, once: refused }) => {
      const seen = requestsTo(name);
      const at = seen.findIndex(({ status }) => status === refused?.status);
      const wait = (seen[at + 1]?.start ?? 0) - (seen[at]?.end ?? 0);
      expect(wait).toBeGreaterThanOrEqual(1000 * (refused?.retryAfter ?? 0));
    },
  );

  test("a robots.txt that answers 503 stops its host, and says so", async () => {
    const { name } = HOSTS[5] as PoliteHost;
    expect(requestsTo(name).map(({ path }) => path)).toEqual(["/robots.txt"]);
    const link = await store.collections.links.findOne({
      host: sites.idOf(name),
      kind: "feed",
    } as object);
    expect(link).toMatchObject({
      state: "due",
      reason: "robots-unreachable",
      detail: "robots.txt answered 503",
    });
  });

  test("a job starts for each fetch, and hardly any in vain", () => {
    const started = (hosts: PoliteHost[]) =>
      hosts.reduce((sum, { name }) => sum + (starts.get(shortHash(sites.idOf(name))) ?? 0), 0);
    const fetched = (hosts: PoliteHost[]) => hosts.flatMap(({ name }) => requestsTo(name)).length;
    const over = HOSTS.filter(({ concurrency }) => concurrency === 1).flatMap(
      ({ name, delay, crawlDelay = 0 }) => {
        const gaps = gapsOf(requestsTo(name));
        return gaps.map((gap) => gap - Math.max(delay, 1000 * crawlDelay));
      },
    );
    const ratio = started(HOSTS) / fetched(HOSTS);
    measured(
      `${sites.seen.length} requests to ${HOSTS.length} hosts by 3 HTTP processes and a browser: ` +
        `smallest gap ${Math.min(...over).toFixed(1)} ms over the delay, ${ratio.toFixed(2)} job starts a fetch`,
    );
    expect(ratio).toBeLessThanOrEqual(1.2);
  });
});
