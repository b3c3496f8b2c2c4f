import { once } from "node:events";
import { connect, createServer, type Server } from "node:net";
import { ProxyAgent, request as send } from "undici";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { originOf, type Proxy, startProxy } from "../../../../crawler/browser/proxy.ts";
import { createGuard, EgressRefused } from "../../../../crawler/egress/guard.ts";
import { type Loopback, listen } from "../../../helpers/loopback.ts";

let site: Loopback;
let canary: Loopback;
let proxy: Proxy;
let seen: string[][] = [];

beforeAll(async () => {
  canary = await listen("127.0.0.1", (_, response) => response.end("canary"));
  site = await listen("127.1.9.5", (request, response) => {
    seen.push(request.rawHeaders);
    if (request.url === "/small") return response.end(Buffer.alloc(600));
    if (request.url === "/big") return response.end(Buffer.alloc(3_000_000));
    if (request.url === "/away") {
      return response.writeHead(302, { location: `http://127.0.0.1:${canary.port}/` }).end();
    }
    return response.setHeader("Set-Cookie", ["a=1", "b=2"]).end(`${request.method} ${request.url}`);
  });
  const hosts = new Map([
    ["news.example", ["127.1.9.5"]],
    ["evil.example", ["127.0.0.1"]],
  ]);
  proxy = await startProxy(createGuard({ hosts, allowNetworks: ["127.1.0.0/16"] }), null, {
    bytes: 1_000_000,
  });
});

afterAll(async () => {
  await proxy.close();
  await site.close();
  await canary.close();
});

/** Status line of what the proxy says to raw bytes. */
async function raw(text: string): Promise<string> {
  const socket = connect(Number(new URL(proxy.server).port), "127.0.0.1");
  socket.write(text);
  let answer = "";
  socket.on("data", (chunk) => {
    answer += chunk.toString("latin1");
  });
  await once(socket, "close");
  return answer;
}

const token = () =>
  `Proxy-Authorization: Basic ${Buffer.from(`${proxy.username}:${proxy.password}`).toString("base64")}`;

async function through(
  url: string,
  tunnel: boolean,
  { server, username, password } = proxy,
): Promise<{ status: number; text: string }> {
  const auth = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  const agent = new ProxyAgent({ uri: server, token: auth, proxyTunnel: tunnel });
  try {
    const response = await send(url, { dispatcher: agent });
    return { status: response.statusCode, text: await response.body.text() };
  } finally {
    await agent.destroy();
  }
}

describe.each([
  ["absolute form", false],
  ["tunnel", true],
])("by %s", (_, tunnel) => {
  test("allowed sites are reached, by name and by address", async () => {
    const named = await through(`http://news.example:${site.port}/a?b=1`, tunnel);
    expect(named).toEqual({ status: 200, text: "GET /a?b=1" });
    expect((await through(`${site.origin}/x`, tunnel)).status).toBe(200);
    expect(proxy.addressOf(`news.example:${site.port}`)).toBe("127.1.9.5");
  });

  test("our own machine is not, in any spelling", async () => {
    for (const host of [
      "127.0.0.1",
      "localhost",
      "evil.example",
      "[::1]",
      "[::ffff:127.0.0.1]",
      "0x7f.1",
    ]) {
      const answer = await through(`http://${host}:${canary.port}/`, tunnel).catch(() => null);
      expect([host, answer?.status ?? 403]).toEqual([host, 403]);
    }
    expect(canary.hits()).toBe(0);
    expect(String(proxy.errorOf(`evil.example:${canary.port}`))).toMatch(
      /evil.example is 127.0.0.1/,
    );
  });

  test.each([
    ["answers", "127.1.9.5"],
    ["can't be reached", "127.1.9.6"],
  ])("a refusal is over once the host %s", async (_how, later) => {
    let address = "127.0.0.1";
    const guard = createGuard({
      hosts: new Map(),
      allowNetworks: ["127.1.0.0/16"],
      resolve: (_name, _options, done) => done(null, [{ address, family: 4 }]),
    });
    const moving = await startProxy(guard);
    const host = `moved.example:${site.port}`;
    const visit = () => through(`http://${host}/`, tunnel, moving).catch(() => null);
    await visit();
    expect(String(moving.errorOf(host))).toMatch(/moved.example is 127.0.0.1/);
    address = later;
    await visit();
    expect(moving.errorOf(host)).not.toBeInstanceOf(EgressRefused);
    await moving.close();
  });

  test("a connection ends over its number of bytes", async () => {
    await expect(through(`${site.origin}/big`, tunnel)).rejects.toThrow(
      /closed|aborted|terminated|socket/i,
    );
  });
});

describe("a tunnel that stays open between pages", () => {
  let small: Proxy;
  beforeAll(async () => {
    const guard = createGuard({ hosts: new Map(), allowNetworks: ["127.1.0.0/16"] });
    small = await startProxy(guard, null, { bytes: 1000 });
  });
  afterAll(() => small.close());

  /** Gets two bodies of 600 bytes through one tunnel; returns their sizes, 0 if cut. */
  async function twoBodies(username: string, between: () => void): Promise<number[]> {
    const auth = `Basic ${Buffer.from(`${username}:${small.password}`).toString("base64")}`;
    const options = { token: auth, proxyTunnel: true, connections: 1 };
    const dispatcher = new ProxyAgent({ uri: small.server, ...options });
    const tunnels = small.counts.tunnels;
    const get = async () => {
      const { body } = await send(`${site.origin}/small`, { dispatcher });
      return (await body.arrayBuffer()).byteLength;
    };
    try {
      const first = await get();
      between();
      const second = await get().catch(() => 0);
      expect(small.counts.tunnels).toBe(tunnels + 1);
      return [first, second];
    } finally {
      await dispatcher.destroy();
    }
  }

  test("it ends when one page gets more than its number of bytes", async () => {
    expect(await twoBodies("one", () => {})).toEqual([600, 0]);
  });

  test("each page may get that number of bytes", async () => {
    expect(await twoBodies("one", () => small.beginPage("one"))).toEqual([600, 600]);
  });

  test("a page of another browser context changes nothing", async () => {
    expect(await twoBodies("one", () => small.beginPage("other"))).toEqual([600, 0]);
  });
});

test("a redirect comes back as it is", async () => {
  expect((await through(`${site.origin}/away`, false)).status).toBe(302);
  expect(canary.hits()).toBe(0);
});

test("without the token nothing goes out", async () => {
  const before = site.hits();
  const host = `127.1.9.5:${site.port}`;
  expect(
    await raw(`GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`),
  ).toMatch(/^HTTP\/1.1 407 /);
  expect(await raw(`CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)).toMatch(/^HTTP\/1.1 407 /);
  const wrong = token().replace(/.{4}$/, "AAAA");
  expect(await raw(`CONNECT ${host} HTTP/1.1\r\n${wrong}\r\n\r\n`)).toMatch(
    /^HTTP\/1.1 (400|407) /,
  );
  expect(site.hits()).toBe(before);
});

test("the proxy is at 127.0.0.1 and no other address", async () => {
  const socket = connect(Number(new URL(proxy.server).port), "127.1.9.5");
  const [error] = await once(socket, "error");
  expect(error).toMatchObject({ code: "ECONNREFUSED" });
});

test("the vendor's own hosts are refused, and counted", async () => {
  const before = proxy.counts.refused;
  const answer = await raw(
    `CONNECT update.googleapis.com:443 HTTP/1.1\r\nHost: x\r\n${token()}\r\n\r\n`,
  );
  expect(answer).toMatch(
    /^HTTP\/1.1 403 .*\r\nx-newsgather-refused: egress refused: update.googleapis.com is a host of the browser's vendor/,
  );
  expect(proxy.counts.refused).toBe(before + 1);
});

test("the token stays here, other headers go on as they came", async () => {
  seen = [];
  await raw(
    `GET http://127.1.9.5:${site.port}/ HTTP/1.1\r\nHost: a\r\nX-Odd: 1\r\nx-odd: 2\r\n${token()}\r\nConnection: close\r\n\r\n`,
  );
  const headers = seen[0] ?? [];
  expect(headers.join("\n")).not.toMatch(/proxy-/i);
  expect(headers.filter((_, index) => /x-odd/i.test(headers[index - 1] ?? ""))).toEqual(["1", "2"]);
});

test.each([
  ["http://a.example/x?y", { host: "a.example", port: 80, path: "/x?y" }],
  ["http://[::1]:81/", { host: "::1", port: 81, path: "/" }],
  ["https://a.example/", null],
  ["/x", null],
  ["http://u:p@a.example/", null],
])("originOf(%s)", (address, target) => {
  expect(originOf(address)).toEqual(target);
});

test("a tunnel to port 80 is one to port 80", () => {
  expect(originOf("http://a.example:80", 443)).toMatchObject({ port: 80 });
  expect(originOf("http://a.example", 443)).toMatchObject({ port: 443 });
});

describe("a response that Node's own server would not write", () => {
  let odd: Server;
  let text = "";
  let port = 0;
  beforeAll(async () => {
    odd = createServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => socket.end(text));
    });
    await new Promise<void>((done) => odd.listen(0, "127.1.9.5", done));
    const bound = odd.address();
    port = bound && typeof bound === "object" ? bound.port : 0;
  });
  afterAll(() => new Promise((done) => odd.close(done)));
  const get = () =>
    raw(
      `GET http://127.1.9.5:${port}/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${token()}\r\n\r\n`,
    );

  test.each(["000", "099"])(
    "the status %s is answered as a failure of the site",
    async (status) => {
      text = `HTTP/1.1 ${status} Odd\r\nContent-Length: 2\r\n\r\nok`;
      const answer = await get();
      expect(answer).toMatch(/^HTTP\/1\.1 502 /);
      expect(answer).toContain(`status ${Number(status)}`);
    },
  );

  test("a Trailer beside a Content-Length is dropped, and the page arrives", async () => {
    text = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTrailer: X\r\n\r\nok";
    expect(await get()).toMatch(/^HTTP\/1\.1 200 OK\r\n(?!.*Trailer).*\r\n\r\nok$/s);
  });

  test("a flood of early hints is answered as a failure of the site", async () => {
    text = `${"HTTP/1.1 103 Hints\r\n\r\n".repeat(100)}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`;
    expect(await get()).toMatch(/^HTTP\/1\.1 502 [^]*more than 32 interim responses/);
  });

  test("the proxy serves the next request", async () => {
    expect((await through(`${site.origin}/x`, false)).status).toBe(200);
  });
});
