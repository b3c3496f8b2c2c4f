import { beforeAll, describe, expect, test } from "vitest";
import {
  type TopicMatcher,
  topicMatcher,
} from "../../../../../articles/classify/topics/matcher.ts";
import { f1, type LabelledResult, scoreOf } from "../../../../helpers/labelled.ts";
import { portalTopics } from "../../../../helpers/portal-topics.ts";
import { type LabelledText, readTopicSet } from "../../../../helpers/topic-set.ts";

type Case = LabelledText & LabelledResult;

let cases: Case[];
let match: TopicMatcher;
beforeAll(async () => {
  const topics = portalTopics();
  match = topicMatcher(topics);
  cases = (await readTopicSet(topics)).map((one) => {
    const verdicts = match({ ...one, teaser: null, declared: [] });
    return { ...one, found: verdicts.map(({ id }) => id), expected: one.topics };
  });
});

const partOf = (part: Case["part"]) => cases.filter((one) => one.part === part);
const quality = (chosen: Case[]) => Math.round(f1(scoreOf(chosen)) * 1000) / 1000;

describe("topics of the labelled set", () => {
  test("it is large enough, and its parts are about equal", () => {
    const sizes = (["tuning", "held-out", "oblique"] as const).map((part) => partOf(part).length);
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(150);
    expect(partOf("fresh").length).toBeGreaterThanOrEqual(75);
    expect(new Set(cases.map(({ title }) => title)).size).toBe(cases.length);
    expect(cases.filter(({ topics }) => topics.length === 0).length).toBeGreaterThan(50);
  });

  test("on the half that rules were made on, micro-F1 is at least 0.95", () => {
    expect(quality(partOf("tuning"))).toBeGreaterThanOrEqual(0.95);
  });

  test("on the half that no rule was made on, micro-F1 is at least 0.85", () => {
    expect(quality(partOf("held-out"))).toBeGreaterThanOrEqual(0.85);
  });

  test("on texts in the style of news agencies, written after the keywords, micro-F1 is at least 0.85", () => {
    expect(quality(partOf("fresh"))).toBeGreaterThanOrEqual(0.85);
  });

  test("on headlines that avoid the words of their subject, micro-F1 is at least 0.7", () => {
    expect(quality(partOf("oblique"))).toBeGreaterThanOrEqual(0.7);
  });

  test.each(["en", "fr", "es", "ru", "zh", "ar", "de"])(
    "no language is left behind: at least 0.75 on unseen texts in %s",
    (language) => {
      const mine = partOf("held-out").filter((one) => one.language === language);
      expect(quality(mine)).toBeGreaterThanOrEqual(0.75);
    },
  );

  test("texts of no topic mostly have none", () => {
    const off = partOf("held-out").filter((one) => one.topics.length === 0);
    const wrong = off.filter(({ found, also }) => found.some((id) => !also.includes(id)));
    expect(wrong.length / off.length).toBeLessThanOrEqual(0.2);
  });
});

describe("topics of a headline", () => {
  const topicsOf = (title: string, language: string) =>
    match({ title, teaser: null, text: "", language, declared: [] }).map(({ id }) => id);

  test.each([
    ["pt", "O projeto foi aprovado pela Câmara"],
    ["gl", "O proxecto foi aprobado"],
    ["fr", "La bonne foi du maire"],
    ["es", "Calidad de vida en los barrios"],
    ["pt", "Melhor vida nos bairros"],
    ["id", "Kereta api Jakarta-Bandung"],
    ["id", "Jauhkan tabung gas dari api terbuka"],
    ["it", "Le api tornano nei parchi cittadini"],
    ["vi", "Chi hàng trăm tỷ đồng"],
    ["vi", "Ai được vào"],
    ["ro", "Ai grijă la trafic"],
    ["lt", "Ai, kaip gražu"],
    ["en", "Eid holiday: many shops closed"],
    ["en", "Eid prayers held in the park"],
    ["nl", "Een vat olie op straat"],
  ])("an acronym isn't found in another language's word: %s %s", (language, title) => {
    expect(topicsOf(title, language)).toEqual([]);
  });

  test.each([
    ["en", "FOI requests pile up", "transparency"],
    ["en", "eID scheme opens", "digital-identity"],
    ["de", "ViDA tritt in Kraft", "e-invoicing"],
    ["es", "VAT para empresas", "tax"],
    ["ro", "Inteligența artificială în școli", "ai"],
    ["ro", "Riscurile inteligenței artificiale", "ai"],
    ["vi", "Chiến lược trí tuệ nhân tạo", "ai"],
    ["lt", "Dirbtinio intelekto strategija", "ai"],
    ["id", "API publik pemerintah", "interoperability"],
    ["it", "Le API aperte del Comune", "interoperability"],
    ["it", "Nuove API REST del Comune", "interoperability"],
    ["it", "Le API pubbliche del Comune", "interoperability"],
    ["es", "El paquete ViDA entra en vigor", "e-invoicing"],
    ["es", "La directiva ViDA entra en vigor", "e-invoicing"],
    ["pt", "Pacote ViDA aprovado", "e-invoicing"],
    ["pt", "A diretiva ViDA", "e-invoicing"],
    ["nl", "EU VAT verandert", "tax"],
    ["nl", "VAT reform in de EU", "tax"],
    ["nl", "VAT-aangifte voor bedrijven", "tax"],
  ])("an acronym is found in other languages: %s %s", (language, title, id) => {
    expect(topicsOf(title, language)).toContain(id);
  });
});
