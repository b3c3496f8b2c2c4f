import { expect, test } from "vitest";
import { readPublishedAt } from "../../../../crawler/links/published-at.ts";

const now = new Date("2026-11-25T12:00:00Z");

test.each([
  ["2026-11-10T10:00:00Z", undefined, "2026-11-10T10:00:00.000Z"],
  ["2026-11-10T10:00:00.123+02:00", undefined, "2026-11-10T08:00:00.000Z"],
  ["2026-11-10", undefined, "2026-11-10T00:00:00.000Z"],
  ["20261110T101500Z", undefined, "2026-11-10T10:15:00.000Z"],
  ["Tue, 10 Nov 2026 10:00:00 +0100", undefined, "2026-11-10T09:00:00.000Z"],
  ["Tue, 10 Nov 26 10:00 EST", "fr", "2026-11-10T15:00:00.000Z"],
  ["Tue Nov 10 10:00:00 2026", "en", "2026-11-10T10:00:00.000Z"],
  ["10.11.2026, 09:30 Uhr", "de", "2026-11-10T09:30:00.000Z"],
  ["3. März 2026", "de", "2026-03-03T00:00:00.000Z"],
  ["5. Sept. 2026", "de", "2026-09-05T00:00:00.000Z"],
  ["03/04/2026", "fr", "2026-04-03T00:00:00.000Z"],
  ["03/04/2026", "en-US", "2026-03-04T00:00:00.000Z"],
  ["03/04/2026", "en_US", "2026-03-04T00:00:00.000Z"],
  ["03/04/2026", "en-GB", "2026-04-03T00:00:00.000Z"],
  ["3 mars 2026", "fr_FR", "2026-03-03T00:00:00.000Z"],
  ["10/12/2026", "de", "2026-10-12T00:00:00.000Z"],
  ["November 3, 2026 4:05 p.m.", "en", "2026-11-03T16:05:00.000Z"],
  ["November 3, 2026 4:05 p.m. EST", "en", "2026-11-03T21:05:00.000Z"],
  ["3 November 2026, 4:05 P. M. EST", "en", "2026-11-03T21:05:00.000Z"],
  ["10/11/2026 - 10.30", "it", "2026-11-10T10:30:00.000Z"],
  ["10. marraskuuta 2026 klo 10.30", "fi", "2026-11-10T10:30:00.000Z"],
  ["le 12 août 2026 à 8h30", "fr", "2026-08-12T08:30:00.000Z"],
  ["12 de octubre de 2026", "es", "2026-10-12T00:00:00.000Z"],
  ["10 марта 2026 г. 14:20", "ru", "2026-03-10T14:20:00.000Z"],
  ["2026年11月10日 08:15", "zh", "2026-11-10T08:15:00.000Z"],
  ["2026년 11월 10일", "ko", "2026-11-10T00:00:00.000Z"],
  ["١٠ مارس ٢٠٢٦", "ar", "2026-03-10T00:00:00.000Z"],
  ["१० मार्च २०२६", "hi", "2026-03-10T00:00:00.000Z"],
  ["๑๐ มีนาคม ๒๕๖๙", "th", "2026-03-10T00:00:00.000Z"],
  ["১০ নভেম্বর ২০২৬", "bn", "2026-11-10T00:00:00.000Z"],
  ["၁၀-၁၁-၂၀၂၆", "my", "2026-11-10T00:00:00.000Z"],
  ["10 พ.ย. 2569", "th", "2026-11-10T00:00:00.000Z"],
  ["10 พฤศจิกายน พ.ศ. 2569", "th", "2026-11-10T00:00:00.000Z"],
  ["10. novembar 2026.", "sr", "2026-11-10T00:00:00.000Z"],
  ["10. новембар 2026.", "sr", "2026-11-10T00:00:00.000Z"],
  ["Ngày 5 tháng 11 năm 2026", "vi", "2026-11-05T00:00:00.000Z"],
  ["Thứ Năm, ngày 5 tháng 11, năm 2026, 09:12", "vi", "2026-11-05T09:12:00.000Z"],
  ["2026/11/9", "ja", "2026-11-09T00:00:00.000Z"],
  ["26.11.10", "ko", "2026-11-10T00:00:00.000Z"],
  ["26/11/10", "ja-JP", "2026-11-10T00:00:00.000Z"],
  ["24.05.01", "ko_KR", "2024-05-01T00:00:00.000Z"],
  ["10/11/2569", "th", "2026-11-10T00:00:00.000Z"],
  ["2026-11-25T20:00:00Z", undefined, "2026-11-25T12:00:00.000Z"],
])("%s (%s) is %s", (raw, language, wanted) => {
  expect(readPublishedAt(raw, language, now)?.toISOString()).toBe(wanted);
});

test.each([
  "",
  "soon",
  "99/99/2026",
  "2026-02-31",
  "2026-00-10",
  "1970-01-01T00:00:00Z",
  "2031-01-01",
  "March",
])("%s is no date", (raw) => {
  expect(readPublishedAt(raw, "en", now)).toBeNull();
});

test.each([
  ["mar. 24 nov. 2026", "fr"],
  ["mar 24 nov 2026", "it"],
  ["mar, 24 nov 2026", "es"],
  ["mar., 24 nov. 2026", "ro"],
  ["Mar, 24 Nov 2026 00:00:00 +0000", "it"],
])("%s (%s) is a Tuesday in November", (raw, language) => {
  expect(readPublishedAt(raw, language, now)?.toISOString()).toBe("2026-11-24T00:00:00.000Z");
});

test("a Tuesday in March is in March", () => {
  expect(readPublishedAt("mar. 24 mars 2026", "fr", now)).toEqual(new Date("2026-03-24"));
});

test.each([
  ["2026. november 10.", "hu"],
  ["2026. november 10., kedd", "hu"],
  ["2026 m. lapkričio 10 d.", "lt"],
  ["2026. gada 10. novembris", "lv"],
  ["2026 November 10", "en"],
])("%s (%s) is read although the year comes before the month", (raw, language) => {
  expect(readPublishedAt(raw, language, now)?.toISOString()).toBe("2026-11-10T00:00:00.000Z");
});

test("a year after the month takes precedence over a number before the day", () => {
  const read = readPublishedAt("Budget 2025, 10 November 2026", "en", now);
  expect(read).toEqual(new Date("2026-11-10"));
});

test.each([
  ["10/11/2026 - 10.30", "it"],
  ["10.11.2026 - 10.30 Uhr", "de"],
  ["10/11/2026 - 11.15", "it"],
  ["10.11.2026. 11.15", "hr"],
  ["09:12 - 10/11/2026", "vi"],
  ["10:30 - 10.11.2026", "de"],
  ["10.30 - 10.11.2026", "fi"],
  ["10.30 - 2026-11-10", "sv"],
  ["10/11-2026", "da"],
  ["Nr. 5 - 2026-11-10", "de"],
])("%s (%s) is a date on 10 November, whatever is next to it", (raw, language) => {
  const read = readPublishedAt(raw, language, now);
  expect(read?.toISOString().slice(0, 10)).toBe("2026-11-10");
});

test.each([
  ["25/11/26", "zh-HK"],
  ["25/11/26", "zh-Hant-MO"],
  ["25/11/26", "zh_Hant_MO"],
  ["25-11-26", "zh-SG"],
  ["26.11.25", "zh-CN"],
  ["11/25/26", "ko"],
])("%s (%s) is 25 November 2026", (raw, language) => {
  expect(readPublishedAt(raw, language, now)).toEqual(new Date("2026-11-25"));
});

test.each([
  ["March 3, 2026 (5 May update)", "2026-03-03"],
  ["Sept. 10, 2026 | 5 Oct", "2026-09-10"],
  ["Nr. 45 - 10 Nov 26", "2026-11-10"],
  ["#345 10 Nov 26", "2026-11-10"],
  ["March for science, 10 Nov 2026", "2026-11-10"],
  ["10 Oct - 12 Nov 2026", "2026-10-10"],
])("%s is a date, with other words beside it", (raw, day) => {
  expect(readPublishedAt(raw, "en", now)).toEqual(new Date(day));
});

test.each(["May 2026, 12 pages", "99 comments, 10 Nov"])("%s has no whole date", (raw) => {
  expect(readPublishedAt(raw, "en", now)).toBeNull();
});

test("a year of the Taiwanese calendar isn't cut to two digits", () => {
  expect(readPublishedAt("114-11-25", "zh-TW", now)).toBeNull();
});

test.each([
  ["Tue, 10 Nov 2026 09:00:00 AEDT", "2026-11-09T22:00:00.000Z"],
  ["Tue, 10 Nov 2026 09:00:00 NZDT", "2026-11-09T20:00:00.000Z"],
  ["Tue, 10 Nov 2026 09:00:00 CEST", "2026-11-10T07:00:00.000Z"],
  ["2026-11-10 09:00:00+02", "2026-11-10T07:00:00.000Z"],
  ["2026-11-10 09:00 GMT+3", "2026-11-10T06:00:00.000Z"],
  ["10 Nov 2026, 09h00 et 11h00", "2026-11-10T09:00:00.000Z"],
  ["10 Nov 2026, 09.00-11.00", "2026-11-10T09:00:00.000Z"],
  ["2026-11-10 09:00 XYZ", "2026-11-10T09:00:00.000Z"],
])("the zone of %s makes it %s", (raw, wanted) => {
  expect(readPublishedAt(raw, "en", now)?.toISOString()).toBe(wanted);
});

test.each([
  ["Published 2026-11-10T00:00:00+02", "2026-11-09T22:00:00.000Z"],
  ["Published 2026-11-10T09:00:00.123Z", "2026-11-10T09:00:00.000Z"],
  ["Published 2026-11-10T09:00:15.123 EST, Boston", "2026-11-10T14:00:15.000Z"],
  ["2026-11-10 09:00 ET", "2026-11-10T14:00:00.000Z"],
  ["Tue, 10 Nov 2026 09:00:00 UT+1", "2026-11-10T08:00:00.000Z"],
  ["2026-11-10T09:00:00-3", "2026-11-10T12:00:00.000Z"],
  ["09:00, 10 Nov 2026 +02:00", "2026-11-10T09:00:00.000Z"],
  ["20261110090000Z", "2026-11-10T09:00:00.000Z"],
  ["2026-11-10T09:00:61Z", "2026-11-10T09:00:59.000Z"],
  ["Tue Nov 10 09:00:00 ET 2026", "2026-11-10T14:00:00.000Z"],
  ["Tue Nov 10 09:00:00 GMT+02:00 2026", "2026-11-10T07:00:00.000Z"],
  ["Updated Tue Nov 10 09:00:00 2026 by Ann", "2026-11-10T09:00:00.000Z"],
])("%s is %s, with its zone and seconds", (raw, wanted) => {
  expect(readPublishedAt(raw, "en", now)?.toISOString()).toBe(wanted);
});

test.each([
  ["Nov 10, 26", "en"],
  ["Published: Nov 10, '26", "en"],
  ["Nov-10-2026", "en"],
  ["2026-Nov-10", "en"],
  ["10. Nov. 26", "de"],
  ["10.Nov.26", "de"],
  ["10 Tháng 11 năm 2026", "vi"],
  ["2026 ж. 10 қар.", "kk"],
  ["10 نوامبر 2026", "fa"],
  ["10 ta’ Nov, 2026", "mt"],
])("%s (%s) is 10 November 2026", (raw, language) => {
  expect(readPublishedAt(raw, language, now)).toEqual(new Date("2026-11-10"));
});

test("a month has the spelling of Peru", () => {
  const read = readPublishedAt("9 de setiembre de 2026", "es-PE", now);
  expect(read).toEqual(new Date("2026-09-09"));
});

test("a number after a day is a year only if nothing else follows", () => {
  expect(readPublishedAt("Nov 10 12 comments", "en", now)).toBeNull();
});
