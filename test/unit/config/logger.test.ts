import { Writable } from "node:stream";
import { describe, expect, it, vi } from "vitest";
import { createLogger, hideCredentials } from "../../../config/logger.ts";
import { traceIdOf } from "../../../model/crawl/outcome.ts";
import { leastCpuOf } from "../../helpers/cpu.ts";

function logTo(tty = false) {
  const lines: string[] = [];
  const out = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  const log = createLogger({ logLevel: "info" }, Object.assign(out, { isTTY: tty }));
  return { log, text: () => lines.join("") };
}

describe("createLogger", () => {
  it("hides secrets in fields, messages, addresses and errors", () => {
    const { log, text } = logTo();
    log.info(
      {
        headers: { authorization: "Bearer s3cret", accept: "*/*" },
        password: "s3cret",
        user: { _id: "ada", passwordHash: "s3cret" },
        request: { headers: { cookie: "newsgather=s3cret", "x-api-key": "s3cret" } },
        url: "redis://me:s3cret@cache:6379",
      },
      "connecting to mongodb://me:s3cret@db/news",
    );
    log.info(`asked with Bearer ng_0a1b2c3d_${"s3cret-".repeat(6)}x`);
    log.error({ err: new Error("no route to https://me:s3cret@proxy") }, "failed");
    expect(text()).not.toContain("s3cret");
    expect(text()).toContain("ng_0a1b2c3d_***");
    expect(text()).toContain("*/*");
    expect(text()).toContain("mongodb://***@db/news");
  });

  it("keeps the context of a child and leaves out lower levels", () => {
    const { log, text } = logTo();
    log.child({ sourceId: "agency" }).info({ links: 3 }, "crawled");
    log.debug("unseen");
    expect(JSON.parse(text())).toMatchObject({ sourceId: "agency", links: 3, msg: "crawled" });
  });

  it("puts a trace on every line: the process's own, or that of the run that it is bound to", () => {
    const { log, text } = logTo();
    log.info({}, "ready");
    log.child({ role: "http" }).warn({}, "later");
    log
      .child({ traceId: traceIdOf("agency-1") })
      .child({ linkId: "a" })
      .info({}, "looked");
    const lines = text().trim().split("\n");
    const [own, same, run] = lines.map((line) => String(JSON.parse(line).traceId));
    expect(own).toMatch(/^[0-9a-f]{32}$/);
    expect(same).toBe(own);
    expect(run).toBe(traceIdOf("agency-1"));
    expect(lines.map((line) => line.split('"traceId"').length - 1)).toEqual([1, 1, 1]);
  });

  it("writes for people on a terminal only", async () => {
    const { log, text } = logTo(true);
    log.info("ready");
    await vi.waitFor(() => expect(text()).toContain("INFO"), 20_000);
    expect(text()).not.toContain('"msg"');
  });
});

describe("hideCredentials", () => {
  it("leaves addresses without credentials alone", () => {
    expect(hideCredentials("redis://127.0.0.1:6379 and a@b.example")).toBe(
      "redis://127.0.0.1:6379 and a@b.example",
    );
  });
});

describe("hideCredentials", () => {
  it.each(["a.a.a.", "a-a-", "a://", "a://b:", ":", "://x:", "ng_"])(
    "takes a million characters of %j in less than 200 ms of CPU",
    async (piece) => {
      const text = piece.repeat(1_000_000 / piece.length);
      expect(await leastCpuOf(() => hideCredentials(text), 200)).toBeLessThan(200);
    },
  );

  it("hides user and password whatever the scheme", () => {
    expect(hideCredentials("to mongodb+srv://me:pw@db/x and HTTPS://a:b@c")).toBe(
      "to mongodb+srv://***@db/x and HTTPS://***@c",
    );
  });
});
