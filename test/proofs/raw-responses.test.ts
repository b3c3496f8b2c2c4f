import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type BrowserPool, createBrowser } from "../../crawler/browser/browser.ts";
import { type Proxy, startProxy } from "../../crawler/browser/proxy.ts";
import { createGuard } from "../../crawler/egress/guard.ts";
import { createHttp, type Http } from "../../crawler/http/http.ts";
import { disposition, type Received } from "../../crawler/http/response.ts";
import { GiveUp, isSkipped, RetryLater, type Skipped } from "../../model/crawl/outcome.ts";
import { chromiumPath, systemUser } from "../helpers/chromium.ts";
import { cpuOfThread } from "../helpers/cpu.ts";
import { KINDS, rawResponse, serveRawResponses } from "../helpers/raw-responses.ts";
import { isVerify } from "../helpers/size.ts";

/** Answers by way of asking. */
const COUNTS = isVerify
  ? { http: 20_000, alone: 1800, proxy: 20_000, upstream: 9000, browser: 450 }
  : { http: 450, alone: 90, proxy: 450, upstream: 90, browser: 18 };
const AT_ONCE = 32;
const DEADLINE_MS = 1000;
/** What a busy machine may add to a deadline. */
const PATIENCE_MS = 20_000;
/** CPU that the thread may use between two ticks of its event loop; the servers are in it. */
const BLOCKED_MS = 100;
const executablePath = await chromiumPath();

type Site = Awaited<ReturnType<typeof serveRawResponses>>;
/** Of one address the ways out ask for no more than six things at once. */
const ADDRESSES = Array.from({ length: AT_ONCE / 4 }, (_, n) => `127.1.9.${60 + n}`);
const guard = createGuard({ hosts: new Map(), allowNetworks: ["127.1.0.0/16"] });
const deaths: unknown[] = [];
const died = (error: unknown) => void deaths.push(error);
let site: Site;
let proxy: Proxy;
let http: Http;
beforeAll(async () => {
  process.on("uncaughtException", died).on("unhandledRejection", died);
  site = await serveRawResponses(ADDRESSES);
  proxy = await startProxy(guard);
  const limits = { headersTimeout: DEADLINE_MS, deadline: DEADLINE_MS };
  http = createHttp({ guard, userAgent: "TestGather/1", limits });
});
afterAll(async () => {
  process.off("uncaughtException", died).off("unhandledRejection", died);
  await http.close();
  await proxy.close();
  await site.close();
});

/** Returns a function that stops watching and returns the most CPU, ms, between two ticks of the event loop. */
function watchEventLoop() {
  let before = cpuOfThread();
  let most = 0;
  const timer = setInterval(() => {
    const now = cpuOfThread();
    most = Math.max(most, now - before);
    before = now;
  }, 1);
  return () => {
    clearInterval(timer);
    return Math.round(most);
  };
}

const CONTEXT = { kind: "article" as const, attempts: 1, hops: [], now: new Date(), random: 0 };

/** What comes of one answer, in one word; what is no value of ours is told in full. */
async function reasonOf(ask: () => Promise<Received | Skipped>): Promise<string> {
  const answer = await ask().catch((error: unknown) => error);
  if (answer instanceof RetryLater || answer instanceof GiveUp) {
    return answer.reason === "unknown" ? `unknown: ${answer.message}` : `failed: ${answer.reason}`;
  }
  if (answer instanceof Error) return `thrown: ${answer.stack}`;
  const known = answer as Received | Skipped;
  if (isSkipped(known)) return `skipped: ${known.skipped}`;
  const judged = disposition(known, CONTEXT);
  return "reason" in judged ? `judged: ${judged.reason}` : "judged";
}

/** Asks for so many answers; what came of them, and what did not end as it should. */
async function askAll(
  count: number,
  atOnce: number,
  deadlineMs: number,
  ask: (number: number, host: string) => Promise<string>,
) {
  const tally: Record<string, number> = {};
  const wrong: string[] = [];
  const one = async (number: number, host: string) => {
    const began = performance.now();
    const reason = await ask(number, host);
    const ms = performance.now() - began;
    tally[reason] = (tally[reason] ?? 0) + 1;
    const late = ms > deadlineMs + PATIENCE_MS;
    if (late || /^(thrown|unknown)/.test(reason)) {
      wrong.push(`${number} (${rawResponse(number).name}): ${reason}, ${Math.round(ms)} ms`);
    }
  };
  let next = 0;
  const askOn = async (host: string) => {
    while (next < count) await one(next++, host);
  };
  const askers = Array.from({ length: atOnce }, (_, n) => site.hosts[n % site.hosts.length] ?? "");
  await Promise.all(askers.map(askOn));
  wrong.push(...deaths.splice(0).map((error) => `nobody caught ${String(error)}`));
  return { tally, wrong };
}

test("over HTTP every answer has its reason within its time", async () => {
  const { tally, wrong } = await askAll(COUNTS.http, AT_ONCE, DEADLINE_MS, (number, host) =>
    reasonOf(() => http.get({ url: `http://${host}/${number}` })),
  );
  expect(wrong).toEqual([]);
  expect(Object.keys(tally)).toEqual(
    expect.arrayContaining(["judged", "failed: timeout", "failed: reset", "failed: bad-response"]),
  );
});

test("no answer keeps the event loop at work for long", async () => {
  const brief = createHttp({ guard, userAgent: "TestGather/1", limits: { deadline: 100 } });
  const ask = (number: number, host: string) =>
    reasonOf(() => brief.get({ url: `http://${host}/${number}` }));
  // Code that runs for the first time takes longer.
  await askAll(KINDS, 1, DEADLINE_MS, ask);
  const blockedMs = watchEventLoop();
  await askAll(COUNTS.alone, 1, DEADLINE_MS, ask);
  expect(blockedMs()).toBeLessThan(BLOCKED_MS);
  await brief.close();
});

/** What the guard's proxy says of an answer: a status that it passed on, or that it broke off. */
function throughProxy(number: number, host: string): Promise<string> {
  const token = Buffer.from(`${proxy.username}:${proxy.password}`).toString("base64");
  const socket = connect(Number(new URL(proxy.server).port), "127.0.0.1");
  const head = `Host: ${host}\r\nProxy-Authorization: Basic ${token}\r\nConnection: close`;
  socket.write(`GET http://${host}/${number} HTTP/1.1\r\n${head}\r\n\r\n`);
  return new Promise((resolve) => {
    let answer = "";
    const timer = setTimeout(() => socket.destroy(), DEADLINE_MS);
    socket.on("data", (bytes) => {
      if (answer.length < 100) answer += bytes.toString("latin1");
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      clearTimeout(timer);
      const passed = /^HTTP\/1\.1 [1-9]\d\d .*\r\n/.test(answer);
      if (passed) return resolve(answer.startsWith("HTTP/1.1 502") ? "refused" : "passed on");
      resolve(answer === "" ? "silence" : `thrown: ${answer}`);
    });
  });
}

test("the guard's proxy passes on every answer, or says that it can't", async () => {
  const { wrong } = await askAll(COUNTS.proxy, AT_ONCE, DEADLINE_MS, throughProxy);
  expect(wrong).toEqual([]);
  // Six connections to a host are kept at most, whatever was left half.
  await vi.waitUntil(() => site.open() <= 6 * ADDRESSES.length, { timeout: 60_000 });
});

test("a proxy of a source that says anything ends each request with its reason", async () => {
  const { wrong } = await askAll(COUNTS.upstream, AT_ONCE, 10_000, async (number, host) => {
    const upstream = { name: "upstream", url: `http://${host}`, guarded: true };
    // The server takes the port for the answer's number; there is no port 0.
    const target = `http://127.1.200.1:${Math.max(1, number)}/`;
    return reasonOf(() => http.get({ url: target, proxy: upstream }));
  });
  expect(wrong).toEqual([]);
});

describe("in the browser", () => {
  let browser: BrowserPool;
  beforeAll(() => {
    const limits = { stable: 300, navigation: 1500, rest: 1000 };
    const common = { executablePath, user: systemUser(), sandbox: true, userAgent: "TestGather/1" };
    browser = createBrowser({ ...common, proxy, limits });
  });
  afterAll(() => browser?.close());

  test("every answer has its reason within its time", async () => {
    const deadlineMs = 30_000;
    // Each kind of answer in turn, in numbers that the other ways have far behind them.
    const { wrong } = await askAll(COUNTS.browser, 6, deadlineMs, async (number, host) => {
      const turn = await browser.open();
      const url = `http://${host}/${number}`;
      try {
        return await reasonOf(() => turn.render({ url }));
      } finally {
        await turn.close();
      }
    });
    expect(wrong).toEqual([]);
  });
});
