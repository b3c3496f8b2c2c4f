import { GiveUp } from "../../model/crawl/failure.ts";
import { Source } from "../../model/sources/source.ts";
import { recordOf } from "../../store/sources/sources.ts";
import { sourceView } from "./parse-tasks.ts";
import type { Parser } from "./parser.ts";

const ADDRESS = "https://example.org/news/register";
const SENTENCES = [
  "The council of Tallinn wants citizens to see every permit in one register, from the first plan to the last inspection.",
  "Its services answer within a minute since the registers of all districts were joined in spring.",
  "Building permits are next, said the head of the city's digital services, and parking follows in autumn.",
];
const PAGE = `<!doctype html><html lang="en"><head><title>One register for all permits</title></head><body><article>
<h1>One register for all permits</h1><time datetime="2026-01-01">1 January 2026</time>
${SENTENCES.map((sentence) => `<p>${sentence} ${sentence.toLowerCase()}</p>`).join("\n")}
</article></body></html>`;

/**
 * Has a parser thread read an article, so that it has loaded all that it needs before the first page of a host comes,
 * and an installation that lacks something is told of at the start of a process and not by each page. Throws an
 * `Error` where the article can't be read; a thread that is merely slow is left to its own.
 */
export async function tryParser(parser: Parser): Promise<void> {
  const source = sourceView(
    recordOf(Source.parse({ id: "example", name: "Example", feeds: [ADDRESS] })),
  );
  const page = { body: Buffer.from(PAGE), contentType: "text/html", url: ADDRESS, source };
  try {
    const { article } = await parser.extract({
      task: "extract",
      hints: {},
      now: new Date(),
      ...page,
    });
    if (!article) throw new GiveUp("parse", "the parser finds no article in a page that holds one");
  } catch (error) {
    if (!(error instanceof GiveUp)) return;
    const what = `${error.message}: the installation is not whole, install it anew`;
    throw new Error(what, { cause: error });
  }
}
