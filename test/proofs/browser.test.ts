import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { type BrowserPool, createBrowser } from "../../crawler/browser/browser.ts";
import { type Proxy, startProxy } from "../../crawler/browser/proxy.ts";
import { createGuard, type Guard } from "../../crawler/egress/guard.ts";
import { decodeText } from "../../crawler/http/decode.ts";
import type { Received } from "../../crawler/http/response.ts";
import { sleep } from "../../lib/time.ts";
import { isSkipped, RetryLater, type Skipped } from "../../model/crawl/outcome.ts";
import { createBrowserSessions } from "../../workers/render/browser-sessions.ts";
import { chromiumPath, systemUser } from "../helpers/chromium.ts";
import { KEYED, listenAsKeyed } from "../helpers/keyed-site.ts";
import { type Loopback, listen } from "../helpers/loopback.ts";
import { listenAsSite } from "../helpers/odd-site.ts";

const executablePath = await chromiumPath();
let site: Loopback;
let other: Loopback;
let canary: Loopback;
let guard: Guard;
let proxy: Proxy;
let browser: BrowserPool;
const requests: string[] = [];

const user = systemUser();

beforeAll(async () => {
  canary = await listen("127.0.0.1", (_, response) => response.end("canary"));
  other = await listen("127.1.9.4", (_, response) => response.end("<p>other"));
  const targets = { canary: canary.port, away: `${other.origin}/x` };
  site = await listenAsSite("127.1.9.3", targets, requests);
  const hosts = new Map([["news.example", ["127.1.9.3"]]]);
  for (const name of KEYED) hosts.set(name, ["127.1.9.41"]);
  guard = createGuard({ hosts, allowNetworks: ["127.1.0.0/16"] });
  proxy = await startProxy(guard);
  browser = createBrowser({
    executablePath,
    user,
    sandbox: true,
    proxy,
    userAgent: "TestGather/1",
    limits: { stable: 3000, pages: 60 },
  });
});

afterEach(() => {
  requests.length = 0;
});

afterAll(async () => {
  await browser?.close();
  await proxy?.close();
  for (const server of [site, other, canary]) await server?.close();
});

async function render(path: string): Promise<Received | Skipped> {
  const turn = await browser.open();
  try {
    return await turn.render({ url: path.startsWith("/") ? `${site.origin}${path}` : path });
  } finally {
    await turn.close();
  }
}

async function rendered(path: string): Promise<Received> {
  const answer = await render(path);
  if (isSkipped(answer)) throw new Error(`skipped: ${answer.skipped} ${answer.detail}`);
  return answer;
}

const html = (answer: Received) => decodeText(answer.decoded, answer.headers["content-type"]).text;

describe("rendering", () => {
  test("text that scripts bring is there, pictures were not asked for", async () => {
    const answer = await rendered("/app");
    expect(html(answer)).toContain("<h1>Portal opened</h1>");
    expect(answer).toMatchObject({ status: 200, encoding: null, truncated: false, location: null });
    expect(answer.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(answer.address).toBe("127.1.9.3");
    expect(requests).toContain("/style.css");
    expect(requests.filter((path) => path.startsWith("/photo"))).toEqual([]);
  });

  test("a page that still waits for an answer isn't read yet, for all the text that stands there", async () => {
    expect(html(await rendered("/late"))).toContain("<h1>Portal opened</h1>");
  });

  test("A page whose scripts broke the browser's own functions is read", async () => {
    expect(html(await rendered("/without"))).toContain("<h1>Portal opened</h1>");
  });

  test("A page that waits to be seen is read as it is seen", async () => {
    expect(html(await rendered("/in-view"))).toContain("city council of Tartu");
  });

  test("The slots of components are read as they are seen", async () => {
    const seen = html(await rendered("/slots")).replace(/<script[^]*?<\/script>|<[^>]*>/g, " ");
    expect(seen.split(/\s+/).join(" ")).toMatch(
      /^\W*Portal opened The city council .* data portal. By the council. The end. $/,
    );
  });

  test("A page that loads itself again is read as it is in the end", async () => {
    const again = await rendered("/again");
    expect(html(again)).toContain("city council of Tartu");
    expect(again.location).toBeNull();
  });

  test("two jobs of one turn read their own pages at the same time", async () => {
    const sessions = createBrowserSessions(browser, 2);
    const turn = { host: "news.example", turn: 0 };
    const read = await Promise.all([
      sessions.render(turn, { url: `${site.origin}/late` }),
      vi
        .waitUntil(() => requests.includes("/late"), { timeout: 20_000 })
        .then(() => sessions.render(turn, { url: `${site.origin}/plain` })),
    ]);
    await sessions.end(turn);
    const isApp = read.map(
      (answer) => !isSkipped(answer) && html(answer).includes("Portal opened"),
    );
    expect(isApp).toEqual([true, false]);
  });

  test("names of the hosts file lead to the site", async () => {
    const answer = await rendered(`http://news.example:${site.port}/plain`);
    expect(html(answer)).toContain("city council of Tartu");
  });

  test("a page in another charset is kept as UTF-8", async () => {
    expect(html(await rendered("/cp1251"))).toContain("Казань");
  });

  test("a status other than 200 is reported with its page", async () => {
    expect(html(await rendered("/gone"))).toContain("<p>gone");
    expect(await rendered("/gone")).toMatchObject({ status: 410 });
    expect(await rendered("/missing")).toMatchObject({ status: 404, location: null });
  });

  test("a page that breaks off isn't read", async () => {
    await expect(render("/cut")).rejects.toMatchObject({ reason: "reset" });
  });

  test("a body that never ends gives what came", async () => {
    expect(html(await rendered("/endless"))).toContain("Tartu");
  });

  test.each([
    ["with frames and workers", "/restless", 5],
    ["by its own scripts alone", "/alone", 1],
  ])(
    "nothing that a page set going %s goes on once it was read, nor while the next one is",
    async (_, path, least) => {
      const turn = await browser.open();
      await turn.render({ url: `${site.origin}${path}` });
      const kinds = new Set(requests.filter((url) => url.startsWith("/poll?")));
      expect(kinds.size).toBeGreaterThanOrEqual(least);
      // What was under way may still arrive: it ends, and nothing goes on.
      await vi.waitFor(
        async () => {
          requests.length = 0;
          await sleep(700);
          expect(requests).toEqual([]);
        },
        { timeout: 20_000, interval: 1 },
      );
      const next = await turn.render({ url: `${site.origin}/app` });
      expect(isSkipped(next) ? next : html(next)).toContain("<h1>Portal opened</h1>");
      expect(next).toMatchObject({ status: 200 });
      await sleep(300);
      expect(requests.filter((url) => url !== "/poll?hidden")).toEqual([
        "/app",
        "/style.css",
        "/story.json",
      ]);
      await turn.close();
    },
  );

  test("addresses that differ in their fragment are pages of their own", async () => {
    const turn = await browser.open();
    for (const fragment of ["#!/a", "#!/b"]) {
      const url = `${site.origin}/plain${fragment}`;
      expect(await turn.render({ url })).toMatchObject({ status: 200, url });
    }
    expect(requests.filter((path) => path === "/plain")).toHaveLength(2);
    await turn.close();
  });

  test("an address with a bar or a caret in its path is a page", async () => {
    expect(await rendered("/no|pa^ge?a|b")).toMatchObject({ status: 404 });
    expect(requests).toEqual(["/no%7Cpa%5Ege?a|b"]);
  });

  test("one turn reuses its page", async () => {
    const turn = await browser.open();
    for (const path of ["/plain", "/app", "/plain?again"]) {
      const answer = await turn.render({ url: `${site.origin}${path}` });
      expect(answer).toMatchObject({ status: 200 });
    }
    await turn.close();
  });
});

describe("where a page may not lead", () => {
  test("redirects are answered, not followed", async () => {
    expect(await rendered("/moved")).toMatchObject({
      status: 301,
      location: `${site.origin}/plain`,
    });
    expect(await rendered("/away")).toMatchObject({ status: 302, location: `${other.origin}/x` });
    expect(await rendered("/to-canary")).toMatchObject({ status: 302 });
    expect(requests).toEqual(["/moved", "/away", "/to-canary"]);
    expect(other.hits()).toBe(0);
  });

  test("a script that leads elsewhere is held back and reported", async () => {
    const answer = await rendered("/leaves");
    expect(answer).toMatchObject({ status: 200, location: `${site.origin}/plain?left` });
    expect(await rendered("/wants-away")).toMatchObject({ status: 200, location: null });
    expect(requests.filter((url) => url.startsWith("/plain"))).toEqual([]);
  });

  test("dialogs are dismissed, popups closed, downloads refused", async () => {
    expect(html(await rendered("/dialog"))).toContain("Tartu");
    expect(html(await rendered("/popup"))).toContain("Tartu");
    await expect(render("/file")).rejects.toThrow(RetryLater);
  });

  test("file addresses are no pages", async () => {
    expect(await render("file:///etc/passwd")).toMatchObject({ skipped: "bad-url" });
  });
});

test("headers reach a source's own hosts alone, whatever its pages ask for and wherever they are led", async () => {
  const seen = new Set<string>();
  const keyed = await listenAsKeyed("127.1.9.41", seen);
  const turn = await browser.open();
  const url = `http://keyed.example:${keyed.port}/page`;
  const headers = { "X-Key": "s3cret" };
  const first = await turn.render({ url, headers, ownHosts: ["api.example"] });
  expect(isSkipped(first) || first.status).toBe(200);
  expect([...seen].toSorted()).toEqual([
    "api.example /x.js s3cret TestGather/1",
    "keyed.example /away.js s3cret TestGather/1",
    "keyed.example /page s3cret TestGather/1",
    "keyed.example /x.js s3cret TestGather/1",
    "strange.example /frame - TestGather/1",
    "strange.example /hop.js - TestGather/1",
    "strange.example /x.js - TestGather/1",
  ]);
  seen.clear();
  await turn.render({ url: `${url}?next` });
  await turn.close();
  await keyed.close();
  expect([...seen].filter((line) => line.includes("s3cret"))).toEqual([]);
  expect(seen).toContain("keyed.example /page?next - TestGather/1");
});

test("the canary on our own machine heard nothing of all this", () => {
  expect(canary.hits()).toBe(0);
});
