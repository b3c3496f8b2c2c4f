import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commandsIn } from "../../helpers/commands-here.ts";

const program = new URL("../../../bin/newsgather", import.meta.url).pathname;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "newsgather-cli-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the command as an operator does; resolves to what came out and the exit code. */
function newsgather(args: string[]) {
  const child = spawn(program, args, { cwd: folder });
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk) => (out += String(chunk)));
  child.stderr.on("data", (chunk) => (err += String(chunk)));
  return new Promise<{ out: string; err: string; code: number | null }>((resolve) => {
    child.once("close", (code) => resolve({ out, err, code }));
  });
}

describe("newsgather", () => {
  it("says what to do when it isn't built yet", async () => {
    await mkdir(join(folder, "fresh/bin"), { recursive: true });
    await writeFile(join(folder, "fresh/package.json"), '{ "type": "module" }');
    await cp(program, join(folder, "fresh/bin/newsgather"));
    const child = spawn(join(folder, "fresh/bin/newsgather"), ["status"]);
    let err = "";
    child.stderr.on("data", (chunk) => (err += String(chunk)));
    const code = await new Promise((resolve) => child.once("close", resolve));
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining("npm run setup") });
  });

  it("lists its commands, and suggests one for a typing error", async () => {
    const help = await newsgather(["--help"]);
    expect(help.code).toBe(0);
    for (const name of ["robots", "extract", "sources", "doctor"]) expect(help.out).toContain(name);
    const typo = await newsgather(["sorces"]);
    expect(typo.code).toBe(2);
    expect(typo.err).toContain('there is no command "sorces"; did you mean sources?');
    expect(typo.out).toBe("");
  });

  it("names every wrong setting and exits with 2", async () => {
    const { code, err, out } = await commandsIn({
      NEWSGATHER_TIMEZONE: "Nowhere",
      NEWSGATHER_LISTEN: "0.0.0.0",
    })(["doctor"]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/NEWSGATHER_TIMEZONE="Nowhere"[\s\S]*NEWSGATHER_LISTEN="0.0.0.0"/);
  });

  it("refuses a wrong time before it looks for the database", async () => {
    const cli = commandsIn({ MONGODB_URI: "mongodb://127.0.0.1:1" });
    expect(await cli(["audit", "--since", "soonish"])).toMatchObject({ code: 2 });
  });

  it("gives verdicts on robots.txt as lines of JSON", async () => {
    const cases = join(folder, "cases.json");
    const robots = "User-agent: *\nDisallow: /private\n";
    const url = "https://a.example/private/x";
    await writeFile(cases, JSON.stringify({ cases: [{ id: 7, robots, ua: "Newsgather", url }] }));
    const cli = commandsIn({});
    const { out, code } = await cli(["robots", "--batch", cases]);
    expect({ out, code }).toEqual({ out: '{"id":7,"allowed":false}\n', code: 0 });
    expect((await cli(["robots", "--batch", `${cases}.no`])).code).toBe(2);
  });

  it("validates sources: good ones listed, mistakes by place, exit 2", async () => {
    const headers = "headers: { X-Feed-Key: s3cret }\n";
    const good = `id: good\nname: Good\nfeeds: [https://good.example/rss]\n${headers}`;
    await writeFile(join(folder, "good.yaml"), good);
    const cli = commandsIn({ NEWSGATHER_SOURCES_DIR: folder });
    expect(await cli(["sources", "validate"])).toMatchObject({ code: 0 });
    await writeFile(join(folder, "bad.yaml"), "id: bad\nname: Bad\nfeeds: [not an address]\n");
    const bad = await cli(["sources", "validate", "--json"]);
    expect(bad.code).toBe(2);
    expect(JSON.parse(bad.out)).toEqual([
      {
        file: join(folder, "bad.yaml"),
        line: 3,
        column: 9,
        path: "feeds.0",
        message: "write an absolute http:// or https:// URL",
      },
    ]);
    const list = await cli(["sources", "list", "--json"]);
    expect(JSON.parse(list.out)).toMatchObject([{ id: "good", render: "auto" }]);
    expect(list.out).toContain("X-Feed-Key");
    expect(list.out).not.toContain("s3cret");
  });

  it("examines the machine; a service that doesn't answer is to be mended", async () => {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" ? address?.port : 0;
    const { out, err, code } = await commandsIn({
      NEWSGATHER_DATA_DIR: join(folder, "data"),
      REDIS_URL: `redis://:hunter2@127.0.0.1:${port}`,
    })(["doctor", "--json"]);
    server.close();
    expect(JSON.parse(out)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: "redis", level: "fail" }),
        expect.objectContaining({ name: "node", level: "ok" }),
      ]),
    );
    expect(out + err).not.toContain("hunter2");
    expect(code).toBe(1);
  });
});
