import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { decode } from "../../../../crawler/http/decode.ts";
import { makePdf, setText } from "../../../../demo/pdf.ts";
import { getBody } from "../../../../store/archive/bodies.ts";
import { getCapture } from "../../../../store/crawl/captures.ts";
import { lockedPdf } from "../../../helpers/pdf.ts";
import type { Page } from "../../../helpers/site.ts";
import { type Services, startServices } from "../../../helpers/watched-site.ts";
import { takeTurns } from "../../../helpers/worker.ts";

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename, { oneStore: true });
});
afterEach(() => services.closeSites());
afterAll(() => services.close());

const TEXT =
  "The city has switched on the first part of a heat network that takes its warmth from the sea. Twelve thousand homes along the quay are to be connected before the winter, the council said.";
const release = makePdf([
  [
    { text: "Harbour city opens its heat network", x: 60, y: 740, size: 24 },
    { text: "Harbourton, 14 March 2026", x: 60, y: 700 },
    ...setText(TEXT, 60, 670),
  ],
]);
const served =
  (bytes: Buffer): Page =>
  (_, response) =>
    response.writeHead(200, { "content-type": "application/pdf" }).end(bytes);

describe("a press release as PDF", () => {
  const fetchRelease = async () => {
    const { site, worker, link, store } = await services.watchSite("release", ["/press/heat.pdf"]);
    site.pages["/press/heat.pdf"] = served(release);
    await takeTurns(worker, site.host);
    const fetched = await link("/press/heat.pdf");
    const article = await store.collections.articles.findOne({ _id: fetched?.articleId ?? "" });
    const capture = await getCapture(store, fetched?.captureId ?? "");
    const body = await getBody(store, capture?.bodyId ?? "");
    const bytes = body && (await decode(body.bytes, body.encoding, 1e7)).bytes;
    return { fetched, article, bytes };
  };
  let pdf: Awaited<ReturnType<typeof fetchRelease>>;
  beforeAll(async () => {
    pdf = await fetchRelease();
  });

  test("It becomes an article with title, text and date of the document", () => {
    expect(pdf.fetched).toMatchObject({ state: "done", outcome: "new" });
    expect(pdf.article).toMatchObject({
      title: "Harbour city opens its heat network",
      text: TEXT,
      language: "en",
      publishedAt: new Date("2026-03-14T00:00:00Z"),
      evidence: { text: { rule: "pdf reading order" } },
    });
  });

  test("Its bytes are stored unchanged", () => {
    expect(pdf.bytes && Buffer.from(pdf.bytes).equals(release)).toBe(true);
  });
});

test("A PDF that can't be read is skipped with the reason, and its capture is stored", async () => {
  const { site, worker, link } = await services.watchSite("locked", ["/press/locked.pdf"]);
  site.pages["/press/locked.pdf"] = served(lockedPdf([setText(TEXT, 60, 600)]));
  await takeTurns(worker, site.host);
  const seen = await link("/press/locked.pdf");
  expect(seen).toMatchObject({
    state: "skipped",
    reason: "not-article",
    detail: "the PDF is encrypted",
  });
  expect(seen?.captureId).not.toBeNull();
});
