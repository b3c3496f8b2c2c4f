import type { LookupAddress } from "node:dns";
import { connect } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Proxy, startProxy } from "../../../../crawler/browser/proxy.ts";
import {
  createGuard,
  type Guard,
  parseHosts,
  type Resolve,
} from "../../../../crawler/egress/guard.ts";
import { createHttp, type Http } from "../../../../crawler/http/http.ts";
import { isSkipped } from "../../../../model/crawl/outcome.ts";
import { type Canary, openCanary } from "../../../helpers/canary.ts";
import { type Loopback, listen } from "../../../helpers/loopback.ts";
import { ATTACKS, INSIDE_NAMES, LOOPBACK, LOOPBACK_SIX } from "../../../helpers/spellings.ts";

let canary: Canary;
let site: Loopback;
const closers: (() => Promise<void>)[] = [];
const hosts = parseHosts(`${INSIDE_NAMES}\n127.1.9.30 news.example\n127.1.9.30 mixed.example`);

beforeAll(async () => {
  canary = await openCanary();
  site = await listen("127.1.9.30", (request, response) => {
    const to = /^\/to\/(.*)$/.exec(request.url ?? "")?.[1];
    response.setHeader("connection", "close");
    if (to === undefined) response.end("site");
    else response.writeHead(302, { location: Buffer.from(to, "hex").toString("latin1") }).end();
  });
});

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

afterAll(async () => {
  await site.close();
  await canary.close();
});

const guardOf = (more: Partial<Parameters<typeof createGuard>[0]> = {}) =>
  createGuard({ hosts, allowNetworks: ["127.1.0.0/16"], ...more });

function openHttp(guard: Guard): Http {
  const http = createHttp({ guard, userAgent: "TestGather/1", limits: { deadline: 30_000 } });
  closers.push(() => http.close());
  return http;
}

async function openProxy(guard: Guard): Promise<Proxy> {
  const proxy = await startProxy(guard);
  closers.push(() => proxy.close());
  return proxy;
}

/** What a request comes to: the refusal's reason, the status, or the error's message. */
async function outcome(http: Http, url: string): Promise<string> {
  try {
    const answer = await http.get({ url });
    return isSkipped(answer) ? answer.skipped : `${answer.status}`;
  } catch (error) {
    return String(error);
  }
}

const urlOf = (host: string) => `http://${host}:${canary.port}/`;

test("the canary sings: without a guard these spellings reach it", async () => {
  const plain = ["0.0.0.0/0", "::/0"];
  const http = openHttp(guardOf({ allowNetworks: plain, hosts: parseHosts(INSIDE_NAMES) }));
  const spellings = [...LOOPBACK, ...(canary.six ? LOOPBACK_SIX : [])];
  for (const host of spellings)
    expect([host, await outcome(http, urlOf(host))]).toEqual([host, "200"]);
  expect(canary.requests.length).toBe(spellings.length);
  expect(LOOPBACK.length + LOOPBACK_SIX.length).toBeGreaterThanOrEqual(60);
});

describe("no spelling of an inner address gets a connection", () => {
  test("over HTTP: pages, feeds, sitemaps, robots.txt alike", async () => {
    const before = canary.hits();
    const http = openHttp(guardOf());
    for (const host of ATTACKS) {
      expect([host, await outcome(http, urlOf(host))]).toEqual([host, "egress-refused"]);
    }
    expect(canary.hits()).toBe(before);
  });

  test("as the next hop of a redirect", async () => {
    const before = canary.hits();
    const http = openHttp(guardOf());
    for (const host of ATTACKS) {
      const hop = `${site.origin}/to/${Buffer.from(urlOf(host)).toString("hex")}`;
      const first = await http.get({ url: hop });
      const to = isSkipped(first) ? "" : (first.location ?? "");
      expect([host, await outcome(http, to)]).toEqual([host, expect.not.stringMatching(/^\d/)]);
    }
    expect(canary.hits()).toBe(before);
  });

  test.each(["GET", "CONNECT"])("through the browser's proxy, by %s", async (method) => {
    const before = canary.hits();
    const proxy = await openProxy(guardOf());
    for (const host of ATTACKS) {
      const target = method === "GET" ? urlOf(host) : `${host}:${canary.port}`;
      const status = await ask(proxy, `${method} ${target}`);
      expect([host, status]).toEqual([host, expect.stringMatching(/^(40[03]|closed)$/)]);
    }
    expect(canary.hits()).toBe(before);
  });

  test("under another scheme, or behind a user name", async () => {
    const before = canary.hits();
    const http = openHttp(guardOf());
    const at = `127.0.0.1:${canary.port}`;
    const urls =
      `ftp://${at}/ ws://${at}/ file://${at}/ gopher://${at}/ data:text/html,x javascript:1
      http://news.example@${at}/ http://a:b@${at}/ //${at}/ http:/\\${at}/
      view-source:http://${at}/ blob:http://${at}/1 jar:http://${at}/!/ ${at}`.split(/\s+/);
    for (const url of urls) {
      expect([url, await outcome(http, url)]).toEqual([
        url,
        expect.stringMatching(/refused|bad-url/),
      ]);
    }
    expect(canary.hits()).toBe(before);
  });
});

describe("what DNS answers", () => {
  const inner = { address: "127.0.0.1", family: 4 };
  const outer = { address: "127.1.9.30", family: 4 };
  const answering = (answers: LookupAddress[][]) => {
    const requests: string[] = [];
    const resolve: Resolve = (name, _, callback) => {
      const answer = answers[Math.min(requests.length, answers.length - 1)] ?? [];
      requests.push(name);
      callback(null, answer);
    };
    return { requests, guard: guardOf({ resolve }) };
  };

  test.each([
    ["inner and outer", [inner, outer]],
    ["outer and inner", [outer, inner]],
    ["outer and inner by IPv6", [outer, { address: "::1", family: 6 }]],
    ["outer and mapped", [outer, { address: "::ffff:7f00:1", family: 6 }]],
  ])("%s: refused whole, over HTTP and by the proxy", async (_, answer) => {
    const before = [canary.hits(), site.hits()];
    const { guard } = answering([answer]);
    const url = `http://rebind.example:${canary.port}/`;
    expect(await outcome(openHttp(guard), url)).toBe("egress-refused");
    expect(await ask(await openProxy(guard), `GET ${url}`)).toBe("403");
    expect([canary.hits(), site.hits()]).toEqual(before);
  });

  test("another answer at the next look: each connection goes to the address that was judged", async () => {
    const before = canary.hits();
    const url = `http://rebind.example:${site.port}/`;
    const { requests, guard } = answering([[outer], [inner]]);
    const http = openHttp(guard);
    expect(await outcome(http, url)).toBe("200");
    expect(requests).toHaveLength(1);
    expect(await outcome(http, url)).toBe("egress-refused");
    const again = answering([[outer], [inner]]);
    const proxy = await openProxy(again.guard);
    expect(await ask(proxy, `GET ${url}`)).toBe("200");
    expect(await ask(proxy, `CONNECT rebind.example:${site.port}`)).toBe("403");
    expect(again.requests).toHaveLength(2);
    expect(canary.hits()).toBe(before);
  });

  test("a public address on another port than 80 and 443 is refused before anything is opened", async () => {
    const { requests, guard } = answering([[{ address: "93.184.216.34", family: 4 }]]);
    for (const port of [22, 25, 6379, 8080, 27017]) {
      const url = `http://public.example:${port}/`;
      expect(await outcome(openHttp(guard), url)).toBe("egress-refused");
      expect(await ask(await openProxy(guard), `CONNECT public.example:${port}`)).toBe("403");
    }
    expect(requests.length).toBeGreaterThan(0);
    const strict = guardOf({ allowNetworks: [] });
    expect(await outcome(openHttp(strict), "http://public.example:8080/")).toBe("egress-refused");
  });
});

/** Status that the proxy gives to a raw request line, with its token. */
async function ask(proxy: Proxy, line: string): Promise<string> {
  const token = Buffer.from(`${proxy.username}:${proxy.password}`).toString("base64");
  const socket = connect(Number(new URL(proxy.server).port), "127.0.0.1");
  const head = `${line} HTTP/1.1\r\nHost: a\r\nProxy-Authorization: Basic ${token}\r\n`;
  socket.write(`${head}Connection: close\r\n\r\n`, "utf8");
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.once("close", () => resolve("closed"));
    socket.once("data", (data) => {
      resolve(/^HTTP\/1.1 (\d+)/.exec(data.toString("latin1"))?.[1] ?? "?");
      socket.destroy();
    });
  });
}
