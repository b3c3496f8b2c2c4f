import { randomBytes } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { wireOf } from "../../../../archive/captures.ts";
import { toCapture } from "../../../../crawler/http/capture.ts";
import type { Received } from "../../../../crawler/http/response.ts";
import { digest } from "../../../../lib/text.ts";
import { brokenRules } from "../../../helpers/mongo-rules.ts";

const page = Buffer.from("<p>The council opened its portal.</p>".repeat(50));
const received = (overrides: Partial<Received> = {}): Received => ({
  url: "https://city.example/b",
  status: 200,
  headers: { "content-type": "text/html" },
  requestHeaders: {
    "user-agent": "Newsgather",
    authorization: "Basic c2VjcmV0",
    cookie: "a=b",
    "x-feed-key": "s3cret",
  },
  location: null,
  address: "192.0.2.1",
  startedAt: new Date("2026-11-25T12:00:00Z"),
  endedAt: new Date("2026-11-25T12:00:01Z"),
  ms: 1000,
  wire: page,
  encoding: null,
  decoded: page,
  truncated: false,
  ...overrides,
});
const context = {
  linkId: "link",
  sourceId: "cities",
  sourceVersion: 3,
  runId: "run",
  kind: "article",
  lane: "http",
  hops: [{ url: "https://city.example/a", status: 301, location: "https://city.example/b" }],
  reason: null,
  detail: null,
  reservations: [],
  withheld: null,
  consent: null,
  robotsOverride: null,
} as const;
const capture = (overrides?: Partial<Received>) =>
  toCapture(received(overrides), { ...context, hops: [...context.hops], reservations: [] });

test("a plain body is kept compressed, under the digest of what is kept", async () => {
  const { capture: made, body } = await capture();
  expect(body?.encoding).toBe("gzip");
  expect(gunzipSync(body?.bytes ?? "")).toEqual(page);
  expect(body?._id).toBe(digest(body?.bytes ?? new Uint8Array()));
  expect(made).toMatchObject({
    bodyId: body?._id,
    url: "https://city.example/a",
    finalUrl: "https://city.example/b",
    bytes: page.length,
    truncated: false,
  });
});

test("a compressed body is kept as it came, alone out of the socket's buffer", async () => {
  const pool = Buffer.concat([Buffer.from("before"), gzipSync(page), Buffer.from("after")]);
  const wire = pool.subarray(6, pool.length - 5);
  const { body } = await capture({ wire, encoding: "br" });
  expect(body).toMatchObject({ encoding: "br", size: page.length });
  pool.fill(0);
  expect(gunzipSync(body?.bytes ?? "")).toEqual(page);
});

test("secrets of a source's request aren't kept", async () => {
  const { requestHeaders } = (await capture()).capture;
  expect(requestHeaders).toEqual({
    "user-agent": "Newsgather",
    authorization: "***",
    cookie: "***",
    "x-feed-key": "***",
  });
});

test("the same response makes the same capture, another time another one", async () => {
  const [one, again, later] = await Promise.all([
    capture(),
    capture(),
    capture({ startedAt: new Date("2026-11-25T12:00:02Z") }),
  ]);
  expect(again.capture._id).toBe(one.capture._id);
  expect(later.capture._id).not.toBe(one.capture._id);
  expect(later.body?._id).toBe(one.body?._id);
});

test("no body is no body", async () => {
  const none = await capture({ wire: new Uint8Array(), decoded: new Uint8Array(), status: 304 });
  expect(none).toMatchObject({ body: null, capture: { bodyId: null, status: 304 } });
});

test("of a body over 8 MB as it is kept, the head is kept and the capture says so", async () => {
  const wire = randomBytes(9 * 1024 * 1024);
  const { capture: made, body } = await capture({ wire, decoded: wire });
  expect(body?.bytes.length).toBe(8 * 1024 * 1024);
  expect(made).toMatchObject({ truncated: true, bytes: wire.length, bodyId: body?._id });
  const head = body ? await wireOf(made, body) : [];
  expect(head.length).toBeGreaterThan(7 * 1024 * 1024);
  expect(wire.subarray(0, head.length).equals(Uint8Array.from(head))).toBe(true);
});

test("headers with names that the database reads otherwise are left out, and no others", async () => {
  const headers = { $ref: "captures", $id: "x", "a.b": "1", etag: '"1"', "x-$": "2" };
  const { capture: made } = await capture({ headers });
  expect(made.headers).toEqual({ etag: '"1"', "x-$": "2" });
  expect(brokenRules("captures", made)).toEqual([]);
});
