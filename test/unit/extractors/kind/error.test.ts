import { beforeAll, describe, expect, test } from "vitest";
import { extract } from "../../../../extractors/extract.ts";
import { prepare } from "../../../../extractors/language.ts";

const now = new Date("2025-06-01");

beforeAll(prepare);

/** The kind of a page with a headline and one paragraph. */
function kindOf(headline: string): string {
  const html = `<title>${headline}</title><main><h1>${headline}</h1><p>The town said so on Tuesday. More will be known next week.</p></main>`;
  return extract({ html, url: "https://gazette.example/news/1", now }).page.kind;
}

describe("a short article is no error page because of its headline", () => {
  test.each([
    "Highway 401: Overnight closures this week",
    "Linie 405: Umleitung ab Montag",
    "Forbidden City treasures shown in Wexmouth",
    "Online payment service unavailable this weekend",
    "Swimming pool closed for maintenance",
    "Wartungsarbeiten am Hallenbad",
    "El ascensor del puerto está en mantenimiento",
    "На улице Ленина ведутся работы",
    "В метро проводятся технические работы",
  ])("%s", (headline) => {
    expect(kindOf(headline)).not.toBe("error");
  });
});

describe("a page with nothing but an error's headline is an error page", () => {
  test.each([
    "404",
    "404: Page not found",
    "Error 404",
    "Fehler 404 - Ostauer Bote",
    "HTTP Error 503",
    "Seite 404",
    "403 Forbidden",
    "Forbidden",
    "Service Unavailable",
    "503 Service Temporarily Unavailable",
    "Our website is currently under maintenance",
    "Down for maintenance",
    "We’re temporarily unavailable",
    "Wartungsarbeiten",
    "Wegen Wartungsarbeiten ist unsere Seite nicht da",
    "Unser Portal ist wegen Wartungsarbeiten nicht da",
    "Sitio web en mantenimiento",
    "Site en maintenance",
    "Em manutenção",
    "На сайте ведутся работы",
    "Ведутся технические работы",
    "Технические работы",
  ])("%s", (headline) => {
    expect(kindOf(headline)).toBe("error");
  });
});
