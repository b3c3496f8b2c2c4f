import { describe, expect, test } from "vitest";
import type { HttpRequest } from "../../../crawler/http/http.ts";
import type { Received } from "../../../crawler/http/response.ts";
import { createVisitor, ownPermits, throughProxy } from "../../../crawler/visit.ts";
import { RetryLater } from "../../../model/crawl/outcome.ts";
import { Source } from "../../../model/sources/source.ts";

/** An answer that leads to `location`, or a page where that is null. */
function answerOf({ url }: HttpRequest, location: string | null): Received {
  const at = new Date();
  const bytes = new TextEncoder().encode("<p>here");
  const about = { encoding: null, truncated: false, address: null, startedAt: at, endedAt: at };
  const headers = { "content-type": "text/html" };
  const response = {
    url,
    headers,
    requestHeaders: {},
    location,
    ms: 0,
    wire: bytes,
    decoded: bytes,
  };
  return { ...response, ...about, status: location ? 302 : 200 };
}

const paper = { id: "paper", name: "Paper", feeds: ["https://paper.example/rss"] };

/** A visitor whose requests `get` answers. */
function visitorOf(
  get: (request: HttpRequest) => Promise<Received>,
  proxyOf?: Parameters<typeof createVisitor>[0]["proxyOf"],
) {
  return createVisitor({
    http: { get },
    acquirePermit: ownPermits(),
    product: "Newsgather",
    now: () => new Date(),
    delay: 0,
    ...(proxyOf && { proxyOf }),
  });
}

test("headers of a source go with a redirect over its own hosts, and no further", async () => {
  const sent: [string, string | undefined][] = [];
  const next: Record<string, string> = {
    "https://paper.example/a": "https://www.paper.example/a",
    "https://www.paper.example/a": "https://mirror.example/a",
    "https://mirror.example/a": "https://strange.example/a",
  };
  const get = (request: HttpRequest) => {
    if (!request.url.endsWith(".txt")) sent.push([request.url, request.headers?.["X-Key"]]);
    return Promise.resolve(answerOf(request, next[request.url] ?? null));
  };
  const source = Source.parse({
    ...paper,
    headers: { "X-Key": "s3cret" },
    allowHosts: ["mirror.example"],
  });
  const visitor = visitorOf(get);
  await visitor.visit("https://paper.example/a", "article", source);
  expect(sent).toEqual([
    ["https://paper.example/a", "s3cret"],
    ["https://www.paper.example/a", "s3cret"],
    ["https://mirror.example/a", "s3cret"],
    ["https://strange.example/a", undefined],
  ]);
});

test("what is looked at outside of a run goes through the source's proxy, its robots.txt too; a proxy that fails is told", async () => {
  const requests: string[] = [];
  const proxy = { name: "env:SECRET_PROXY", url: "http://127.0.0.1:1", guarded: false };
  let away = false;
  const get = (request: HttpRequest) => {
    requests.push(`${new URL(request.url).pathname} ${request.proxy?.name ?? "straight"}`);
    if (away) return Promise.reject(new RetryLater("proxy", "it is away"));
    return Promise.resolve(answerOf(request, null));
  };
  const source = Source.parse({
    ...paper,
    proxy: proxy.name,
  });
  const visitor = visitorOf(get, ({ proxy: name }) => (name ? proxy : null));
  await visitor.visit("https://paper.example/a", "article", source);
  await visitor.rights("https://paper.example/a", source);
  await throughProxy(visitor, source.proxy).visit("https://paper.example/b", "article");
  await visitor.visit("https://paper.example/c", "article");
  expect(requests).toEqual([
    "/robots.txt env:SECRET_PROXY",
    "/a env:SECRET_PROXY",
    "/.well-known/tdmrep.json env:SECRET_PROXY",
    "/b env:SECRET_PROXY",
    "/robots.txt straight",
    "/c straight",
  ]);
  away = true;
  expect(await visitor.visit("https://other.example/a", "article", source)).toMatchObject({
    failed: { cause: "proxy", detail: "it is away" },
  });
});

describe("robots.txt", () => {
  /** Visits a page over hosts with these rules and redirects; answers what came and what was asked for. */
  async function visitWith(
    rules: Record<string, string>,
    {
      url = "https://paper.example/a",
      leads = {},
    }: { url?: string; leads?: Record<string, string> } = {},
  ) {
    const requests: string[] = [];
    const delays: number[] = [];
    const visitor = createVisitor({
      http: {
        get: (request) => {
          requests.push(request.url);
          const { host, pathname } = new URL(request.url);
          const answer = answerOf(request, leads[request.url] ?? null);
          const text = pathname === "/robots.txt" ? (rules[host] ?? "") : "<p>here";
          const decoded = new TextEncoder().encode(text);
          return Promise.resolve({ ...answer, wire: decoded, decoded });
        },
      },
      acquirePermit: (_, delay) => {
        delays.push(delay);
        return Promise.resolve({
          start: () => Promise.resolve(() => {}),
          release: () => Promise.resolve(),
        });
      },
      product: "Newsgather",
      now: () => new Date(),
      delay: 0,
    });
    return { visitor, requests, delays, visited: await visitor.visit(url, "article") };
  }

  test("keeps a page that it forbids from being asked for", async () => {
    const { requests, visited } = await visitWith({
      "paper.example": "User-agent: *\nDisallow: /a",
    });
    expect(visited).toMatchObject({ refused: { skipped: "robots" } });
    expect(requests).toEqual(["https://paper.example/robots.txt"]);
  });

  test("of the host that a redirect leads to counts there", async () => {
    const leads = { "https://paper.example/a": "https://mirror.example/b" };
    const { requests, visited } = await visitWith(
      { "mirror.example": "User-agent: *\nDisallow: /b" },
      { leads },
    );
    expect(visited).toMatchObject({ refused: { skipped: "robots" } });
    expect(requests).toEqual([
      "https://paper.example/robots.txt",
      "https://paper.example/a",
      "https://mirror.example/robots.txt",
    ]);
  });

  test("sets the delay between requests to its host", async () => {
    const { delays } = await visitWith({ "paper.example": "User-agent: *\nCrawl-delay: 7" });
    expect(delays).toEqual([0, 7000]);
  });

  test("that asks for more than a minute between requests keeps a page from being asked for", async () => {
    const { requests, visited } = await visitWith({
      "paper.example": "User-agent: *\nCrawl-delay: 61",
    });
    expect(visited).toMatchObject({ failed: { cause: "too-many-requests" } });
    expect(requests).toEqual(["https://paper.example/robots.txt"]);
  });

  test("keeps tdmrep.json from being asked for where it forbids that", async () => {
    const { visitor, requests } = await visitWith({
      "paper.example": "User-agent: *\nDisallow: /.well-known/",
    });
    await visitor.rights("https://paper.example/a");
    expect(requests.filter((url) => url.endsWith("/tdmrep.json"))).toEqual([]);
  });

  test("that may not be asked for forbids all", async () => {
    const visitor = createVisitor({
      http: { get: () => Promise.resolve({ skipped: "egress-refused", detail: "inside" }) },
      acquirePermit: ownPermits(),
      product: "Newsgather",
      now: () => new Date(),
      delay: 0,
    });
    expect(await visitor.visit("https://paper.example/a", "article")).toMatchObject({
      refused: { skipped: "robots-unreachable", detail: "inside" },
    });
  });
});
