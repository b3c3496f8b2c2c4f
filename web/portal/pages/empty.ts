import { type Html, html } from "../../../lib/html.ts";
import { type Around, type Edition, pathIn } from "../../server/edition.ts";
import { rich } from "./rich.ts";

/** What a portal without a single article says: where it stands and the next step. */
export function nothingYet({ edition: { words }, snapshot: { sources } }: Around): Html {
  const { empty } = words;
  if (sources.size === 0) {
    return html`<div class="empty"><h2>${empty.noSources}</h2>
<p>${rich(empty.putSources)}</p>
<p>${rich(empty.demo)}</p></div>`;
  }
  return html`<div class="empty"><h2>${empty.noArticles}</h2>
<p>${rich(empty.known(sources.size))}</p>
<p>${rich(empty.whatTheyDo, html`<a href="/admin">/admin</a>`)}</p></div>`;
}

/** What a list without articles says when others have some. */
export function noneHere(what: string, edition: Edition): Html {
  const { empty } = edition.words;
  return html`<div class="empty"><h2>${empty.nothing}</h2>
<p>${empty.none(what)} <a href="${pathIn(edition, "/")}">${empty.toLatest}</a>.</p></div>`;
}
