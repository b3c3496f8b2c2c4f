import { type Html, html } from "../../lib/html.ts";
import type { Snapshot } from "../snapshot.ts";

/** What a portal without a single article says: where it stands and the next step. */
export function nothingYet({ sources }: Snapshot): Html {
  if (sources.size === 0) {
    return html`<div class="empty"><h2>No sources yet</h2>
<p>Put one YAML file per publisher into <code>config/sources/</code>, check them with <code>newsgather sources validate</code>, then start with <code>npm start</code>.</p>
<p>To see it work first, run <code>npm run demo</code>: it brings its own sample news sites.</p></div>`;
  }
  const known = sources.size === 1 ? "One source is" : `${sources.size} sources are`;
  return html`<div class="empty"><h2>No articles yet</h2>
<p>${known} configured. The first articles appear here as soon as a run has brought some: reload in a minute, or start one now with <code>newsgather run --all --once</code>.</p>
<p>What each source is doing, and why something was left out, is on the <a href="/admin">operators' page</a>.</p></div>`;
}

/** What a list without articles says when others have some. */
export function noneHere(what: string): Html {
  return html`<div class="empty"><h2>Nothing here</h2>
<p>There are no articles for ${what} so far. <a href="/">Go to the latest articles</a>.</p></div>`;
}
