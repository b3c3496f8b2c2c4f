import { describe, expect, it } from "vitest";
import { isoOf, parseDate } from "../../../lib/dates.ts";

const read = (text: string, dayFirst = true, timezone = "UTC") => {
  const stamp = parseDate(text, { dayFirst, timezone });
  return stamp && isoOf(stamp, timezone);
};
const readIn = (language: string, text: string) => {
  const stamp = parseDate(text, { dayFirst: true, timezone: "UTC", language });
  return stamp && isoOf(stamp);
};

describe("dates for machines", () => {
  it.each([
    ["2024-02-29", "2024-02-29"],
    ["2024-02-29T08:05:00Z", "2024-02-29T08:05:00Z"],
    ["2024-02-29T08:05:00.123+05:30", "2024-02-29T08:05:00+05:30"],
    ["2024-02-29 08:05", "2024-02-29T08:05:00"],
    ["20240229", "2024-02-29"],
    ["20240229 080500", "2024-02-29T08:05:00"],
    ["20240229 0805", "2024-02-29T08:05:00"],
    ["2024-02-29 0805Z", "2024-02-29T08:05:00Z"],
    ["Thu, 29 Feb 2024 08:05:00 GMT", "2024-02-29T08:05:00Z"],
    ["Thu, 29 Feb 2024 08:05:00 -0500", "2024-02-29T08:05:00-05:00"],
    ["1709193900", "2024-02-29T08:05:00Z"],
    ["1709193900000", "2024-02-29T08:05:00Z"],
  ])("%s", (text, iso) => {
    expect(read(text)).toBe(iso);
  });
});

describe("dates for readers, in many languages", () => {
  it.each([
    ["March 4th, 2025", "2025-03-04"],
    ["4 March 2025", "2025-03-04"],
    ["17. Februar 2025, 06:30 Uhr", "2025-02-17T06:30:00"],
    ["5. Jänner 2023", "2023-01-05"],
    ["3 juin 2024 à 14h05", "2024-06-03T14:05:00"],
    ["20 de noviembre de 2023", "2023-11-20"],
    ["12 febbraio 2021", "2021-02-12"],
    ["9 maart 2020", "2020-03-09"],
    ["14 lutego 2022", "2022-02-14"],
    ["5 декабря 2024, 13:20", "2024-12-05T13:20:00"],
    ["7 березня 2023", "2023-03-07"],
    ["3 Şubat 2024", "2024-02-03"],
    ["28. lokakuuta 2021", "2021-10-28"],
    ["۱۳ اسفند ۱۳۹۹", "2021-03-03"],
    ["30 اسفند 1403", "2025-03-20"],
    ["1 فروردین 1403", "2024-03-20"],
    ["3 במרץ 2021", "2021-03-03"],
    ["9 มี.ค. 2564", "2021-03-09"],
    ["Ngày 9 tháng 3 năm 2021", "2021-03-09"],
    ["2021. gada 9. marts", "2021-03-09"],
    ["15 Μαρτίου 2022", "2022-03-15"],
    ["2024年09月12日08:26", "2024-09-12T08:26:00"],
    ["2025년 1월 21일", "2025-01-21"],
    ["٢٥ آذار ٢٠٢٥", "2025-03-25"],
    ["25 مارس 2025", "2025-03-25"],
    ["๘ มกราคม ๒๕๖๘", "2025-01-08"],
    ["१५ मार्च २०२४", "2024-03-15"],
    ["2024. március 15.", "2024-03-15"],
    ["5 tháng 3, 2024", null],
    ["no date here, only 12 apples", null],
    ["31.02.2024", null],
  ])("%s", (text, iso) => {
    expect(read(text)).toBe(iso);
  });

  it("reads an ambiguous date by the page's habit, and an unambiguous one against it", () => {
    expect(read("3/4/2020", true)).toBe("2020-04-03");
    expect(read("3/4/2020", false)).toBe("2020-03-04");
    expect(read("25/4/2020", false)).toBe("2020-04-25");
    expect(read("4/25/2020", true)).toBe("2020-04-25");
  });

  it("puts a time without zone into the source's, across a change of clocks", () => {
    const stamp = (text: string) => parseDate(text, { dayFirst: true, timezone: "Europe/Berlin" });
    expect(stamp("30.03.2025 12:00")?.at.toISOString()).toBe("2025-03-30T10:00:00.000Z");
    expect(stamp("29.03.2025 12:00")?.at.toISOString()).toBe("2025-03-29T11:00:00.000Z");
    expect(stamp("29.03.2025 12:00")?.precision).toBe("assumed-zone");
  });
});

describe("a time without zone when clocks change", () => {
  it.each([
    ["25.10.2026 02:30", "Europe/Berlin", "2026-10-25T00:30:00.000Z"],
    ["1.11.2026 01:30", "America/New_York", "2026-11-01T05:30:00.000Z"],
  ])("%s in %s is the first of the two times", (text, timezone, at) => {
    expect(parseDate(text, { dayFirst: true, timezone })?.at.toISOString()).toBe(at);
  });

  it.each([
    ["29.3.2026 02:30", "Europe/Berlin", "2026-03-29T01:30:00.000Z"],
    ["8.3.2026 02:30", "America/New_York", "2026-03-08T07:30:00.000Z"],
  ])("%s in %s is skipped, so it is after the change", (text, timezone, at) => {
    expect(parseDate(text, { dayFirst: true, timezone })?.at.toISOString()).toBe(at);
  });
});

describe("a zone has capital letters, because `et` is a word", () => {
  it.each([
    ["Publié le 3 mai 2024 à 10h30 et mis à jour le 4 mai 2024", "2024-05-03T10:30:00"],
    ["2024-05-03 10:30 est paru", "2024-05-03T10:30:00"],
    ["May 3, 2024, 10:30 ET", "2024-05-03T10:30:00-05:00"],
    ["2024-05-03 10:30 EST", "2024-05-03T10:30:00-05:00"],
    ["May 3, 2024, 10:30 utc", "2024-05-03T10:30:00Z"],
    ["2024-05-03t10:30:00z", "2024-05-03T10:30:00Z"],
  ])("%s", (text, iso) => {
    expect(read(text)).toBe(iso);
  });
});

describe("times of twelve hours, in many languages", () => {
  it.each([
    ["2024-05-01 오후 3:30", "2024-05-01T15:30:00"],
    ["2024년 5월 1일 오후 3시 5분", "2024-05-01T15:05:00"],
    ["2024년 5월 1일 오전 12시 30분", "2024-05-01T00:30:00"],
    ["2024年5月1日 下午3:30", "2024-05-01T15:30:00"],
    ["2024年5月1日 中午12:30", "2024-05-01T12:30:00"],
    ["2024年5月1日 中午11:30", "2024-05-01T11:30:00"],
    ["2024年5月1日 中午1:30", "2024-05-01T13:30:00"],
    ["2024年5月1日 午後3時30分", "2024-05-01T15:30:00"],
    ["3 de mayo de 2024, 3:30 p. m.", "2024-05-03T15:30:00"],
    ["15 مايو 2024 03:30 م", "2024-05-15T15:30:00"],
    ["15 مايو 2024 03:30 صباحا", "2024-05-15T03:30:00"],
    ["15 Μαρτίου 2022, 3:30 μ.μ.", "2022-03-15T15:30:00"],
    ["May 3, 2024 at 3:30 PM EST", "2024-05-03T15:30:00-05:00"],
  ])("%s", (text, iso) => {
    expect(read(text)).toBe(iso);
  });
});

it("the hour and minutes of a time can be followed by words", () => {
  expect(read("2024年5月1日10时30分")).toBe("2024-05-01T10:30:00");
  expect(read("2024年5月1日10時5分")).toBe("2024-05-01T10:05:00");
});

describe("other numbers beside a date are no time", () => {
  it.each([
    ["2024-05-01 256 views", "2024-05-01"],
    ["2024-05-01 1256 views", "2024-05-01"],
    ["15 May, 2024 | 3.25 million", "2024-05-15"],
    ["15 May, 2024 | 3.25 %", "2024-05-15"],
    ["15. Mai 2024 | 3,5 Mio | 3.25 Mio Euro", "2024-05-15"],
    ["15. Mai 2024 | 3.25 Mio. Euro", "2024-05-15"],
    ["15. Mai 2024 | 3.25 Euro", "2024-05-15"],
    ["15. Mai 2024 | 3.25 Prozent", "2024-05-15"],
    ["15 May, 2024 | 3.25 percent", "2024-05-15"],
    ["15 May, 2024 | 3.25 per cent", "2024-05-15"],
    ["15 May, 2024, v3.25", "2024-05-15"],
    ["15 May, 2024 | Version 3.25", "2024-05-15"],
    ["15 May, 2024 | £12.50", "2024-05-15"],
    ["15. května 2024 v 10:30", "2024-05-15T10:30:00"],
    ["15 May, 2024 | 3.25 p.m.", "2024-05-15T15:25:00"],
    ["20240501T1030", "2024-05-01T10:30:00"],
  ])("%s", (text, iso) => {
    expect(read(text)).toBe(iso);
  });
});

describe("the time after a day for machines follows it at once", () => {
  it.each([
    ["2024-05-01, 14:30", "2024-05-01T14:30:00"],
    ["2024-05-01 | 14:30", "2024-05-01T14:30:00"],
    ["2024-05-01 下午3:30", "2024-05-01T15:30:00"],
    ["2024-05-01 um 14:30 Uhr", "2024-05-01T14:30:00"],
    ["2024-05-01 (水) 10:30", "2024-05-01T10:30:00"],
    ["2024-05-01 (Wed) 10:30", "2024-05-01T10:30:00"],
    ["2024-05-01 (10:30)", "2024-05-01T10:30:00"],
    ["2024-05-01 klokken 10:30", "2024-05-01T10:30:00"],
    ["01/05/2024 - 10:30 Europe/Berlin", "2024-05-01T10:30:00"],
    ["2024-05-01 (v2.10)", "2024-05-01"],
    ["2024-05-01 · Rathaus, Zimmer 3.12", "2024-05-01"],
    ["2024-05-01 - Meeting on 3 May at 18:30", "2024-05-01"],
  ])("%s", (text, iso) => {
    expect(read(text)).toBe(iso);
  });
});

describe("years of other eras", () => {
  it.each([
    ["令和6年5月1日", "2024-05-01"],
    ["令和元年5月1日", "2019-05-01"],
    ["平成31年4月30日", "2019-04-30"],
    ["2024年（令和6年）5月1日", "2024-05-01"],
    ["2024（令和6）年5月1日", "2024-05-01"],
    ["令和6年（2024年）5月1日", "2024-05-01"],
    ["中華民國113年5月1日", "2024-05-01"],
    ["15 พฤษภาคม พ.ศ. 2567", "2024-05-15"],
  ])("%s", (text, iso) => {
    expect(read(text)).toBe(iso);
  });
});

describe("names of months in capitals or other spellings", () => {
  it.each([
    ["15 MAYIS 2024", "2024-05-15"],
    ["15 ARALIK 2024", "2024-12-15"],
    ["15 ΜΑΡΤΙΟΥ 2024", "2024-03-15"],
    ["15 DE MAYO DE 2024", "2024-05-15"],
    ["1 FEVRIER 2024", "2024-02-01"],
    ["15 تشرين الأول 2024", "2024-10-15"],
    ["15 تشرين الثاني 2024", "2024-11-15"],
    ["15 كانون الأول 2024", "2024-12-15"],
    ["15 كانون الثاني 2024", "2024-01-15"],
    ["15 شتنبر 2024", "2024-09-15"],
    ["15 غشت 2024", "2024-08-15"],
    ["15 اكتوبر، 2024", "2024-10-15"],
    ["15 ابريل 2024", "2024-04-15"],
  ])("%s", (text, iso) => {
    expect(read(text)).toBe(iso);
  });
});

describe("short names of months, and names of few countries", () => {
  it.each([
    ["01", "Jänner Jaenner janv. gen ene جانفي"],
    ["02", "Feber févr. شباط فيفري"],
    ["03", "Maerz Mrz mars آذار"],
    ["04", "نيسان أفريل"],
    ["05", "mei mai maj أيار ماي"],
    ["06", "حزيران جوان"],
    ["07", "juil. تموز يوليوز جويلية"],
    ["08", "ago آب غشت أوت"],
    ["09", "Sept. set setiembre أيلول شتنبر"],
    ["10", "okt"],
    ["11", "نونبر"],
    ["12", "dic dez دجنبر"],
  ])("month %s: %s", (month, names) => {
    const found = names.split(" ").map((name) => read(`15 ${name} 2024`));
    expect(new Set(found)).toEqual(new Set([`2024-${month}-15`]));
  });
});

it("a month that languages share is the one of the page's language", () => {
  expect(readIn("hr", "5. listopada 2024.")).toBe("2024-10-05");
  expect(readIn("pl", "5 listopada 2024")).toBe("2024-11-05");
  expect(readIn("hr", "5 May 2024")).toBe("2024-05-05");
});

it.each(["ko", "ja", "zh-TW"])("a short year comes first in %s", (language) => {
  expect(readIn(language, "24.05.01")).toBe("2024-05-01");
});

it.each([
  ["zh", "2013-05-24"],
  ["zh-HK", "2024-05-13"],
  ["ja", "2013-05-24"],
])("a short date with slashes in %s is %s", (language, iso) => {
  expect(readIn(language, "13/05/24")).toBe(iso);
});

it("a short year comes last elsewhere", () => {
  expect(readIn("de", "24.05.01")).toBe("2001-05-24");
});
