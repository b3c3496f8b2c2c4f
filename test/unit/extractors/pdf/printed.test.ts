import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { findChromium } from "../../../../bin/roles/chromium.ts";
import { prepare } from "../../../../extractors/language.ts";
import { extractPdf } from "../../../../extractors/pdf/pdf.ts";

const now = new Date("2026-11-25T12:00:00Z");
const url = "https://www.harbourton.example/press/heat.pdf";
const read = (bytes: Uint8Array) => extractPdf({ bytes, url, now });

beforeAll(prepare);

/** An HTML page as Chromium prints it. */
async function printed(page: string): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), "newsgather-pdf-"));
  try {
    writeFileSync(join(folder, "a.html"), page);
    const config = { browser: {} } as Parameters<typeof findChromium>[0];
    const file = join(folder, "a.pdf");
    const profile = `--user-data-dir=${join(folder, "profile")}`;
    const flags = [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--no-pdf-header-footer",
      profile,
    ];
    execFileSync(
      await findChromium(config),
      [...flags, `--print-to-pdf=${file}`, `file://${folder}/a.html`],
      { stdio: "pipe", timeout: 50_000 },
    );
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("a page that a browser printed", async () => {
  const page = `<!doctype html><html lang="de"><title>Die Stadt öffnet ihr Wärmenetz</title><h1>Die Stadt öffnet ihr Wärmenetz</h1><p>Hafenstadt, 14. März 2026</p><div style="columns:2"><p>Die Stadt hat den ersten Teil eines Wärmenetzes in Betrieb genommen, das seine Wärme aus dem Meer bezieht. Zwölftausend Wohnungen am Kai sollen noch vor dem Winter angeschlossen werden.<p>Das Netz ersetzt Gaskessel in vier Vierteln. Unter Straßen, die ohnehin erneuert wurden, liegen nun dreißig Kilometer Rohr, und das hat die Kosten um ein Fünftel gesenkt.</div><ul><li>Dreißig Kilometer Rohr<li>Zwölftausend Wohnungen</ul>`;
  const { fields } = await read(await printed(page));
  expect(fields).toMatchObject({
    title: "Die Stadt öffnet ihr Wärmenetz",
    language: "de",
    publishedAt: new Date("2026-03-14T00:00:00Z"),
  });
  expect(fields.text).toMatch(
    /angeschlossen werden\.\n\nDas Netz ersetzt .* gesenkt\.\n\nDreißig Kilometer Rohr\n\nZwölftausend Wohnungen$/,
  );
});

/** Whether this machine has a font for a language. */
function hasFont(language: string): boolean {
  try {
    return execFileSync("fc-list", [`:lang=${language}`], { stdio: "pipe" }).length > 0;
  } catch {
    return false;
  }
}

test.skipIf(!hasFont("ar"))("columns from the right, letters in their plain form", async () => {
  const one =
    "شغلت المدينة الجزء الأول من شبكة تدفئة تستمد حرارتها من البحر. سيتم ربط اثني عشر ألف منزل على طول الرصيف قبل الشتاء حسب ما قال المجلس يوم السبت.";
  const two =
    "تحل الشبكة محل غلايات الغاز في أربع مناطق. مد المهندسون ثلاثين كيلومترا من الأنابيب تحت الشوارع التي كان يجري تجديدها على أي حال.";
  const page = `<!doctype html><html lang="ar" dir="rtl"><h1>المدينة تفتتح شبكة التدفئة الجديدة في الميناء</h1><div style="columns:2"><p>${one}<p>${two}</div>`;
  const { fields } = await read(await printed(page));
  expect(fields).toMatchObject({
    title: "المدينة تفتتح شبكة التدفئة الجديدة في الميناء",
    text: `${one}\n\n${two}`,
    language: "ar",
  });
});
