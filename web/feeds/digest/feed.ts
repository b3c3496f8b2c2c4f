import { type Around, pathIn } from "../../server/edition.ts";
import { shiftDay } from "../../server/snapshot.ts";
import { dayTitle } from "../../server/time.ts";
import { document, element } from "../xml.ts";
import { digestMail } from "./mail.ts";
import type { DayDigest } from "./read.ts";

/** Day digests as an Atom feed (RFC 4287), an entry a day with the whole digest as its content. */
export function digestFeed(digests: readonly DayDigest[], around: Around): string {
  const { edition, config } = around;
  const { language, words } = edition;
  const self = `${config.baseUrl}/feeds/digest.atom?language=${language}`;
  // A day is over when the next one begins.
  const over = ({ day }: DayDigest) => `${shiftDay(day, 1)}T00:00:00Z`;
  const [newest] = digests;
  return document(
    element(
      "feed",
      { xmlns: "http://www.w3.org/2005/Atom", "xml:lang": language },
      element("id", {}, `tag:newsgather,2026:feed/digest/${language}`),
      element("title", {}, `${words.digest} · ${config.portalTitle}`),
      element("updated", {}, newest ? over(newest) : "1970-01-01T00:00:00Z"),
      element("link", { rel: "self", type: "application/atom+xml", href: self }),
      element("link", {
        rel: "alternate",
        type: "text/html",
        href: config.baseUrl + pathIn(edition, "/"),
      }),
      digests.map((digest) =>
        element(
          "entry",
          {},
          element("id", {}, `tag:newsgather,2026:digest/${digest.day}/${language}`),
          element("title", {}, `${words.digest}: ${dayTitle(edition, digest.day, null)}`),
          element("updated", {}, over(digest)),
          element("author", {}, element("name", {}, config.portalTitle)),
          element("link", {
            rel: "alternate",
            type: "text/html",
            href: config.baseUrl + pathIn(edition, `/digest/${digest.day}`),
          }),
          element("content", { type: "html" }, contentOf(digestMail(digest, around))),
        ),
      ),
    ),
  );
}

/** What stands in the body of a mail. */
function contentOf(mail: string): string {
  return /<body[^>]*>(.*)<\/body>/s.exec(mail)?.[1]?.trim() ?? "";
}
