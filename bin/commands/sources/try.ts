import type { Command } from "@commander-js/extra-typings";
import { classify } from "../../../articles/classify/classify.ts";
import { topicMatcher } from "../../../articles/classify/topics/matcher.ts";
import { loadPlaces } from "../../../articles/reading/gazetteer.ts";
import { pageRights } from "../../../articles/reading/parse-tasks.ts";
import { type Config, loadConfig, PRODUCT, processEnv } from "../../../config/env.ts";
import { decodeText } from "../../../crawler/http/decode.ts";
import type { Received } from "../../../crawler/http/response.ts";
import { extract } from "../../../extractors/extract.ts";
import { prepare } from "../../../extractors/language.ts";
import { extractPdf } from "../../../extractors/pdf/pdf.ts";
import { CommandError, EXIT } from "../../../lib/exit.ts";
import { isPdf } from "../../../lib/text.ts";
import type { PlaceVerdict } from "../../../model/articles/classification.ts";
import type { ArticlePages, Extraction, FieldName } from "../../../model/articles/fields.ts";
import type { Source } from "../../../model/sources/source.ts";
import { loadSources } from "../../../sources/files/load.ts";
import { SOURCES_HINT, unknownName } from "../../exit.ts";
import type { OptionsOf } from "../../options-of.ts";
import { oneLine, plainTable } from "../../output.ts";
import { fetchOnce } from "./fetch.ts";

const MAX_VALUE_CHARS = 90;
const MAX_PLACE_WORDS = 5;

export function register(program: Command) {
  const command = program
    .command("try <url>")
    .description("fetch and extract one URL; print each field with the rule that found it")
    .option("--browser", "render the page in the browser")
    .option("--source <id>", "use the headers, login, proxy, selectors and language of this source")
    .option("--explain", "show the candidates for the body, and why one was chosen")
    .option("--json", "print everything as JSON");
  command.action(run);
  return command;
}

type Options = OptionsOf<typeof register>;

async function run(url: string, options: Options): Promise<void> {
  if (!URL.canParse(url)) throw new CommandError("usage", `${url} is not an absolute URL`);
  const config = loadConfig(processEnv());
  const source = options.source ? await findSource(config, options.source) : undefined;
  const { browser } = options;
  const { received, hops } = await fetchOnce(config, url, { browser, source });
  await prepare();
  const { extraction, charset } = await read(received, source);
  const { prefix, place } = placeIn(extraction, source);
  if (options.json) {
    const facts = {
      url: received.url,
      status: received.status,
      hops,
      charset,
      ...extraction,
      prefix,
      place,
    };
    console.log(JSON.stringify(facts, null, 2));
  } else {
    console.log(tableOf(extraction));
    if (extraction.page.articlePages) console.log(articlePagesOf(extraction.page.articlePages));
    if (options.explain) console.log(bodiesOf(extraction));
    console.log(describePlace(place));
    const { kind, confidence, declared, problem } = extraction.page;
    console.log(`page: ${kind} (${confidence.toFixed(2)}), HTTP ${received.status}, ${charset}`);
    const { headers, startedAt: seenAt } = received;
    const page = { url: received.url, product: PRODUCT, seenAt, headers, declared };
    const { signals } = pageRights(page, source ?? null);
    for (const signal of signals) console.log(`rights: ${signal.text} (${signal.place})`);
    if (problem) console.log(problem);
    if (kind === "app-shell")
      console.log("a script writes the text of this page: try again with --browser");
  }
  if (extraction.page.kind !== "article") process.exitCode = EXIT.failed;
}

async function read(received: Received, source: Source | undefined) {
  const { decoded, headers, url } = received;
  const { select = [], language = null } = source ?? {};
  const known = { url, now: new Date(), select, language };
  if (isPdf(decoded)) {
    return { extraction: await extractPdf({ ...known, bytes: decoded }), charset: "PDF" };
  }
  const { text: html, charset } = decodeText(decoded, headers["content-type"]);
  return { extraction: extract({ ...known, html }), charset };
}

function placeIn({ fields }: Extraction, source: Source | undefined) {
  const known = source ?? { topics: [] };
  const tables = { topics: topicMatcher([]), places: loadPlaces() };
  return classify({ title: fields.title ?? "", source: known, fields, ...tables });
}

function describePlace({ country, region, city, confidence, because, hits }: PlaceVerdict): string {
  const where = [country, region && `${region.code ?? ""} ${region.name}`, city].filter(Boolean);
  const why = [...new Set([because.country, because.region])].filter(Boolean).join(", region by ");
  const words = hits.slice(0, MAX_PLACE_WORDS).map(({ field, matched, place, weight, notes }) => {
    const noted = notes.length > 0 ? `, ${notes.join(", ")}` : "";
    return `  ${field}: "${matched}" is ${place.name}, ${place.region ?? place.country} (${weight}${noted})`;
  });
  const line = where.length > 0 ? `${where.join(" / ")} (${confidence}; ${why})` : "not named";
  return [`place: ${line}`, ...words].join("\n");
}

async function findSource(config: Config, id: string): Promise<Source> {
  const { sources } = await loadSources(config.sourcesDir);
  const source = sources.find((one) => one.id === id);
  if (source) return source;
  const known = sources.map((one) => one.id);
  throw unknownName("source", id, known, SOURCES_HINT);
}

function tableOf({ fields, evidence }: Extraction): string {
  const names = (Object.keys(fields) as FieldName[]).filter((name) => name !== "html");
  const rows = names.map((name) => {
    const origin = evidence[name];
    return [name, shown(fields[name]), origin?.rule ?? "", origin?.confidence.toFixed(2) ?? ""];
  });
  return plainTable(["field", "value", "rule", "sure"], rows);
}

function articlePagesOf({ number, others, rule }: ArticlePages): string {
  const rows = others.map((articlePage) => [String(articlePage.number), articlePage.url]);
  const line = `page ${number} of an article over several pages (${rule})`;
  return `${line}; a run reads these pages as one article:\n${plainTable(["page", "URL"], rows)}`;
}

function bodiesOf({ evidence: { text } }: Extraction): string {
  if (!text) return "body: not found";
  const candidates = text.candidates ?? [];
  const rows = candidates
    .toSorted((a, b) => Number(b.rule === text.rule) - Number(a.rule === text.rule))
    .map(({ rule, seen, prose, agreement }) => {
      return [rule, shown(seen), String(prose), `${Math.round(agreement * 100)} %`];
    });
  const why = text.because ? `: ${text.because}` : "";
  return `${plainTable(["body", "where", "prose", "agrees"], rows)}\ntaken: ${text.rule}${why}`;
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Date) return value.toISOString();
  return oneLine(typeof value === "string" ? value : JSON.stringify(value), MAX_VALUE_CHARS);
}
