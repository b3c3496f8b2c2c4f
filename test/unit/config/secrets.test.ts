import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createSecrets } from "../../../config/secrets.ts";
import { formatProblem, parseSource } from "../../../sources/files/load.ts";

const root = mkdtempSync(join(tmpdir(), "secrets-"));
afterAll(() => rmSync(root, { recursive: true }));
const dir = join(root, "own");
mkdirSync(join(dir, "site"), { recursive: true });
writeFileSync(join(dir, "site", "key"), "of-a-file\n");
writeFileSync(join(dir, "empty"), "\n");
writeFileSync(join(root, "outside"), "never");
symlinkSync(join(root, "outside"), join(dir, "link"));
symlinkSync(join(dir, "site", "key"), join(dir, "alias"));

const env = { SECRET_A: "of-a-variable", REDIS_URL: "redis://:never@x", SECRET_EMPTY: "" };
const secrets = createSecrets(env, dir);

test("secrets are variables SECRET_... and files of one folder", () => {
  expect(secrets("env:SECRET_A")).toBe("of-a-variable");
  expect(secrets("file:site/key")).toBe("of-a-file");
  expect(secrets("file:alias")).toBe("of-a-file");
});

test.each([
  ["env:REDIS_URL", /env:SECRET_NAME/],
  ["env:SECRET_EMPTY", /SECRET_EMPTY isn't set/],
  ["env:SECRET_B", /SECRET_B isn't set/],
  ["file:../outside", /points outside/],
  ["file:link", /points outside/],
  ["file:none", /can't be read/],
  ["file:empty", /is empty/],
  ["of-a-variable", /env:SECRET_NAME/],
])("%s can't be had", (reference, why) => {
  expect(() => secrets(reference)).toThrow(why);
  expect(() => secrets(reference)).not.toThrow(/never/);
});

test("without a folder no file can be named", () => {
  expect(() => createSecrets(env, null)("file:site/key")).toThrow(
    /NEWSGATHER_SECRETS_DIR isn't set/,
  );
});

const yaml = (cookie: string, more = "") => `id: paper
name: Paper
feeds: [https://news.paper.example/rss]
${more}login:
  cookies:
    - ${cookie}
`;

test.each([
  ["{ name: s, value: env:SECRET_B }", "", /paper.yaml:6:\d+: login.cookies.0.value: .*SECRET_B/],
  ["{ name: s, value: hunter2 }", "", /paper.yaml:6:\d+: login.cookies.0.value: write env:/],
  ["{ name: s, value: env:REDIS_URL }", "", /login.cookies.0.value: write env:/],
  ["{ name: s, value: file:../outside }", "", /login.cookies.0.value: write env:/],
  [
    "{ name: s, value: env:SECRET_A, domain: other.example }",
    "",
    /0.domain: other.example belongs neither/,
  ],
  ["{ name: s, value: env:SECRET_A, domain: example }", "", /0.domain: write a host name/],
  [
    "{ name: s, value: env:SECRET_A }",
    "headers: { Cookie: a=b }\n",
    /headers: cookies are allowed only/,
  ],
])("a source's login %s is told by file, line and field", (cookie, more, message) => {
  const { problems } = parseSource(yaml(cookie, more), "paper.yaml", null, new Map(), secrets);
  expect(problems.map(formatProblem)).toEqual([expect.stringMatching(message)]);
  expect(problems.map(formatProblem).join()).not.toMatch(/hunter2|never/);
});

test("a login of the source's site, or of a host that it names, is as it should be", () => {
  for (const domain of ["paper.example", "news.paper.example", "partner.example"]) {
    const text = yaml(
      `{ name: s, value: env:SECRET_A, domain: ${domain} }`,
      "allowHosts: [partner.example]\n",
    );
    expect(parseSource(text, "paper.yaml", null, new Map(), secrets).problems).toEqual([]);
  }
});

test.each([
  ["env:SECRET_B", /paper.yaml:4:\d+: proxy: no secret: SECRET_B isn't set/],
  ["env:SECRET_A", /proxy: env:SECRET_A doesn't contain http:/],
  ["http://ann:hunter2@proxy.example:3128", /proxy: write http:.*env:SECRET_NAME/],
  ["socks5://proxy.example:1080", /proxy: write http:/],
  ["http://proxy.example:3128/path", /proxy: write http:/],
  ["env:REDIS_URL", /proxy: write http:/],
])("a source's proxy %s is told by file, line and field", (proxy, message) => {
  const text = `id: paper\nname: Paper\nfeeds: [https://paper.example/rss]\nproxy: ${proxy}\n`;
  const { problems } = parseSource(text, "paper.yaml", null, new Map(), secrets);
  expect(problems.map(formatProblem)).toEqual([expect.stringMatching(message)]);
  expect(problems.map(formatProblem).join()).not.toContain("hunter2");
});

test.each(["http://proxy.example:3128", "https://proxy.example", "env:SECRET_PROXY"])(
  "a proxy may be named as %s",
  (proxy) => {
    const text = `id: paper\nname: Paper\nfeeds: [https://paper.example/rss]\nproxy: ${proxy}\n`;
    const known = createSecrets({ SECRET_PROXY: "http://ann:hunter2@10.0.0.7:3128" }, null);
    expect(parseSource(text, "paper.yaml", null, new Map(), known).problems).toEqual([]);
  },
);
