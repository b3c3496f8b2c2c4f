import { html } from "../../../lib/html.ts";
import type { DayDigest } from "../../feeds/digest/read.ts";
import { type Around, pathIn } from "../../server/edition.ts";
import { nameOf } from "../../server/names.ts";
import { dayLinks, dayTitle } from "../../server/time.ts";
import { noneHere } from "./empty.ts";
import type { Page } from "./layout.ts";
import { numbers, side } from "./side.ts";
import { teaser } from "./teaser.ts";

/** The page of a day digest. */
export function digestPage({ day, articles, groups, stories }: DayDigest, around: Around): Page {
  const { edition, snapshot } = around;
  const { words } = edition;
  const when = dayTitle(edition, day, snapshot.today);
  const title = `${words.digest}: ${when}`;
  const path = `/digest/${day}`;
  const told = groups.flatMap((group) => group.articles).length;
  const body = html`<div class="wrap columns">
${numbers(around)}
<main id="main">
<div class="heading"><h1>${title}</h1><p>${words.digestNote(told, articles)} <a href="${pathIn(edition, `/day/${day}`)}">${words.wholeDay}</a> · <a href="${pathIn(edition, `${path}/mail`)}">${words.asMail}</a></p></div>
${told === 0 && noneHere(when, edition)}
${groups.map(
  (group, index) => html`<section class="day" aria-labelledby="t${index}">
<h2 id="t${index}">${group.topic === null ? words.other : nameOf("topic", group.topic, around)}</h2>
${group.articles.map((one) => teaser(one, stories, around))}
</section>`,
)}
${dayLinks(edition, "/digest", day, snapshot.today)}
</main>
${side(around)}
</div>`;
  return { title, path, description: words.digestNote(told, articles), feed: "/feeds/all", body };
}
