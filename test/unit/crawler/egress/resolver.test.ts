import { utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createGuard, createResolve, type Resolve } from "../../../../crawler/egress/guard.ts";
import { openSocket } from "../../../../crawler/egress/tunnel.ts";
import { failureOf } from "../../../../crawler/http/failure.ts";
import { testFolder } from "../../../helpers/folder.ts";
import { startNameServer, type Zone } from "../../../helpers/name-server.ts";

const SIX = "2606:4700:1:2:3:4:5:1111";
const BOTH: Record<number, string> = { 4: "127.1.9.1", 6: SIX };
let isSilent = true;
const zone: Zone = (name, family) => {
  if (name.endsWith("silent.com")) return isSilent ? "silent" : "absent";
  if (name === "absent.com") return "absent";
  if (name === "failed.com") return "failed";
  if (name === "both.com") return [BOTH[family] ?? ""];
  if (name === "six.com") return family === 6 ? [SIX] : [];
  if (name === "half.com" && family === 6) return "silent";
  if (name === "odd.com" && family === 6) return "absent";
  if (name === "empty.com" || family === 6) return [];
  return ["127.1.9.1"];
};

let server: Awaited<ReturnType<typeof startNameServer>>;
/** Lookups that go on after their test. Without their name server, they would take all threads for `getaddrinfo`. */
const unfinished: Promise<unknown>[] = [];
beforeAll(async () => {
  server = await startNameServer(zone);
});
afterAll(async () => {
  isSilent = false;
  await Promise.all(unfinished);
  await server.close();
});

const resolverOf = (deadlineMs: number, more: object = {}) =>
  createResolve({ servers: [server.address], deadlineMs, ...more });
const found = (resolve: Resolve, name: string) =>
  new Promise<unknown>((done) => {
    resolve(name, { all: true }, (error, all) =>
      done(error ? error.code : all.map(({ address }) => address)),
    );
  });

/** Asks for 64 names of a domain whose name server says nothing. */
const askSilent = (domain: string, ask: (name: string) => Promise<unknown>) =>
  Promise.all(Array.from({ length: 64 }, (_, n) => ask(`n${n}.${domain}`)));
const namesAskedOf = (domain: string) =>
  new Set(server.requests.filter((name) => name.endsWith(`.${domain}`))).size;

test("a name is found at once beside 64 names whose name server says nothing", async () => {
  const resolve = resolverOf(10_000);
  const ended: string[] = [];
  const ask = async (name: string) => {
    const answer = await found(resolve, name);
    ended.push(name);
    return answer;
  };
  unfinished.push(askSilent("few.silent.com", ask));
  // Only a few names of one domain are asked for at once.
  await vi.waitUntil(() => namesAskedOf("few.silent.com") === 4, 30_000);
  expect(await ask("honest.com")).toEqual(["127.1.9.1"]);
  expect(ended).toEqual(["honest.com"]);
  expect(namesAskedOf("few.silent.com")).toBe(4);
});

test("names whose name server says nothing fail once their time is over, also those that wait", async () => {
  const resolve = resolverOf(500);
  const answers = await askSilent("silent.com", (name) => found(resolve, name));
  expect(answers).toEqual(Array.from({ length: 64 }, () => "EAI_AGAIN"));
});

test.each([
  ["both.com", ["127.1.9.1", SIX]],
  ["BOTH.com.", ["127.1.9.1", SIX]],
  ["six.com", [SIX]],
  ["half.com", ["127.1.9.1"]],
  ["odd.com", ["127.1.9.1"]],
  ["absent.com", "ENOTFOUND"],
  ["empty.com", "ENOTFOUND"],
  ["a..com", "ENOTFOUND"],
  ["failed.com", "EAI_AGAIN"],
])("%s resolves to %j", async (name, expected) => {
  expect(await found(resolverOf(10_000), name)).toEqual(expected);
});

test("a silent name server is the failure of its name, in words", async () => {
  const guard = createGuard({ hosts: new Map(), allowNetworks: [], resolve: resolverOf(200) });
  const error = await openSocket(guard, { host: "silent.com", port: 80 }).catch(failureOf);
  expect(error).toMatchObject({
    name: "RetryLater",
    reason: "dns",
    message: expect.stringMatching(/silent\.com: its name server doesn't answer/),
  });
});

describe("the system resolves", () => {
  const expected = ["127.0.0.1"];

  test("localhost", async () => {
    expect(await found(resolverOf(10_000), "localhost")).toEqual(expect.arrayContaining(expected));
  });

  test("what no public suffix ends, without a question to the name server", async () => {
    const before = server.requests.length;
    expect(await found(resolverOf(10_000), "nobody.invalid")).toMatch(/ENOTFOUND|EAI_AGAIN/);
    expect(server.requests.length).toBe(before);
  });

  test("names of the hosts file, also once they are added", async () => {
    const hostsFile = join(await testFolder(), "hosts");
    const resolve = resolverOf(10_000, { hostsFile });
    await writeFile(hostsFile, "127.0.0.1 localhost\n");
    expect(await found(resolve, "named.com")).toEqual(expected.map(() => "127.1.9.1"));
    await writeFile(hostsFile, "127.0.0.1 localhost # own\n127.0.0.1\tother Named.com\n");
    // Two writes within one tick of the kernel's clock have the same time.
    await utimes(hostsFile, 1, 1);
    const before = server.requests.length;
    await found(resolve, "named.com");
    expect(server.requests.length).toBe(before);
  });
});
