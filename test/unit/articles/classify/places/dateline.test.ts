import { expect, test } from "vitest";
import { datelineEnd } from "../../../../../articles/classify/places/places.ts";

test.each([
  ["BERLIN (agd) - ", "Der Bundestag berät."],
  ["SHENZHEN — ", "The city opens its data."],
  ["ROMA, 3 marzo (AGI) – ", "Il governo rinvia."],
  ["МОСКВА, 12 мая. ", "Новые правила действуют."],
  ["新华社北京11月2日电", " 全国各地政府部门。"],
  ["[서울=뉴스]", " 서울시는 센서를 달았다."],
  ["القاهرة - ", "قالت الوزارة"],
])("%s", (dateline, rest) => {
  expect(datelineEnd(dateline + rest)).toBe(dateline.length);
});

test.each([
  "The minister said on Monday that the plan – which costs millions – would wait.",
  "Residents asked. Nobody answered - until now.",
  "Ohne Datumszeile beginnt dieser Absatz.",
])("none in: %s", (text) => {
  expect(datelineEnd(text)).toBe(0);
});
