import { beforeAll, describe, expect, test } from "vitest";
import { extract } from "../../../../extractors/extract.ts";
import { prepare } from "../../../../extractors/language.ts";

const FIRST =
  "<p>The council of Wexmouth decided on Tuesday to keep all three libraries open, by nineteen votes to twelve.</p>";
const LAST =
  "<p>Opening hours stay as they are until the end of next year, when the council will count the visitors again.</p>";
const now = new Date("2026-01-01");

beforeAll(prepare);

/** The text of an article in which a line is between two paragraphs. */
function textAround(line: string): string | null {
  const html = `<html><body><article><h1>Libraries stay open</h1>${FIRST}<p>${line}</p>${LAST}</article></body></html>`;
  return extract({ html, url: "https://ledger.example/n/1", now }).fields.text;
}

describe("a paragraph that contains the words of a link line stays in the text", () => {
  test.each([
    "新型コロナ関連の支援策も発表しました。",
    "今后还将为居民提供更多服务。",
    "Губернатор рассказал об этом подробнее.",
    "Зрители узнали много нового об авторе проекта.",
  ])("%s", (line) => {
    expect(textAround(line)?.split("\n\n")).toEqual([
      expect.stringContaining("council"),
      line,
      expect.stringContaining("council"),
    ]);
  });
});

test("a link line may begin with signs", () => {
  expect(textAround("▶ 관련 기사")).not.toContain("관련");
  expect(textAround("» Подробнее:")).not.toContain("Подробнее");
});

test.each(["القاهرة، الثلاثاء 24 نوفمبر 2026", "القاهرة، الثلاثاء ٢٤ نوفمبر ٢٠٢٦"])(
  "a line with little besides a date is no part of the text: %s",
  (line) => {
    expect(textAround(line)).not.toContain("القاهرة");
  },
);

describe("a paragraph that only contains the words of a notice stays in the text", () => {
  test.each([
    "El corte de tráfico sigue en vigor hasta el lunes.",
    "Muchos consiguen entradas; quien no consigue entradas mira desde fuera.",
    "Sono state registrate tre scosse di terremoto nella notte.",
    "Kirjastossa on tilaa kahdelle sadalle lukijalle.",
    "Muzeum zaprasza do nowej sali wystawowej nad rzeką.",
    "이 채널의 구독자는 백만 명을 넘었다.",
    "Dergiye abone olan okurların sayısı iki katına çıktı.",
    "城管部门清理了未经授权的摊位。",
    "Finland vil bli medlem av alliansen i april.",
    "Å bli medlem koster to hundre kroner i året.",
    "С подозреваемого взята подписка о невыезде.",
    "Residents must sign up for the course by Friday.",
    "“Half of the town will join us,” said the mayor.",
  ])("%s", (line) => {
    expect(textAround(line)).toContain(line);
  });
});

test.each([
  "Síguenos en nuestras redes sociales.",
  "Regístrate gratis para leer más.",
  "Tilaa uutiskirje tästä.",
  "Zapraszamy do obserwowania naszego profilu.",
  "이 채널을 구독하기",
  "Bültene abone olun.",
  "未经本报书面授权，不得以任何形式转载。",
  "Bli medlem i dag!",
  "» Bli medlem i dag!",
  "▶ Tilaa uutiskirje tästä.",
  "Подписка на газету открыта.",
  "Sign up for The Harbour Brief.",
  "You can sign up for breaking news alerts.",
  "Join us on our channels.",
])("a notice is no part of the text: %s", (line) => {
  expect(textAround(line)).not.toContain(line);
});
