import { expect, test } from "vitest";
import { createSecrets } from "../../../../config/secrets.ts";
import { cookieHeader } from "../../../../crawler/http/response.ts";
import { cookiesNow, createLogins } from "../../../../crawler/logins/logins.ts";
import { ownLoginSessions, seal, unseal } from "../../../../crawler/logins/sessions.ts";
import { GiveUp } from "../../../../model/crawl/outcome.ts";
import { Source } from "../../../../model/sources/source.ts";

const env = { SECRET_A: "aaa", SECRET_B: "b b", SECRET_BAD: "x; other=y" };
const logins = createLogins({
  secrets: createSecrets(env, null),
  sessions: ownLoginSessions(),
  logIn: null,
  now: () => new Date(),
});

const sourceWith = (cookies: object[]) =>
  Source.parse({
    id: "paper",
    name: "Paper",
    home: "https://www.paper.example/",
    feeds: ["https://news.paper.example/rss", "https://feeds.service.example/paper"],
    login: { cookies },
  });
const withForm = Source.parse({
  id: "paper",
  name: "Paper",
  home: "https://www.paper.example/",
  feeds: ["https://news.paper.example/rss"],
  login: { steps: [{ goto: "https://www.paper.example/login" }], signedOut: "form" },
});

test.each([
  ["https://www.paper.example/a", "s=aaa; wide=b b"],
  ["https://www.paper.example/members/a", "s=aaa; wide=b b; deep=aaa"],
  ["https://www.paper.example/members-only", "s=aaa; wide=b b"],
  ["https://news.paper.example/rss", "s=aaa; wide=b b"],
  // Another host of the site gets what is the domain's; http what may go over it.
  ["https://shop.paper.example/", "wide=b b"],
  ["http://www.paper.example/a", "wide=b b"],
  // The service that carries its feed, look-alikes, other sites.
  ["https://feeds.service.example/paper", null],
  ["https://notpaper.example/", null],
  ["https://paper.example.evil.example/", null],
])("%s gets %s", async (url, header) => {
  const source = sourceWith([
    { name: "s", value: "env:SECRET_A" },
    { name: "wide", value: "env:SECRET_B", domain: "paper.example", secure: false },
    { name: "deep", value: "env:SECRET_A", path: "/members" },
  ]);
  expect(cookieHeader((await logins.cookiesOf(source)) ?? [], url)).toBe(header);
});

test("a secret that is missing or no cookie's value ends in the cause `login` and isn't told", async () => {
  const missing = sourceWith([{ name: "s", value: "env:SECRET_NONE" }]);
  await expect(logins.cookiesOf(missing)).rejects.toThrow(
    expect.objectContaining({ reason: "login", message: expect.stringContaining("SECRET_NONE") }),
  );
  const bad = sourceWith([{ name: "s", value: "env:SECRET_BAD" }]);
  await expect(logins.cookiesOf(bad)).rejects.toThrow(
    expect.objectContaining({ reason: "login", message: expect.not.stringContaining("other=y") }),
  );
});

test("what is sealed can be had with its secret alone, whole", async () => {
  const sealed = await seal("session=abc", "password");
  expect(Buffer.from(sealed, "base64").toString("latin1")).not.toContain("abc");
  expect(await seal("session=abc", "password")).not.toBe(sealed);
  expect(await unseal(sealed, "password")).toBe("session=abc");
  expect(await unseal(sealed, "Password")).toBeNull();
  const bytes = Buffer.from(sealed, "base64");
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  expect(await unseal(bytes.toString("base64"), "password")).toBeNull();
  expect(await unseal("", "password")).toBeNull();
});

test.each([
  ["login", "the site set no cookie", 1],
  ["browser", "the browser is closed", 0],
  ["proxy", "no such secret", 0],
] as const)("only a refusal by the site is remembered: %s", async (reason, message, times) => {
  const refusals: string[] = [];
  const own = createLogins({
    secrets: createSecrets(env, null),
    sessions: {
      ...ownLoginSessions(),
      refuse: (id) => Promise.resolve(void refusals.push(id)),
    },
    logIn: () => Promise.reject(new GiveUp(reason, message)),
    now: () => new Date(),
  });
  await expect(own.enter(withForm)).rejects.toThrow(message);
  expect(refusals).toHaveLength(times);
});

test("a login form without a browser ends in the cause `login`, with that reason", async () => {
  await expect(cookiesNow(logins, withForm)).rejects.toThrow(
    expect.objectContaining({ reason: "login", message: expect.stringContaining("no browser") }),
  );
});

test("a stored session is read with the key of its login and the values of its secrets", async () => {
  const login = {
    cookies: [],
    steps: [
      { goto: "https://www.paper.example/login" },
      { fill: "#name", value: "env:SECRET_A" },
      { click: "#send" },
    ],
    expires: 43_200_000,
  };
  const source = Source.parse({
    id: "paper",
    name: "Paper",
    home: "https://www.paper.example/",
    feeds: ["https://news.paper.example/rss"],
    login: { steps: login.steps },
  });
  const sessions = ownLoginSessions();
  const session = JSON.stringify({ at: 0, cookies: [] });
  await sessions.write("paper", await seal(session, JSON.stringify([login, ["", "aaa", ""]])), 1);
  const own = createLogins({
    secrets: createSecrets(env, null),
    sessions,
    logIn: null,
    now: () => new Date(),
  });
  expect(await own.cookiesOf(source)).toEqual([]);
});

test("a login by another process ends in the cause `login`, with that reason", async () => {
  const busy = createLogins({
    secrets: createSecrets(env, null),
    sessions: { ...ownLoginSessions(), begin: () => Promise.resolve("busy") },
    logIn: () => Promise.resolve([]),
    now: () => new Date(),
  });
  await expect(cookiesNow(busy, withForm)).rejects.toThrow("another process is logging in");
});
