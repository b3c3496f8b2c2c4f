import { page } from "./entries.ts";
import { labelsOf } from "./labels-world.ts";
import type { Decoy, Reply, SiteSpec } from "./site.ts";
import { escape } from "./text.ts";
import type { Truth } from "./truth.ts";

/** Why a decoy brings no article. */
export const DECOY_REASONS: Record<Decoy["kind"], Truth["expectSkipped"][number]["reason"]> = {
  missing: "gone",
  gone: "gone",
  endless: "timeout",
  consent: "consent",
  advert: "off-site",
  forbidden: "robots",
};

/** Decoys that must not even be asked for. */
export const isForbidden = (decoy: Decoy): boolean =>
  decoy.kind === "advert" || decoy.kind === "forbidden";

/** What the site answers when a decoy is asked for. */
export function decoyReply(spec: SiteSpec, decoy: Decoy): Reply {
  const labels = labelsOf(spec.language);
  const frame = (title: string, inner: string) =>
    page(
      spec,
      `<!DOCTYPE html><html lang="${spec.language}"><head><meta charset="utf-8"><title>${escape(title)}</title></head><body>${inner}</body></html>`,
    );
  switch (decoy.kind) {
    case "missing":
      return { ...frame("404", `<h1>404</h1><p>${escape(labels.footer)}</p>`), status: 404 };
    case "gone":
      return { ...frame("410", `<h1>410 Gone</h1><p>${escape(labels.footer)}</p>`), status: 410 };
    case "endless":
      return {
        ...frame(decoy.title, `<div class="live">${escape(labels.nav.join(" "))}`),
        endless: true,
      };
    case "consent":
      return frame(
        spec.name,
        `<div id="consent-wall" class="cookie-consent" role="dialog" aria-modal="true"><h1>Cookies</h1>
<p>${escape(labels.cookies[0])}</p>
<form method="post" action="/consent"><button name="accept">${escape(labels.cookies[1])}</button><button name="reject">${escape(labels.cookies[2])}</button></form>
<p><a href="/privacy">Privacy policy</a> <a href="/vendors">Cookie settings (184 partners)</a></p></div>`,
      );
    case "advert":
    case "forbidden":
    default:
      return frame(
        decoy.title,
        `<article><h1>${escape(decoy.title)}</h1><p>${escape(labels.newsletter[1])}</p></article>`,
      );
  }
}
