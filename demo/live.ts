import { HAPPENINGS, type Happening, type SiteSpec } from "./data.ts";
import { type Placed, placeCopy, placeNew, type Setting } from "./place.ts";
import type { Site } from "./site.ts";
import { edited, paragraphsOf } from "./text.ts";

export interface Happened {
  happening: Happening;
  at: Date;
}

/** Returns event `index` (from 0): a declared event or, after the last one, a correction. */
export function happeningAt(index: number, at: Date): Happening {
  const written = HAPPENINGS[index];
  if (written) return written;
  const retracted = new Set(
    HAPPENINGS.flatMap((one) => (one.kind === "retracted" ? one.slug : [])),
  );
  const published = HAPPENINGS.filter(
    (one) => one.kind === "published" && !retracted.has(one.article.slug),
  ) as Extract<Happening, { kind: "published" }>[];
  const text = published[index % published.length]?.article;
  if (!text) throw new Error("no article has been published");
  const time = at.toISOString().slice(11, 16);
  const tail = `Update, ${time} UTC: The office confirmed the figures in this article. It will publish new ones next month.`;
  // A changed title indicates an update even in feeds without modification times.
  return { kind: "corrected", slug: text.slug, edit: { title: `${text.title} (${time})`, tail } };
}

/** Applies events to `places`, which has each source's articles, newest first. */
export function applyHappened(
  specs: readonly SiteSpec[],
  places: Map<string, Placed[]>,
  happened: readonly Happened[],
  setting: Setting,
): void {
  const articleOf = (slug: string) => {
    const all = [...places.values()].flat();
    const placed = all.find((one) => one.slug === slug && one.duplicateOf === null);
    if (!placed) throw new Error(`there is no article ${slug}`);
    return placed;
  };
  const siteOf = (id: string) => {
    const spec = specs.find((one) => one.id === id);
    const there = places.get(id);
    if (!spec || !there) throw new Error(`there is no site ${id}`);
    return { spec, there };
  };
  for (const { happening, at } of happened) {
    if (happening.kind === "faulty") continue;
    if (happening.kind === "published") {
      const { spec, there } = siteOf(happening.site);
      there.unshift(placeNew(spec, happening.article, there.length + 1, at, setting));
    } else if (happening.kind === "copied") {
      const { spec, there } = siteOf(happening.site);
      const original = articleOf(happening.slug);
      const copy = placeCopy(spec, happening, there.length + 1, original, setting);
      there.unshift({ ...copy, publishedAt: at });
    } else {
      const placed = articleOf(happening.slug);
      placed.modifiedAt = at;
      if (happening.kind === "corrected") {
        const after = edited(placed.text, happening.edit);
        placed.title = after.title;
        placed.paragraphs = paragraphsOf(after.body);
      } else {
        placed.title = happening.title;
        placed.paragraphs = [{ kind: "p", text: happening.notice }];
      }
    }
  }
}

export function withFaults(site: Site, spec: SiteSpec, happened: readonly Happened[]): Site {
  const isFaulty = () =>
    happened.some(
      ({ happening, at }) =>
        happening.kind === "faulty" &&
        happening.site === spec.id &&
        Date.now() < at.getTime() + happening.ms,
    );
  return {
    ...site,
    reply: (path) =>
      isFaulty()
        ? { status: 503, headers: { "content-type": "text/plain" }, body: "Service unavailable" }
        : site.reply(path),
  };
}

export function describeHappening(happening: Happening): string {
  if (happening.kind === "published") {
    return `${happening.site} publishes "${happening.article.title}"`;
  }
  if (happening.kind === "copied") return `${happening.site} copies an article of another site`;
  if (happening.kind === "faulty") return `${happening.site} answers with errors for an hour`;
  const verb = happening.kind === "corrected" ? "corrects" : "retracts";
  return `a publisher ${verb} ${happening.slug}`;
}
