import { describe, expect, test } from "vitest";
import {
  disposition,
  type Received,
  refreshTarget,
  retryAfter,
} from "../../../../crawler/http/response.ts";
import { GiveUp, RetryLater } from "../../../../model/crawl/outcome.ts";

const now = new Date("2026-03-02T12:00:00Z");
const html = "<!doctype html><title>Council opens data portal</title><p>Text";

function received(part: Partial<Omit<Received, "decoded">> & { body?: string }): Received {
  const { body = html, ...rest } = part;
  const decoded = Buffer.from(body, "latin1");
  return {
    url: "https://news.example/a",
    status: 200,
    headers: { "content-type": "text/html; charset=utf-8" },
    requestHeaders: {},
    location: null,
    address: "127.1.0.1",
    startedAt: now,
    endedAt: now,
    ms: 5,
    wire: decoded,
    encoding: null,
    truncated: false,
    ...rest,
    decoded,
  };
}

function judge(part: Parameters<typeof received>[0], context = {}) {
  return disposition(received(part), {
    kind: "article",
    attempts: 1,
    hops: [],
    now,
    random: 0.5,
    ...context,
  });
}

const hop = (url: string) => ({ url, status: 302, location: "" });

describe("disposition", () => {
  test.each([
    "text/html",
    "application/xhtml+xml",
    "application/rss+xml; charset=utf-8",
    "text/xml",
    "application/feed+json",
    "application/json",
    "text/plain",
  ])("%s is read", (type) => {
    expect(judge({ headers: { "content-type": type } })).toEqual({ kind: "ok" });
  });

  test.each(["application/pdf", "image/png", "video/mp4", "application/zip"])(
    "%s is an unsupported type, even when it starts like markup",
    (type) => {
      const verdict = judge({ headers: { "content-type": type } });
      expect(verdict).toMatchObject({ skipped: "unsupported-type", detail: type });
    },
  );

  test("a PDF is read where an article is expected, whatever it is called", () => {
    const pdf = { headers: { "content-type": "application/octet-stream" }, body: "%PDF-1.7\n" };
    expect(judge(pdf)).toEqual({ kind: "ok" });
    expect(judge(pdf, { kind: "feed" })).toMatchObject({ skipped: "unsupported-type" });
  });

  test("a body without a telling type is judged by how it starts", () => {
    const octets = { headers: { "content-type": "application/octet-stream" } };
    expect(judge({ ...octets, body: "\u00ef\u00bb\u00bf<?xml version='1.0'?>" })).toEqual({
      kind: "ok",
    });
    expect(judge({ headers: {}, body: "<rss/>" })).toEqual({ kind: "ok" });
    expect(judge({ ...octets, body: "MZ\u0090" })).toMatchObject({ skipped: "unsupported-type" });
  });

  test("304 counts only as the answer to a conditional request", () => {
    const conditional = { requestHeaders: { "if-none-match": '"x"' } };
    expect(judge({ status: 304, body: "", ...conditional })).toEqual({ kind: "not-modified" });
    expect(judge({ status: 304, body: "" })).toBeInstanceOf(RetryLater);
  });

  test.each([
    [404, "gone"],
    [410, "gone"],
    [401, "blocked"],
    [403, "blocked"],
    [451, "blocked"],
  ])("%i is %s", (status, skipped) => {
    expect(judge({ status })).toMatchObject({ skipped, detail: `${status}` });
  });

  test("429 and 503 wait as long as Retry-After says", () => {
    const seconds = judge({ status: 429, headers: { "retry-after": "7" } });
    expect(seconds).toMatchObject({ reason: "too-many-requests", delay: 7000 });
    const date = judge({
      status: 503,
      headers: { "retry-after": "Mon, 02 Mar 2026 12:01:00 GMT" },
    });
    expect(date).toMatchObject({ reason: "too-many-requests", delay: 60_000 });
  });

  test("5xx backs off with jitter and growth, and ends after four tries", () => {
    const delays = [1, 2, 3].map((attempts) => judge({ status: 500 }, { attempts }));
    expect(delays.map((each) => (each instanceof RetryLater ? each.delay : null))).toEqual([
      6000, 24_000, 96_000,
    ]);
    expect(judge({ status: 500 }, { random: 0 })).toMatchObject({ delay: 2000 });
    expect(judge({ status: 503 })).toMatchObject({ reason: "server-error" });
    const last = judge({ status: 500 }, { attempts: 4 });
    expect(last).toBeInstanceOf(GiveUp);
    expect(last).toMatchObject({ reason: "server-error" });
  });

  describe("a redirect", () => {
    const to = "https://news.example/b";
    const five = ["1", "2", "3", "4", "5"].map(hop);

    test("is followed", () => {
      expect(judge({ status: 301, location: to })).toEqual({ kind: "redirect", to });
    });

    test("by a script is followed, though the browser reports it with the page's own status", () => {
      expect(judge({ status: 200, location: to })).toEqual({ kind: "redirect", to });
    });

    const refresh = '<meta http-equiv="refresh" content="0; url=/b">';

    test("by a page that only refreshes is followed", () => {
      expect(judge({ status: 200, body: refresh })).toEqual({ kind: "redirect", to });
    });

    test("by a page that only refreshes is given up after five others", () => {
      const verdict = judge({ status: 200, body: refresh }, { hops: five });
      expect(verdict).toMatchObject({ reason: "redirect-loop" });
    });

    test("is followed after four others", () => {
      expect(judge({ status: 301, location: to }, { hops: five.slice(1) })).toMatchObject({ to });
    });

    test("is given up after five others", () => {
      expect(judge({ status: 301, location: to }, { hops: five })).toMatchObject({
        reason: "redirect-loop",
      });
    });

    test("to a URL that it came from is given up", () => {
      expect(judge({ status: 302, location: to }, { hops: [hop(to)] })).toMatchObject({
        reason: "redirect-loop",
      });
    });

    test.each([
      ["to itself", "https://news.example/a"],
      ["from https down to http", "http://news.example/b"],
    ])("%s is given up", (_, location) => {
      expect(judge({ status: 302, location })).toBeInstanceOf(GiveUp);
    });

    test.each([
      ["to another protocol than http", "ftp://news.example/b", "bad-url"],
      ["to a consent page", "https://consent.news.example/?u=1", "consent"],
    ])("%s is skipped", (_, location, skipped) => {
      expect(judge({ status: 302, location })).toMatchObject({ skipped });
    });

    test("without a target is a bad response", () => {
      expect(judge({ status: 302, location: null })).toMatchObject({ reason: "bad-response" });
    });
  });

  test.each([
    [{ status: 503, headers: { "cf-mitigated": "challenge" } }],
    [{ status: 200, body: "<title>Just a moment...</title><script>x</script>" }],
    [{ status: 403, body: "<script>window._cf_chl_opt={}</script>" }],
    [{ status: 200, body: '<script src="https://geo.captcha-delivery.com/c.js">' }],
  ])("challenge page %# is blocked", (part) => {
    expect(judge(part)).toMatchObject({ skipped: "blocked" });
  });

  describe("Cloudflare's error page", () => {
    const body = '<div id="cf-error-details"></div><a href="https://www.cloudflare.com/">';

    test("for a refused request is a block", () => {
      expect(judge({ status: 403, body })).toMatchObject({ detail: "Cloudflare block" });
    });

    test.each([502, 503, 520, 522, 526])("with status %i is a server error", (status) => {
      expect(judge({ status, body })).toMatchObject({ reason: "server-error" });
    });

    test("with status 429 waits as long as Retry-After says", () => {
      const limited = judge({ status: 429, body, headers: { "retry-after": "600" } });
      expect(limited).toMatchObject({ reason: "too-many-requests", delay: 600_000 });
    });
  });

  test("an article that loads a bot vendor's script is no challenge", () => {
    const body = `${html}<script src="https://js.captcha-delivery.com/tags.js"></script>${"word ".repeat(2000)}`;
    expect(judge({ body })).toEqual({ kind: "ok" });
  });

  test("an empty page is tried again", () => {
    expect(judge({ body: "" })).toMatchObject({ reason: "bad-response" });
  });
});

test.each([
  ["120", 120_000],
  ["0", 0],
  ["120.5", 120_500],
  ["999999", 86_400_000],
  ["Mon, 02 Mar 2026 11:00:00 GMT", 0],
  ["-1", null],
  ["soon", null],
  ["", null],
  [undefined, null],
])("Retry-After %s is %s ms", (header, ms) => {
  expect(retryAfter(header, now)).toBe(ms);
});

const url = "https://news.example/old/";
const stub = (content: string, body = "") =>
  `<!doctype html><title>Moved</title><meta http-equiv="Refresh" content="${content}">${body}`;
const target = (markup: string, contentType = "text/html") =>
  refreshTarget(url, { contentType, bytes: Buffer.from(markup) });

test.each([
  ["0; url=/new/", "https://news.example/new/"],
  ["0;URL='https://news.example/new/#top'", "https://news.example/new/"],
  ["5, url = ../b", "https://news.example/b"],
  ["0.1;/new/", "https://news.example/new/"],
  ["0; url=/new/?a=1&amp;b=2", "https://news.example/new/?a=1&b=2"],
  ["0; url=/øst", "https://news.example/%C3%B8st"],
  ["0; url=/l'avenir", "https://news.example/l'avenir"],
  ["0; url='/say-&quot;yes&quot;'", "https://news.example/say-%22yes%22"],
  ["0; url=&quot;/new/&quot;", "https://news.example/new/"],
  ["0;URL=&#39;/new/&#39;", "https://news.example/new/"],
  ["0; url=&#x2F;new&#x2F;", "https://news.example/new/"],
  ["0; url=/new/?a=1&copy=2", "https://news.example/new/?a=1&copy=2"],
])("a page that only says %s leads to %s", (content, to) => {
  expect(target(stub(content))).toBe(to);
});

test.each(["0;url=/new/", "0;url='/new/'"])("%s needs no quotes around it", (content) => {
  expect(target(`<meta http-equiv=refresh content=${content}>`)).toBe("https://news.example/new/");
});

test("a page that also links to its target leads there", () => {
  const markup = stub(
    "0; url=/new/",
    '<p>This page has moved. <a href="/new/">Click here</a>.</p>',
  );
  expect(target(markup)).toBe("https://news.example/new/");
});

test.each([
  ["reloads itself", stub("0; url=/old/")],
  ["reloads without a URL", stub("5")],
  ["waits for a long time", stub("300; url=/new/")],
  ["has a text", stub("0; url=/new/", `<p>${"The council meets. ".repeat(30)}`)],
  ["is large", stub("0; url=/new/", `<script>${"x".repeat(5000)}</script>`)],
  ["leads on only without scripts", `<noscript>${stub("0; url=/new/")}</noscript>`],
  ["comments it out", `<!-- ${stub("0; url=/new/")} -->`],
  ["names no URL", stub("0; url=http://")],
])("a page that %s leads nowhere", (_, markup) => {
  expect(target(markup)).toBeNull();
});

test("only HTML can lead on", () => {
  expect(target(stub("0; url=/new/"), "text/plain")).toBeNull();
});
