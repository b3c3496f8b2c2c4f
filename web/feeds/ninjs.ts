import { type Entry, signedBy } from "./feed.ts";

/** An entry as IPTC ninjs 3.1, a text; `pubStatus` is always usable, since what was taken back is not given. */
export function ninjs(entry: Entry): object {
  const { item, title, paragraphs, content, published, updated, source, topics } = entry;
  const text = (role: string, value: string) => ({ role, contentType: "text/plain", value });
  const places = [item.city, item.region, item.country].filter((name) => typeof name === "string");
  return {
    uri: entry.id,
    standard: {
      name: "ninjs",
      version: "3.1",
      schema: "https://www.iptc.org/std/ninjs/ninjs-schema_3.1.json",
    },
    type: "text",
    pubStatus: "usable",
    version: String(item.version),
    ...(entry.language && { language: entry.language }),
    firstCreated: published.toISOString(),
    versionCreated: updated.toISOString(),
    headlines: [text("main", title)],
    ...(paragraphs.length > 0 && { descriptions: [text("teaser", paragraphs.join("\n\n"))] }),
    ...(content && { bodies: [text("main", content.join("\n\n"))] }),
    by: signedBy(entry).join(", "),
    ...(entry.credit && { copyrightNotice: entry.credit }),
    ...(places.length > 0 && { places: [{ name: places.join(", "), rel: "about" }] }),
    ...(topics.length > 0 && {
      subjects: topics.map(({ id, name }) => ({
        name,
        uri: `tag:newsgather,2026:topic/${encodeURIComponent(id)}`,
        rel: "about",
      })),
    }),
    infoSources: [{ name: source.name, ...(source.home && { uri: source.home }), role: "origin" }],
    altIds: [{ role: "original", value: entry.url }],
  };
}
