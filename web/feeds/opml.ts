import { httpUrl } from "../../lib/html.ts";
import type { PublicSource } from "../../store/sources/directory.ts";
import type { PortalConfig } from "../server/config.ts";
import { document, element } from "./xml.ts";

/** The portal's feed of each source as OPML 2.0, to be taken into a feed reader. */
export function sourcesOpml(
  sources: Iterable<PublicSource>,
  { portalTitle, baseUrl }: PortalConfig,
): string {
  const outlines = [...sources].map(({ _id, name, home, language }) =>
    element("outline", {
      type: "rss",
      text: name,
      title: name,
      xmlUrl: `${baseUrl}/feeds/source/${encodeURIComponent(_id)}.rss`,
      htmlUrl: httpUrl(home ?? "") ?? `${baseUrl}/source/${encodeURIComponent(_id)}`,
      language: language ?? null,
    }),
  );
  return document(
    element(
      "opml",
      { version: "2.0" },
      element("head", {}, element("title", {}, `Sources of ${portalTitle}`)),
      element("body", {}, outlines),
    ),
  );
}
