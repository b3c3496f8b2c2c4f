import { describe, expect, it } from "vitest";
import { namesIn } from "../../../../extractors/fields/names.ts";

const persons = (text: string, site: string[] = []) =>
  namesIn(text, site)
    .filter((name) => name.kind === "person")
    .map((name) => name.text);

describe("persons in a byline", () => {
  it.each([
    ["By Moira Kettle and Tom Ashby", ["Moira Kettle", "Tom Ashby"]],
    ["Written by MOIRA KETTLE, Senior Editor", ["MOIRA KETTLE"]],
    ["Moira Kettle Senior Editor", ["Moira Kettle"]],
    ["Von Jörg Brandner, dpa", ["Jörg Brandner"]],
    ["Ein Gastbeitrag von Petra Söll", ["Petra Söll"]],
    ["publié le 3 juin 2024 par Hélène Marchetti", ["Hélène Marchetti"]],
    ["Por Lucía Solórzano y Abel Ríos", ["Lucía Solórzano", "Abel Ríos"]],
    ["Moira Kettle March 4, 2025", ["Moira Kettle"]],
    ["Text: Ana de la Fuente | Fotos: Max Roth", ["Ana de la Fuente"]],
    ["(责编：陈立、吴晓)", ["陈立", "吴晓"]],
    ["Антон Левченко, корреспондент", ["Антон Левченко"]],
    ["@moirakettle", []],
    ["Moira Kettle @moirakettle", ["Moira Kettle"]],
    ["By Moira Kettle @kettle and Tom Ashby @ashby_t", ["Moira Kettle", "Tom Ashby"]],
    ["Moira Kettle for The Harbour Gazette", ["Moira Kettle"]],
    ["Von Jörg Brandner für die Abendpost", ["Jörg Brandner"]],
    ["https://social.example/moira", []],
    ["Kim Min-ji", ["Kim Min-ji"]],
    ["Emily Post", ["Emily Post"]],
    ["By Piers Read and Abo Ali", ["Piers Read", "Abo Ali"]],
    ["Sergio Agüero", ["Sergio Agüero"]],
    ["Agáta Nováková, Evžen Novák", ["Agáta Nováková", "Evžen Novák"]],
    ["राम कुमार", ["राम कुमार"]],
    ["Moira Kettle, 3 min read", ["Moira Kettle"]],
    ["Moira Kettle, 12 posts", ["Moira Kettle"]],
    ["Moira Kettle Verified Follow", ["Moira Kettle"]],
    ["Head of Product Marketing and Growth", []],
  ])("%s", (text, names) => {
    expect(persons(text)).toEqual(names);
  });

  it("keeps the names of institutions whole", () => {
    const names = namesIn("Harbour Alliance for Water", []).map(({ text }) => text);
    expect(names).toEqual(["Harbour Alliance for Water"]);
  });

  it("tells organisations, and the site itself, from persons", () => {
    const kinds = namesIn("Harbour Wire; Weather Desk; Moira Kettle", ["Harbour Wire"]);
    expect(kinds.map(({ kind }) => kind)).toEqual(["other", "organisation", "person"]);
  });
});
