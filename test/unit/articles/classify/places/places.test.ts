import { expect, test } from "vitest";
import type { PlaceInput } from "../../../../../articles/classify/places/places.ts";
import { shippedPlaces } from "../../../../helpers/places.ts";

const find = (input: Partial<PlaceInput>) =>
  shippedPlaces().find({
    title: "",
    text: "",
    language: "en",
    home: { country: null, region: null },
    ...input,
  });

test("country, region and city with the words that name them", () => {
  const title = "Shenzhen wants to use technology to become a model city";
  const text = "SHENZHEN (Wire) - The city in Guangdong opens its data.";
  const found = find({ title, text });
  expect(found).toMatchObject({
    country: "CN",
    region: { code: "CN-GD", name: "Guangdong" },
    city: "Shenzhen",
  });
  expect(found.confidence).toBeGreaterThan(0.8);
  for (const { field, start, end, matched } of found.hits) {
    expect((field === "title" ? title : text).slice(start, end)).toBe(matched);
  }
  expect(found.hits.map(({ field }) => field)).toEqual(["title", "text", "dateline"]);
});

test("the same words give the same answer", () => {
  const input = { title: "Lyon opens its data", text: "The French city publishes menus." };
  expect(find(input)).toEqual(find(input));
});

test("an article that names no place has none", () => {
  expect(find({ title: "How to choose a password", text: "Long ones are better." })).toMatchObject({
    country: null,
    region: null,
    city: null,
    confidence: 0,
  });
});

test.each([
  ["ru", "В Казани открыли портал", "RU-TA"],
  ["ru", "Власти Московской области открыли портал", "RU-MOS"],
  ["ru", "В Нижнем Новгороде открыли портал", "RU-NIZ"],
  ["uk", "У Києві відкрили портал", "UA-30"],
  ["uk", "У Львові відкрили портал", "UA-46"],
  ["uk", "Мерія Чернігова відкрила портал", "UA-74"],
  ["de", "Hamburgs Senat öffnet das Portal", "DE-HH"],
  ["de", "Dresdner Rathaus öffnet das Portal", "DE-SN"],
  ["ar", "البوابة تفتح بالرياض", "SA-01"],
  ["ko", "부산에서는 포털을 연다", "KR-26"],
  ["zh", "東莞市開放數據", "CN-GD"],
  ["ja", "広島市がデータを公開", "JP-34"],
  ["fr", "L’Eurométropole de Strasbourg ouvre ses données", "FR-GES"],
  ["nl", "Utrechtse raad opent het loket", "NL-UT"],
])("inflected and written otherwise: %s %s", (language, title, region) => {
  expect(find({ language, title }).region?.code).toBe(region);
});

test.each([
  ["fr", "L’Arabie saoudite ouvre un portail", "SA"],
  ["fr", "La Guinée équatoriale ouvre un portail", "GQ"],
  ["fr", "La Polynésie française ouvre un portail", "PF"],
  ["ru", "Куба открыла портал", "CU"],
  ["ru", "В Перу открыли портал", "PE"],
])("a country whose name is short or has lower-case words: %s %s", (language, title, country) => {
  expect(find({ language, title }).country).toBe(country);
});

test.each([
  ["en", "Republic of Congo opens a portal", "CG"],
  ["en", "Democratic Republic of Congo opens a portal", "CD"],
  ["de", "In der Demokratischen Republik Kongo öffnet ein Portal", "CD"],
  ["zh", "刚果（金）启用门户", "CD"],
  ["zh", "刚果(布)启用门户", "CG"],
  ["en", "Democratic People's Republic of Korea opens a portal", "KP"],
])("a country isn't taken for its neighbour: %s %s", (language, title, country) => {
  expect(find({ language, title }).country).toBe(country);
});

test("a homonym goes to what is named after it, then to its source", () => {
  const title = "Paris replaces its water meters";
  expect(find({ title }).region?.code).toBe("FR-IDF");
  expect(find({ title: `${title}, Paris, Texas, says` }).region?.code).toBe("US-TX");
  const cambridge = "Cambridge opens a library";
  expect(find({ title: cambridge, home: { country: "GB", region: null } }).country).toBe("GB");
  const home = { country: "US", region: "Massachusetts" };
  expect(find({ title: cambridge, home }).region?.code).toBe("US-MA");
});

test.each([
  ["Paris, TX, replaces its water meters", "US-TX"],
  ["Vancouver, WA opens a library", "US-WA"],
  ["London, ON: a new bus line", "CA-ON"],
  ["Mobile, AL opens a library", "US-AL"],
  ["VANCOUVER, WA: LIBRARY OPENS", "US-WA"],
  ["VANCOUVER, WA LIBRARY OPENS", "US-WA"],
  ["Vancouver, WA FBI agents arrest two", "US-WA"],
  ["Melbourne, FL A man was found", "US-FL"],
  ["LONDON, ON MONDAY, OPENS A LIBRARY", "GB-ENG"],
  ["PARIS, IN A WEEK", "FR-IDF"],
  ["Paris, AI and the future", "FR-IDF"],
])("a state's code after a city says which city it is: %s", (title, region) => {
  expect(find({ title }).region?.code).toBe(region);
});

test("an official name with brackets is one name", () => {
  expect(find({ language: "de", title: "Frankfurt (Oder) baut ein Rathaus" })).toMatchObject({
    region: { code: "DE-BB" },
    city: "Frankfurt (Oder)",
  });
});

test("a place in brackets after a given name is no surname", () => {
  const title = "Der Leser Thomas (Hamburg) fragt nach der Elbe";
  expect(find({ language: "de", title }).city).toBe("Hamburg");
});

test("a region by its name in any language", () => {
  expect(shippedPlaces().region("DE", "Bayern")).toEqual({ code: "DE-BY", name: "Bavaria" });
  expect(shippedPlaces().region("CN", "广东省")).toEqual({ code: "CN-GD", name: "Guangdong" });
  expect(shippedPlaces().region("DE", "Nowhere")).toEqual({ code: null, name: "Nowhere" });
});

test("a misspelt place leads to the one that was most likely meant", () => {
  const places = shippedPlaces();
  expect(places.nearestRegion("CN", "Guangdongg")?.region).toBe("CN-GD");
  expect(places.nearestRegion("DE", "Guangdong")).toBeNull();
  expect(["Dovr", "Lisboa", "Berlin"].map((word) => places.nearestCity(word)?.name)).toEqual([
    "Dover",
    "Lisbon",
    "Berlin",
  ]);
});

test.each(["Sydney Porter", "Sydney Yates", "Sydney Edwards", "Sydney Unwin"])(
  "%s is a person, not a city",
  (name) => {
    expect(find({ title: `${name} wins the prize for the best poem` }).city).toBeNull();
  },
);

test.each([
  "Sydney Council",
  "Sydney Universities",
  "Sydney Police",
  "Sydney Metropolitan",
  "Sydney Harbourside",
  "Sydney Energy",
])("%s names a city", (name) => {
  expect(find({ title: `${name} to open its data` }).city).toBe("Sydney");
});

test.each([
  ["en", "Mobile app launched", "US", null],
  ["en", "Reading scheme for pupils", "GB", null],
  ["de", "Essen auf Rädern wird teurer", "DE", "Bavaria"],
])("a word that is also a place in another region than the source's is none: %s %s", (...row) => {
  const [language, title, country, region] = row;
  expect(find({ language, title, home: { country, region } }).region).toBeNull();
});

test.each([
  ["en", "AI Act enters into force", "IE"],
  ["en", "Parliament adopts Data Act", "BE"],
  ["de", "Neue Plätze in Kitas", "DE"],
  ["de", "Kritis-Dachgesetz beschlossen", "DE"],
  ["de", "Sind die Ämter offen?", "DE"],
  ["es", "Cita previa sin esperas", "ES"],
  ["pt", "Plano para uma Loja do Cidadão", "PT"],
  ["fr", "Est-ce que la mairie ouvre", "FR"],
  ["nl", "Sinds maandag is het loket open", "NL"],
])("an ordinary word isn't a place abroad: %s %s", (language, title, country) => {
  expect(find({ language, title, home: { country, region: null } }).country).toBeNull();
});

test.each([
  ["de", "In Essen fährt die Bahn", "Essen"],
  ["es", "Loja, Ecuador, abre un portal", "Loja"],
  ["en", "Plano, Texas, opens a portal", "Plano"],
])("a word that other words confirm as a place is the place: %s %s", (language, title, city) => {
  expect(find({ language, title }).city).toBe(city);
});

test("a word that is also a place in the source's region is the place", () => {
  const title = "Essen digital wird größer";
  const home = { country: "DE", region: "North Rhine-Westphalia" };
  expect(find({ language: "de", title, home }).city).toBe("Essen");
});
