import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Command, makePlace, newsgather, type Place } from "../../helpers/newsgather.ts";
import { kill } from "../../helpers/processes.ts";

/** What a newcomer tries in the first hour, beside a running demo: right and wrong. */
let place: Place;
let demo: Command;
let folder: string;
let portal: string;
/** URL of a sample site. Another demo may have its usual port. */
let wire: string;

beforeAll(async () => {
  place = await makePlace({ NEWSGATHER_LISTEN: "127.0.0.1:0" });
  folder = await mkdtemp(join(tmpdir(), "newsgather-first-hour-"));
  demo = newsgather(["demo"], place);
  [, portal = ""] = await demo.says(/Portal +(\S+)\//);
  await demo.says(/The sites continue to publish/);
  const sources = join(place.dataDir, "demo/world/sources");
  const source = await readFile(join(sources, "civic-wire.yaml"), "utf8");
  [, wire = ""] = /^home: (\S+)\/$/m.exec(source) ?? [];
});

afterAll(async () => {
  if (demo) {
    kill(demo.pid, "SIGTERM");
    await demo.ended();
  }
  await place?.clear();
  await rm(folder, { recursive: true, force: true });
});

/** Runs a command line as it is typed; `OUT` stands for a folder of the newcomer's own, `WIRE` for a sample site. */
async function type(line: string) {
  const words = line.match(/"[^"]*"|\S+/g) ?? [];
  const args = words.map((word) =>
    word.replaceAll('"', "").replace("OUT", folder).replace("WIRE", wire),
  );
  const command = newsgather(args, place);
  const { code } = await command.ended();
  return { code, out: command.out(), err: command.err(), output: command.out() + command.err() };
}

describe("what is right works", () => {
  test.each<[line: string, says: RegExp]>([
    ["--help", /Run +demo +start/],
    ["help all", /search .*text of articles/],
    ["help search", /-strike/],
    ["status", /scheduler[\s\S]*civic-wire/],
    ["status --json", /"queues"/],
    // A source whose first run waits for a page that is tried again is shown as not known yet.
    ["health", /all sources are healthy|source +│ state/],
    ["health civic-wire", /civic-wire/],
    ["hosts", /host/],
    ["alarms", /alarm|about/],
    ["schedule civic-wire", /civic-wire/],
    ["sources list", /civic-wire/],
    ["sources validate", /./],
    ["search bus -strike", /[1-9]\d* found/],
    ["search port --limit 3", /Dover and Harwich/],
    ["search title:dublin since:30d", /[1-9]\d* found/],
    ["unlisted", /./],
    ["statistics volume --from 7d", /./],
    ["views list", /./],
    ["consumers list", /./],
    ["webhooks list", /./],
    ["users list", /editor[\s\S]*operator/],
    ["users link editor", /admin\/login\/link\?token=/],
    ["keys list", /./],
    ["audit", /user\.add/],
    ["topics corrections", /./],
    ["dead-letters list", /./],
    ["storage", /./],
    ["archive check", /./],
    ["export -o OUT/all.jsonl", /Articles written/],
    ["export --source civic-wire --since 2026-01 -o OUT/wire.csv --format csv", /Articles written/],
    ["export --format parquet -o OUT/one.parquet", /Articles written/],
    ["backup -o OUT/backup.jsonl.gz", /./],
    ["run civic-wire --once", /civic-wire/],
    ["fetch WIRE/", /Civic Wire/],
    ["discover WIRE/", /rss\.xml/],
    ["doctor", /./],
  ])("newsgather %s", async (line, says) => {
    const { code, output } = await type(line);
    // 3: it worked, and says that something is not as it should be.
    expect({ code: code === 3 ? 0 : code, output }).toEqual({
      code: 0,
      output: expect.stringMatching(says),
    });
  });
});

describe("a mistake ends with an error that says what to do", () => {
  test.each<[line: string, says: RegExp]>([
    ["statsu", /did you mean status/i],
    ["search", /./],
    ["search *", /word/],
    ["search tram --limt 3", /limit/],
    ["search 🎉", /word/],
    ["export --source nosuch -o OUT/x.jsonl", /nosuch/],
    ["export -o OUT/all.jsonl", /--force|exists/],
    ["backup -o -", /file name/],
    ["export --since lately -o OUT/x.jsonl", /lately/],
    ["sources edit --where contry=DE --set country=DE --reason typo", /country/],
    ["sources hold civic-wir --reason typo", /civic-wire/],
    ["run civic-wir --once", /did you mean civic-wire/],
    ["run", /--all/],
    ["dead-letters replay --cause foo --reason typo", /foo/],
    ["dead-letters show nosuch", /nosuch/],
    ["statistics volum", /volume/],
    ["hosts nosuch.example", /nosuch\.example/],
    ["article show nosuch", /nosuch/],
    ["stories show nosuch", /nosuch/],
    ["consumers remove nosuch", /nosuch/],
    ["views remove nosuch --reason typo", /nosuch/],
    ["users add X --role operator --password-stdin", /./],
    ["users link nobody", /nobody/],
    ["keys revoke 00000000", /00000000/],
    ["keys add k --scope root", /root/],
    ["backfill civic-wir --since 7d", /civic-wire/],
    ["reprocess --stage extrct", /extract/],
    ["fetch WIRE/no-such-page", /404/],
    ["discover nosuchname.example", /nosuchname\.example/],
    ["try not-a-url", /not-a-url/],
    ["status --data OUT/nowhere-at-all/x --jsn", /json/],
  ])("newsgather %s", async (line, says) => {
    const { code, output } = await type(line);
    expect({ failed: code !== 0, output }).toEqual({
      failed: true,
      output: expect.stringMatching(says),
    });
    // No stack, no bare exception: whoever reads it has made a mistake, and isn't to see ours.
    expect(output).not.toMatch(/^\s+at .*\.js:\d+/m);
  });
});

test("the portal and the API answer at the URL that the demo prints", async () => {
  expect((await fetch(`${portal}/`)).status).toBe(200);
  const typo = await fetch(`${portal}/v1/articles?tpoic=x`);
  expect([typo.status, await typo.text()]).toEqual([400, expect.stringContaining("topic")]);
});

test("something happens on the sites after the first pass, and reaches the stream", async () => {
  const head = async () => {
    const { out } = await type("status --json");
    return (JSON.parse(out) as { stream: { head: number } }).stream.head;
  };
  const before = await head();
  await demo.says(/\d\d:\d\d:\d\d {2}\S/);
  await expect.poll(head, { timeout: 120_000, interval: 1000 }).toBeGreaterThan(before);
});
