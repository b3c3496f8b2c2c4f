import type { Named } from "../../crawler/links/site/named.ts";
import type { SurveyedPage } from "../../crawler/links/site/survey-page.ts";
import { skippedText } from "../../model/skipped.ts";
import type { SurveyDeps } from "./deps.ts";

/** A document of a site that was read. */
export interface Opened {
  url: string;
  page: SurveyedPage;
}

/** Reads one address; why not, where it can't be. */
export async function look(
  deps: SurveyDeps,
  { url, kind }: Named,
  home: string,
  level = 1,
): Promise<Opened | { why: string }> {
  const came = await deps.visitor.visit(url, kind);
  if ("failed" in came) return { why: came.failed.detail };
  if ("refused" in came) return { why: skippedText(came.refused) };
  const { received } = came;
  try {
    const page = await deps.parser.survey({
      task: "survey",
      body: received.decoded,
      contentType: received.headers["content-type"] ?? null,
      url: received.url,
      now: deps.now(),
      home,
      page: level,
    });
    return { url: received.url, page };
  } catch (error) {
    return { why: error instanceof Error ? error.message : String(error) };
  }
}
