import { describe, expect, test } from "vitest";
import { withdrawnWords } from "../../../../articles/classify/classify.ts";
import { textOf } from "../../../helpers/site.ts";

describe("a publisher takes an article back", () => {
  test.each([
    ["RETRACTED: Study finds a cure for potholes", textOf("a")],
    ["[Withdrawn] Council sells the tram", textOf("a")],
    ["Zurückgezogen: Rathaus wird verkauft", textOf("a")],
    ["Retractado - El puente se cae", textOf("a")],
    ["撤稿：市政府出售电车", "……"],
  ])("in the headline %s", (title, text) => {
    expect(withdrawnWords(title, text)).not.toBeNull();
  });

  test.each([
    "This article has been retracted because its main source was invented.",
    "Editor's note: This story was withdrawn on 25 November. We apologise to our readers.",
    "The editors have retracted this article at the author's request.",
    "Dieser Artikel wurde von der Redaktion zurückgezogen, weil er falsche Angaben enthielt.",
    "Wir haben diesen Beitrag am Mittwoch zurückgezogen.",
    "Wir haben unseren Bericht zum Haushalt zurückgezogen.",
    "Wir haben den Artikel zurückgezogen.",
    "Diese Meldung wurde zurückgezogen.",
    "Wir haben die Meldung zurückgezogen.",
    "Die Redaktion hat die Meldung am Mittwoch zurückgezogen.",
    "Die Redaktion hat den Artikel am Mittwoch zurückgezogen.",
    "Cet article a été rétracté. Les faits n'ont pas pu être confirmés.",
    "Cet article a été retiré par la rédaction.",
    "Este artículo ha sido retractado por errores graves.",
    "Questo articolo è stato ritirato dalla redazione.",
    "Esta reportagem foi retirada pela redação por conter erros.",
    "Dit artikel is ingetrokken. De bron bleek niet betrouwbaar.",
    "Статья была отозвана редакцией.",
    "本文因事实错误，现已撤回。",
    "この記事は誤りがあったため、取り下げました。",
    "이 기사는 사실과 달라 철회되었습니다.",
    "تم سحب هذا المقال بسبب خطأ في المعلومات.",
  ])("in a notice: %s", (notice) => {
    expect(withdrawnWords("Council sells the tram", notice)).not.toBeNull();
  });

  test("in a notice further down a short page", () => {
    const text = `${"Editor's note. ".repeat(10)}This article has been retracted.`;
    expect(withdrawnWords("Council sells the tram", text)).toBe("This article has been retracted");
  });

  test("in a notice above a text that is still there", () => {
    const text = `This article has been retracted. See our statement.\n\n${textOf("a", 400)}`;
    expect(withdrawnWords("Council sells the tram", text)).toBe("This article has been retracted");
  });
});

describe("it does not", () => {
  test("where a long text quotes such a notice further down", () => {
    const text = `${"The journal explained itself. ".repeat(5)}This article has been retracted, it said.\n\n${textOf("a", 400)}`;
    expect(withdrawnWords("Journal explains itself", text)).toBeNull();
  });

  test.each([
    ["Minister retracts claim on trams", "The minister withdrew what he had said on Monday."],
    [
      "Council withdraws plan",
      "The plan has been withdrawn, the council said. This article explains why.",
    ],
    [
      "Journal retracts study",
      "The journal Nature has retracted a study on potholes after a year.",
    ],
    ["Page not found", "This page has been removed or is no longer available."],
    ["Not found", "The article you requested could not be found. It may have been deleted."],
    ["Klage zurückgezogen", "Die Stadt hat ihre Klage zurückgezogen, teilte das Gericht mit."],
    ["Haushalt wird teurer", "Die Verwaltung hat den Bericht zum Haushalt zurückgezogen."],
    ["Neue Zahlen zum Radweg", "Die Behörde hat die Meldung vom Montag zurückgezogen."],
    ["Le maire se rétracte", "Le maire a retiré sa candidature mardi soir."],
    ["Retirado el proyecto", "El ayuntamiento ha retirado el proyecto de tranvía."],
    ["市政府撤回方案", "市政府周三撤回了电车方案。"],
    ["Log in to read on", "Please log in. This article is for subscribers only."],
    ["Withdrawal of troops begins", "The withdrawal began at dawn."],
  ])("%s", (title, text) => {
    expect(withdrawnWords(title, text)).toBeNull();
  });

  test.each([
    "川崎市、条例案を撤回",
    "市政府撤回",
    "정부, 개인정보 법안 철회",
    "Лицензия у банка «Пример» отозвана",
    "الوزارة: مشروع القانون مسحوب",
  ])("where a headline in another script says last what was withdrawn: %s", (title) => {
    expect(withdrawnWords(title, textOf("a", 400))).toBeNull();
  });

  test("where a long article quotes such a notice", () => {
    const text = `${textOf("a", 60)} "This article has been retracted," said the magazine.\n\n${textOf("b", 300)}`;
    expect(withdrawnWords("How magazines retract", text)).toBeNull();
  });
});
