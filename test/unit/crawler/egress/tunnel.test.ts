import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { startProxy } from "../../../../crawler/browser/proxy.ts";
import { createGuard, parseHosts } from "../../../../crawler/egress/guard.ts";
import type { Upstream } from "../../../../crawler/egress/tunnel.ts";
import { createHttp, type Http } from "../../../../crawler/http/http.ts";
import { ReleaseStack } from "../../../../lib/async.ts";
import { GiveUp, isSkipped, RetryLater } from "../../../../model/crawl/outcome.ts";
import { type Canary, openCanary } from "../../../helpers/canary.ts";
import { type Loopback, listen } from "../../../helpers/loopback.ts";
import { ATTACKS, INSIDE_NAMES } from "../../../helpers/spellings.ts";
import { byReference, startUpstream, type TestUpstream } from "../../../helpers/upstream.ts";

const all = new ReleaseStack();
let opened = new ReleaseStack();
let canary: Canary;
let site: Loopback;
let open: TestUpstream;
let closed: TestUpstream;
let http: Http;
const guard = createGuard({
  hosts: parseHosts(`${INSIDE_NAMES}\n127.1.9.42 news.example secure.example`),
  allowNetworks: ["127.1.0.0/16"],
});

/** Plays the browser, which asks for whatever a page names. */
const anywhere = createGuard({
  hosts: parseHosts("127.1.9.42 news.example"),
  allowNetworks: ["0.0.0.0/0", "::/0"],
});

beforeAll(async () => {
  canary = await openCanary();
  site = await listen("127.1.9.42", ({ headers }, response) => response.end(headers.host));
  open = await startUpstream();
  closed = await startUpstream("ann:pass word");
  http = createHttp({ guard, userAgent: "TestGather/1", limits: { deadline: 30_000 } });
  for (const one of [canary, site, open, closed, http]) all.add("one", () => one.close());
});
afterEach(async () => {
  const stack = opened;
  opened = new ReleaseStack();
  for (const one of [open, closed]) {
    one.requests.length = 0;
    one.refuses.status = null;
  }
  await stack.close();
});
afterAll(() => all.close());

/** What a request comes to: status and text, the refusal's reason, or cause and words of a failure. */
async function outcome(url: string, proxy: Upstream): Promise<string> {
  try {
    const answer = await http.get({ url, proxy });
    if (isSkipped(answer)) return answer.skipped;
    return `${answer.status} ${Buffer.from(answer.decoded).toString()} at ${answer.address}`;
  } catch (error) {
    if (!(error instanceof RetryLater) && !(error instanceof GiveUp)) throw error;
    return `${error.name} ${error.reason}: ${error.message}`;
  }
}

/** Starts a server for TLS that records the names with which clients greet it. */
async function startTls(): Promise<{ names: string[]; port: number }> {
  const names: string[] = [];
  // Without a certificate the handshake gets as far as the name.
  const server = createTlsServer({
    SNICallback: (name, done) => {
      names.push(name);
      done(new Error("no certificate"));
    },
  });
  server.listen(0, "127.1.9.42");
  opened.add("tls", () => void server.close());
  await once(server, "listening");
  return { names, port: (server.address() as AddressInfo).port };
}

const news = (path = "/") => `http://news.example:${site.port}${path}`;

describe("a request goes through the proxy of its source", () => {
  test("which is asked for the address that was judged here, never for a name", async () => {
    const host = `news.example:${site.port}`;
    expect(await outcome(news(), byReference(open))).toBe(`200 ${host} at 127.1.9.42`);
    expect(await outcome(news("/b"), byReference(open))).toBe(`200 ${host} at 127.1.9.42`);
    expect(new Set(open.requests)).toEqual(new Set([`127.1.9.42:${site.port}`]));
  });

  test("which nobody else's requests go through", async () => {
    const before = [open.hits(), closed.hits()];
    await http.get({ url: news() });
    expect([open.hits(), closed.hits()]).toEqual(before);
  });

  test("with the user and password that belong to it", async () => {
    const known = byReference(closed, "ann:pass%20word@");
    expect(await outcome(news(), known)).toMatch(/^200/);
    const stranger = byReference(closed, "ann:wrong@");
    const refused = await outcome(news(), stranger);
    expect(refused).toMatch(/^GiveUp proxy: the proxy env:SECRET_PROXY .*407/);
    expect(refused).not.toContain("wrong");
  });

  test("with a password that contains an unescaped percent sign", async () => {
    const strange = await startUpstream("ann:50%off");
    opened.add("strange", () => strange.close());
    expect(await outcome(news(), byReference(strange, "ann:50%off@"))).toMatch(/^200/);
  });

  test("over https from end to end", async () => {
    const { names, port } = await startTls();
    const result = await outcome(`https://secure.example:${port}/`, byReference(open));
    expect([names, open.requests]).toEqual([["secure.example"], [`127.1.9.42:${port}`]]);
    expect(result).toMatch(/^RetryLater (reset|tls):/);
  });

  test("which is greeted with its own name if it speaks https itself", async () => {
    const { names, port } = await startTls();
    const secure = { name: "env:SECRET_PROXY", url: `https://secure.example:${port}` };
    expect(await outcome(news(), { ...secure, guarded: true })).toMatch(/^RetryLater proxy:/);
    expect(names).toEqual(["secure.example"]);
  });
});

describe("what a proxy says", () => {
  test.each([
    [403, "RetryLater proxy: the proxy env:SECRET_PROXY can't reach news.example (403)"],
    [502, "RetryLater connect: the proxy env:SECRET_PROXY doesn't reach news.example (502)"],
    [504, "RetryLater timeout: the proxy env:SECRET_PROXY doesn't reach news.example (504)"],
  ])("by %i is told as such", async (status, message) => {
    const refusing = await startUpstream();
    opened.add("refusing", () => refusing.close());
    refusing.refuses.status = status;
    expect(await outcome(news(), byReference(refusing))).toBe(message);
  });

  test("nothing, since it is away", async () => {
    const away = await startUpstream();
    await away.close();
    expect(await outcome(news(), byReference(away))).toMatch(
      /^RetryLater proxy: the proxy env:SECRET_PROXY can't be reached: connect ECONNREFUSED/,
    );
  });
});

describe("a proxy opens no way to where the guard lets nobody", () => {
  test("whatever the spelling: it isn't asked", async () => {
    const before = [canary.hits(), open.hits()];
    for (const host of ATTACKS) {
      const url = `http://${host}:${canary.port}/`;
      expect([host, await outcome(url, byReference(open))]).toEqual([host, "egress-refused"]);
    }
    expect([canary.hits(), open.hits()]).toEqual(before);
  });

  test("nor for the browser, whose requests go on through it", async () => {
    const chained = await startProxy(guard, byReference(open));
    opened.add("chained", () => chained.close());
    const credentials = `${chained.username}:${chained.password}`;
    const url = chained.server.replace("//", `//${credentials}@`);
    const before = canary.hits();
    const browser = createHttp({ guard: anywhere, userAgent: "TestGather/1" });
    opened.add("browser", () => browser.close());
    const get = (address: string) =>
      browser.get({ url: address, proxy: { name: "ours", url, guarded: false } });
    expect(await get(news())).toMatchObject({ status: 200 });
    expect(open.requests).toEqual([`127.1.9.42:${site.port}`]);
    for (const host of ["127.0.0.1", "[::ffff:7f00:1]", "169.254.169.254"]) {
      await expect(get(`http://${host}:${canary.port}/`)).rejects.toThrow("(403)");
    }
    expect(open.requests.length).toBe(1);
    expect(canary.hits()).toBe(before);
  });

  test("and one that a source's file names by its address is itself judged", async () => {
    const before = canary.hits();
    for (const host of ["127.0.0.1", "localhost", "[::1]", "169.254.169.254"]) {
      const url = `http://${host}:${canary.port}`;
      const message = await outcome(news(), { name: url, url, guarded: true });
      expect(message).toMatch(
        /^GiveUp proxy: the proxy .* isn't at a public address: declare the proxy as/,
      );
    }
    expect(canary.hits()).toBe(before);
  });
});

test("a proxy that sends more than that the way is open is to blame, and nothing waits for it", async () => {
  const chatty = createServer((socket) => {
    socket.once("data", () => socket.write("HTTP/1.1 200 OK\r\n\r\nhello"));
  }).listen(0, "127.1.9.43");
  await once(chatty, "listening");
  opened.add("chatty", () => new Promise((done) => chatty.close(done)));
  const url = `http://127.1.9.43:${(chatty.address() as AddressInfo).port}`;
  expect(
    await outcome(`http://127.1.9.42:${site.port}/`, { name: "chatty", url, guarded: true }),
  ).toBe(
    "RetryLater proxy: the proxy chatty can't be reached: it sent data before the tunnel was open",
  );
});
