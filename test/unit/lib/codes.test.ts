import { describe, expect, test } from "vitest";
import { countryCode, languageCode, nearestCountry, nearestLanguage } from "../../../lib/codes.ts";

describe("a language", () => {
  test.each([
    ["de", "de"],
    ["German", "de"],
    ["deutsch", "de"],
    ["DE", "de"],
    ["ger", "de"],
    ["deu", "de"],
    ["de-at", "de-AT"],
    ["en_GB", "en-GB"],
    ["Fran\u00e7ais", "fr"],
    ["francais", "fr"],
    ["\u65e5\u672c\u8a9e", "ja"],
    [" Norwegian Bokm\u00e5l ", "nb"],
    ["Chinese", "zh"],
  ])("%s is %s", (text, code) => {
    expect(languageCode(text)).toBe(code);
  });

  test.each(["", "Germany", "Klingonian", "12", "d"])("%j is none", (text) => {
    expect(languageCode(text)).toBeNull();
  });

  test("that is misspelt has a nearest one", () => {
    expect(nearestLanguage("Germn")).toEqual({ name: "German", code: "de" });
    expect(nearestLanguage("qqqqqqqqq")).toBeNull();
  });
});

describe("a country", () => {
  test.each([
    ["DE", "DE"],
    ["Germany", "DE"],
    ["deutschland", "DE"],
    ["de", "DE"],
    ["UK", "GB"],
    ["Great Britain", "GB"],
    ["USA", "US"],
    ["United States of America", "US"],
    ["Espa\u00f1a", "ES"],
    ["espana", "ES"],
    ["\u65e5\u672c", "JP"],
    ["Czech Republic", "CZ"],
    ["Bosnia and Herzegovina", "BA"],
    ["T\u00fcrkiye", "TR"],
    ["Turkey", "TR"],
    ["European Union", "EU"],
  ])("%s is %s", (text, code) => {
    expect(countryCode(text)).toBe(code);
  });

  test.each(["", "German", "Atlantis", "XY", "12"])("%j is none", (text) => {
    expect(countryCode(text)).toBeNull();
  });

  test("that is misspelt has a nearest one", () => {
    expect(nearestCountry("Germny")).toEqual({ name: "Germany", code: "DE" });
  });
});
