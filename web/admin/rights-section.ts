import { type Html, html } from "../../lib/text.ts";
import { type UsageSignal, type UsageTerms, usageText } from "../../model/usage-rights.ts";
import { at, externalLink, section } from "./tables.ts";

interface ShownRights {
  rights: UsageTerms | null;
  signals: readonly UsageSignal[];
  consent: string | null;
}

/** Returns a section with the publisher's statements about the use of an article or source. */
export function rightsSection({ rights, signals, consent }: ShownRights, zone: string): Html {
  const rows = signals.map((signal) => {
    const { text, format, place, url, seenAt, denies = [], allows = [], maxCharacters } = signal;
    const means = [
      denies.length > 0 && `reserved: ${denies.join(", ")}`,
      allows.length > 0 && `allowed: ${allows.join(", ")}`,
      maxCharacters !== undefined && `at most ${maxCharacters} characters`,
    ];
    return html`<tr><td><code>${text}</code></td><td>${format}</td><td>${place}</td><td class="why">${means.filter(Boolean).join("; ")}</td><td class="url">${externalLink(url)}</td><td>${at(zone, seenAt)}</td></tr>\n`;
  });
  const words = rights && usageText(rights);
  const heads = ["Says", "Format", "Place", "What it means", "Seen in", "When"];
  const table = section(
    "What the publisher says",
    heads,
    rows,
    html`Nothing: what isn't reserved is allowed.`,
  );
  return html`<div id="rights">${words && html`<p class="alert alert-info text-body">${words}</p>`}${consent && html`<p class="why">Some reservations don't apply, because of the publisher's written consent: ${consent}</p>`}${table}</div>`;
}
