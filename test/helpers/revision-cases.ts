import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import type { Edit, Text } from "../../demo/text.ts";
import { AR_BALADIYA } from "../../demo/texts/ar-baladiya.ts";
import { DE_RATHAUS } from "../../demo/texts/de-rathaus.ts";
import { DE_STADTNETZ } from "../../demo/texts/de-stadtnetz.ts";
import { EN_AGENCY } from "../../demo/texts/en-agency.ts";
import { EN_METRO } from "../../demo/texts/en-metro.ts";
import { EN_WIRE } from "../../demo/texts/en-wire.ts";
import { ES_PLAZA } from "../../demo/texts/es-plaza.ts";
import { ES_TRAMITE } from "../../demo/texts/es-tramite.ts";
import { FR_CITE } from "../../demo/texts/fr-cite.ts";
import { FR_QUEBEC } from "../../demo/texts/fr-quebec.ts";
import { JA_MACHIKADO } from "../../demo/texts/ja-machikado.ts";
import { NL_GEMEENTE } from "../../demo/texts/nl-gemeente.ts";
import { PT_CIDADE } from "../../demo/texts/pt-cidade.ts";
import { RU_VESTNIK } from "../../demo/texts/ru-vestnik.ts";
import { ZH_ZHIHUI } from "../../demo/texts/zh-zhihui.ts";

/** What a publisher did to one of the world's texts, as labelled in `test/fixtures/revisions`. */
export interface RevisionCase {
  of: string;
  kind: string;
  edit: Edit;
}

const TEXTS = new Map(
  [
    [AR_BALADIYA, DE_RATHAUS, DE_STADTNETZ, EN_AGENCY, EN_METRO, EN_WIRE, ES_PLAZA, ES_TRAMITE],
    [FR_CITE, FR_QUEBEC, JA_MACHIKADO, NL_GEMEENTE, PT_CIDADE, RU_VESTNIK, ZH_ZHIHUI],
  ]
    .flat()
    .flat()
    .map((text) => [text.slug, text]),
);

/** The text of a case before the edit. */
export function textOfCase({ of }: RevisionCase): Text {
  const text = TEXTS.get(of);
  if (!text) throw new Error(`there is no text "${of}"`);
  return text;
}

/** The labelled cases of a file. */
export async function revisionCases(file: string): Promise<RevisionCase[]> {
  const url = new URL(`../fixtures/revisions/${file}`, import.meta.url);
  return parse(await readFile(url, "utf8")) as RevisionCase[];
}
