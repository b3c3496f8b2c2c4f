import { Agent, request } from "undici";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createGuard, isPublic, parseHosts } from "../../../../crawler/egress/guard.ts";
import { type Loopback, listen } from "../../../helpers/loopback.ts";

let canary: Loopback;
let site: Loopback;

beforeAll(async () => {
  canary = await listen("127.0.0.1", (_, response) => response.end("canary"));
  site = await listen("127.1.9.1", (_, response) => response.end("site"));
});

afterAll(async () => {
  await canary.close();
  await site.close();
});

describe("public addresses", () => {
  const cases: [string, boolean][] = [
    ["93.184.216.34", true],
    ["1.1.1.1", true],
    ["172.32.0.1", true],
    ["2606:4700::1111", true],
    ["::ffff:1.1.1.1", true],
    ["127.0.0.1", false],
    ["127.1.0.1", false],
    ["10.0.0.1", false],
    ["172.16.5.4", false],
    ["172.31.255.255", false],
    ["192.168.1.1", false],
    ["169.254.169.254", false],
    ["168.63.129.16", false],
    ["100.64.0.1", false],
    ["198.18.0.1", false],
    ["192.0.2.1", false],
    ["224.0.0.1", false],
    ["255.255.255.255", false],
    ["0.0.0.0", false],
    ["::", false],
    ["::1", false],
    ["::ffff:127.0.0.1", false],
    ["::ffff:7f00:1", false],
    ["::127.0.0.1", false],
    ["fe80::1", false],
    ["fe80::1%eth0", false],
    ["fc00::1", false],
    ["fec0::1", false],
    ["64:ff9b::7f00:1", false],
    ["2002:7f00:1::", false],
    ["2001:0:4136:e378:8000:63bf:3fff:fdd2", false],
    ["2001:db8::1", false],
    ["0177.0.0.1", false],
    ["2130706433", false],
    ["5f00::1", false],
    ["1000::1", false],
    ["2606:4700::1111%eth0", false],
    ["010.8.8.8", false],
    ["134744072", false],
    ["localhost", false],
    ["", false],
  ];
  test.each(cases)("%s is public: %s", (address, expected) => {
    expect(isPublic(address)).toBe(expected);
  });
});

describe("guard", () => {
  const hosts = parseHosts(
    "127.1.9.1 News.example # the site\n127.0.0.1 evil.example\n127.1.9.1 mixed.example\n127.0.0.1 mixed.example",
  );
  const guard = createGuard({ hosts, allowNetworks: ["127.1.0.0/16"] });
  const get = async (url: string) => {
    const dispatcher = new Agent({ connect: guard.connector });
    try {
      const response = await request(url, { dispatcher });
      return await response.body.text();
    } catch (error) {
      return error instanceof Error && "code" in error ? error.code : String(error);
    } finally {
      await dispatcher.destroy();
    }
  };

  test("a name of the hosts file in an allowed network is reached on any port", async () => {
    expect(await get(`http://news.example:${site.port}/`)).toBe("site");
    expect(await get(`http://NEWS.example.:${site.port}/`)).toBe("site");
    expect(await get(`http://127.1.9.1:${site.port}/`)).toBe("site");
  });

  test("no spelling of loopback opens a connection", async () => {
    const before = canary.hits();
    const spellings = [
      "127.0.0.1",
      "localhost",
      "LOCALHOST",
      "0177.0.0.1",
      "2130706433",
      "0x7f.1",
      "127.1",
      "0",
      "0.0.0.0",
      "１２７.0.0.1",
      "[::1]",
      "[::ffff:127.0.0.1]",
      "[::ffff:7f00:1]",
      "[::]",
      "[64:ff9b::7f00:1]",
      "evil.example",
      "mixed.example",
    ];
    for (const host of spellings) {
      expect([host, await get(`http://${host}:${canary.port}/`)]).toEqual([host, "EGRESS_REFUSED"]);
    }
    expect(canary.hits()).toBe(before);
    const open = createGuard({ hosts, allowNetworks: ["127.0.0.0/8"] });
    const dispatcher = new Agent({ connect: open.connector });
    await request(`http://127.0.0.1:${canary.port}/`, { dispatcher }).then((r) => r.body.dump());
    await dispatcher.destroy();
    expect(canary.hits()).toBe(before + 1);
  });

  test("an address in any of several allowed networks is allowed", () => {
    const two = createGuard({ hosts, allowNetworks: ["127.1.0.0/16", "fd00::/8"] });
    expect([two.allowed("127.1.0.1", 6379), two.allowed("fd00::1", 6379)]).toEqual([true, true]);
  });

  test.each(["", "localhost", "news.example"])(
    "what is no IP address is not allowed: %j",
    (name) => {
      expect(guard.allowed(name, 80)).toBe(false);
    },
  );

  test("public addresses are open on web ports alone, allowed networks on any", () => {
    expect(guard.allowed("1.1.1.1", 443)).toBe(true);
    expect(guard.allowed("1.1.1.1", 6379)).toBe(false);
    expect(guard.allowed("127.1.200.3", 6379)).toBe(true);
    expect(guard.allowed("127.2.0.1", 80)).toBe(false);
  });

  /** What opening a connection fails with. */
  const refusalOf = (name: string, answer: string, port = "6379") => {
    const resolving = createGuard({
      hosts: new Map(),
      allowNetworks: [],
      resolve: (_, __, done) => done(null, [{ address: answer, family: 4 }]),
    });
    const target = { hostname: name, port, protocol: "http:" };
    return new Promise((resolve) => {
      resolving.connector(target, (...[error]) => resolve(error?.message));
    });
  };

  test("no connection is opened to a public address on another port than a web port", async () => {
    expect(await refusalOf("93.184.216.34", "93.184.216.34")).toBe(
      "egress refused: 93.184.216.34 port 6379",
    );
  });

  test("no connection is opened to a name with a public address on another port than a web port", async () => {
    expect(await refusalOf("public.example", "93.184.216.34")).toBe(
      "egress refused: public.example is 93.184.216.34",
    );
  });

  test("a socket that came out at another address than the one judged is closed", async () => {
    // The system takes 0.0.0.0 for our own machine.
    const zero = createGuard({
      hosts: parseHosts("0.0.0.0 zero.example"),
      allowNetworks: ["0.0.0.0/32"],
    });
    const target = { hostname: "zero.example", port: `${canary.port}`, protocol: "http:" };
    const refusal = await new Promise((resolve) =>
      zero.connector(target, (...[error]) => resolve(error)),
    );
    expect(refusal).toMatchObject({
      message: `egress refused: zero.example is 127.0.0.1, port ${canary.port}`,
    });
    const open = () =>
      new Promise((resolve) => canary.server.getConnections((_, count) => resolve(count)));
    await vi.waitUntil(async () => (await open()) === 0, { timeout: 20_000 });
  });

  test("a resolver's failure is passed on as it is", async () => {
    const failing = createGuard({
      hosts,
      allowNetworks: [],
      resolve: (_, __, done) =>
        done(Object.assign(new Error("try again"), { code: "EAI_AGAIN" }), []),
    });
    const error = await new Promise((resolve) => {
      failing.lookupFor(80)("other.example", {}, resolve);
    });
    expect(error).toMatchObject({ code: "EAI_AGAIN" });
  });

  test.each([
    ["ftp://news.example/", "scheme ftp:"],
    ["file:///etc/passwd", "scheme file:"],
    ["http://user:pass@news.example/", "a user name in the URL"],
    ["http://user@news.example/", "a user name in the URL"],
    ["http://:pass@news.example/", "a user name in the URL"],
    ["http://127.0.0.1/", "127.0.0.1 port 80"],
    ["http://evil.example/", "evil.example port 80"],
    ["http://mixed.example/", "mixed.example port 80"],
    ["https://127.0.0.1/", "127.0.0.1 port 443"],
    ["https://example.org:8443/", null],
    ["http://news.example:8080/", null],
    ["https://example.org/", null],
  ])("check(%s) says %s", (url, why) => {
    expect(guard.check(new URL(url))).toBe(why);
  });

  test("another port of a DNS name is refused when no network is allowed", () => {
    const strict = createGuard({ hosts: new Map(), allowNetworks: [] });
    expect(strict.check(new URL("http://example.org:6379/"))).toBe("port 6379");
  });

  const ask = (name: string, options: object) =>
    new Promise((resolve) => {
      guard.lookupFor(80)(name, options, (error, ...rest) => resolve(error?.code ?? rest));
    });

  test("the lookup answers in the form that was asked for", async () => {
    expect(await ask("news.example", {})).toEqual(["127.1.9.1", 4]);
    expect(await ask("news.example", { all: true })).toEqual([
      [{ address: "127.1.9.1", family: 4 }],
    ]);
    expect(await ask("news.example", { family: 6 })).toBe("ENOTFOUND");
    expect(await ask("mixed.example", { all: true })).toBe("EGRESS_REFUSED");
  });
});

test("a malformed hosts file names the line", () => {
  expect(() => parseHosts("127.1.0.1 a\nnonsense b")).toThrow(/line 2/);
});
