import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createLogger } from "../../../../config/logger.ts";
import type { Received } from "../../../../crawler/http/response.ts";
import { SECOND_MS } from "../../../../lib/time.ts";
import type { Host } from "../../../../model/crawl/host.ts";
import type { TurnDeps } from "../../../../workers/deps.ts";
import { readRobots } from "../../../../workers/fetch/host-files.ts";
import type { Slot } from "../../../../workers/fetch/slot.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const PAGES: Record<string, Pick<Received, "status" | "location"> & { text: string }> = {
  "http://news.example/robots.txt": {
    status: 301,
    location: "https://news.example/robots.txt",
    text: "",
  },
  "https://news.example/robots.txt": { status: 200, location: null, text: "User-agent: *" },
  "http://old.example/robots.txt": {
    status: 301,
    location: "https://news.example/robots.txt",
    text: "",
  },
};

function received(url: string): Received {
  const { text, ...answer } = PAGES[url] ?? { status: 404, location: null, text: "" };
  const bytes = Buffer.from(text);
  const sizes = { wire: bytes, decoded: bytes, encoding: null, truncated: false };
  const times = { startedAt: new Date(), endedAt: new Date(), ms: 1 };
  return { url, headers: {}, requestHeaders: {}, address: null, ...answer, ...sizes, ...times };
}

/** Reads the robots.txt of a host whose requests are `delay` ms apart. */
async function read(delay: number, name = "news.example") {
  const requests: { url: string; at: number }[] = [];
  const host = { _id: name, robots: null, delay, concurrency: 1 } as Host;
  const deps = {
    now: () => new Date(),
    random: () => 0.5,
    log: createLogger({ logLevel: "silent" }),
    noteProgress: () => {},
    settings: { product: "N" },
    http: {
      get: async ({ url }: { url: string }) => {
        requests.push({ url, at: Date.now() });
        return received(url);
      },
    },
    hosts: { get: async () => host, forget: () => {} },
    addresses: { get: async () => null },
    pace: {
      acquire: async () => ({ ok: true, slot: 0, opensIn: 0, age: 0 }),
      release: async () => delay,
    },
    outage: { answered: () => {} },
    files: { keep: async () => {}, note: async () => {} },
  } as unknown as TurnDeps;
  const slot: Slot = {
    ok: true,
    age: 0,
    opened: Promise.resolve(),
    start: async () => () => {},
    release: async () => delay,
    cancel: async () => {},
  };
  const reading = readRobots(deps, host, `http://${name}/a`, { slot, proxy: null });
  await vi.advanceTimersByTimeAsync(120 * SECOND_MS);
  return { robots: await reading, requests };
}

test.each([2, 10, 30])(
  "a robots.txt that redirects is read at a pace of one request in %i s",
  async (seconds) => {
    const { robots, requests } = await read(seconds * SECOND_MS);
    expect(robots).toMatchObject({ state: "ok", text: "User-agent: *", detail: null });
    const [first, second] = requests;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(seconds * SECOND_MS);
  },
);

test("a robots.txt that redirects to another host doesn't wait for the first host's pace", async () => {
  const { robots, requests } = await read(60 * SECOND_MS, "old.example");
  expect(robots).toMatchObject({ state: "ok", text: "User-agent: *" });
  expect(requests).toHaveLength(2);
});
