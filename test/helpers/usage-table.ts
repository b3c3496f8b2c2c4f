import { hostRights, type PageSources, pageSignals } from "../../crawler/rights/page-signals.ts";
import type { DeclaredUse, UsageSignal } from "../../model/usage-rights.ts";

/** The signals for a page, with its host's files as they were read. */
type Signals = Partial<Omit<PageSources, "host"> & Parameters<typeof hostRights>[0]>;

const url = "https://city.example/news/a";
/** When all signals were seen. */
export const seenAt = new Date("2026-11-28T10:00:00Z");
const LICENCE = "https://city.example/license.xml";

const declared = (some: Partial<DeclaredUse>) => ({
  declared: {
    robots: [],
    tdmReservation: null,
    tdmPolicy: null,
    licences: [],
    licenceTexts: [],
    license: null,
    usageInfo: null,
    isAccessibleForFree: null,
    ...some,
  },
});
const meta = (content: string, name = "robots") => declared({ robots: [{ name, content }] });
const headers = (some: Record<string, string>) => ({ headers: some });
const tag = (value: string) => headers({ "x-robots-tag": value });
const robots = (...lines: string[]) => ({
  robots: { text: ["User-agent: *", ...lines].join("\n"), fetchedAt: seenAt },
});
const tdm = (value: 0 | 1, location = "/") => ({
  tdm: { rules: [{ location, reserved: value === 1 }], fetchedAt: seenAt },
});
const rsl = (terms: string, path = "/", attributes = "") =>
  `<content url="${path}"${attributes}><license>${terms}</license></content>`;
const usage = (name: "permits" | "prohibits", tokens: string) =>
  `<${name} type="usage">${tokens}</${name}>`;
const document = (...contents: string[]) =>
  `<rsl xmlns="https://rslstandard.org/rsl">${contents.join("")}</rsl>`;
const licence = (...contents: string[]) => {
  const text = document(...contents);
  const copy = {
    url: LICENCE,
    text,
    status: 200,
    fetchedAt: seenAt,
    expiresAt: seenAt,
    validUntil: seenAt,
    detail: null,
  };
  return {
    headers: { link: `<${LICENCE}>; rel="license"; type="application/rsl+xml"` },
    documents: [copy],
  };
};

/**
 * The verdicts for a page by its signals: `+` allowed, `?` not mentioned (so allowed), `-` denied, a number: allowed
 * up to this many characters. In the order of `USES`: search, full-text, archive, analysis, ai-input, ai-train.
 */
export const TABLE: Record<string, [says: string, sources: Signals, verdicts: string][]> = {
  "nothing at all": [["nothing", {}, "? ? ? ? ? ?"]],

  "robots directives (Google's specification)": [
    ["noindex in the header", tag("noindex"), "- ? ? ? ? ?"],
    ["noindex in a meta", meta("noindex"), "- ? ? ? ? ?"],
    ["none", tag("none"), "- ? ? ? ? ?"],
    ["nofollow, index, all", meta("nofollow, index, all"), "? ? ? ? ? ?"],
    ["noarchive in the header", tag("noarchive"), "? - - ? ? ?"],
    ["noarchive in a meta", meta("noarchive"), "? - - ? ? ?"],
    ["nosnippet in the header: nor direct input of AI Overviews", tag("nosnippet"), "0 - ? ? - ?"],
    ["nosnippet in a meta", meta("nosnippet"), "0 - ? ? - ?"],
    ["max-snippet:0", tag("max-snippet:0"), "0 - ? ? - ?"],
    ["max-snippet:20 in the header", tag("max-snippet:20"), "20 - ? ? 20 ?"],
    ["max-snippet:20 in a meta", meta("max-snippet:20"), "20 - ? ? 20 ?"],
    ["max-snippet:-1 is no limit", meta("max-snippet:-1"), "? ? ? ? ? ?"],
    [
      "the shorter of two limits",
      { ...tag("max-snippet:50"), ...meta("max-snippet:20") },
      "20 - ? ? 20 ?",
    ],
    ["a limit and nosnippet", meta("max-snippet:50, nosnippet"), "0 - ? ? - ?"],
    ["a time that has come", tag("unavailable_after: 25 Jun 2010 15:00:00 PST"), "- - - - - -"],
    ["a time in a meta that has come", meta("unavailable_after: 2020-09-21"), "- - - - - -"],
    ["a time to come", tag("unavailable_after: 25 Jun 2100 15:00:00 PST"), "? ? ? ? ? ?"],
    ["noai in the header", tag("noai"), "? ? ? - - -"],
    ["noai, noimageai in a meta", meta("noai, noimageai"), "? ? ? - - -"],
    ["noimageai, of pictures alone", meta("noimageai"), "? ? ? ? ? ?"],
    ["noimageai in the header", tag("noimageai"), "? ? ? ? ? ?"],
    ["no picture", tag("max-image-preview:none"), "? ? ? ? ? ?"],
    ["no picture, in a meta", meta("noarchive, max-image-preview:none"), "? - - ? ? ?"],
    ["a small picture", meta("max-image-preview:standard"), "? ? ? ? ? ?"],
    ["a picture of any size", meta("max-image-preview:large"), "? ? ? ? ? ?"],
    [
      "the smaller of two pictures",
      { ...tag("max-image-preview:none"), ...meta("max-image-preview:standard") },
      "? ? ? ? ? ?",
    ],
    ["for another robot", tag("googlebot: noindex, noarchive"), "? ? ? ? ? ?"],
    ["for another robot in a meta", meta("noindex", "googlebot"), "? ? ? ? ? ?"],
    ["for us", tag("newsgather: noindex"), "- ? ? ? ? ?"],
    ["for us in a meta", meta("noarchive", "newsgather"), "? - - ? ? ?"],
  ],

  "W3C TDMRep": [
    ["1 in the header", headers({ "tdm-reservation": "1" }), "? ? ? - - -"],
    ["0 in the header", headers({ "tdm-reservation": "0" }), "? ? ? + + +"],
    ["another value", headers({ "tdm-reservation": "yes" }), "? ? ? ? ? ?"],
    ["1 in a meta", declared({ tdmReservation: "1" }), "? ? ? - - -"],
    ["1 in tdmrep.json", tdm(1), "? ? ? - - -"],
    ["1 in tdmrep.json for other pages", tdm(1, "/sport/"), "? ? ? ? ? ?"],
    [
      "tdmrep.json, taken back by the header",
      { ...tdm(1), ...headers({ "tdm-reservation": "0" }) },
      "? ? ? + + +",
    ],
    [
      "the header, taken back by the markup",
      { ...headers({ "tdm-reservation": "1" }), ...declared({ tdmReservation: "0" }) },
      "? ? ? + + +",
    ],
  ],

  "Content-Signal (contentsignals.org)": [
    [
      "what Cloudflare's managed file says",
      robots("Content-Signal: search=yes,ai-train=no"),
      "+ ? ? ? ? -",
    ],
    ["all yes", robots("Content-Signal: search=yes, ai-input=yes, ai-train=yes"), "+ ? ? ? + +"],
    ["all no", robots("Content-Signal: search=no, ai-input=no, ai-train=no"), "- ? ? ? - -"],
    ["search alone", robots("Content-Signal: search=no"), "- ? ? ? ? ?"],
    ["a header", headers({ "content-signal": "ai-input=no" }), "? ? ? ? - ?"],
    ["use=immediate", robots("Content-Signal: use=immediate"), "- - - - - -"],
    ["use=reference", robots("Content-Signal: search=yes, use=reference"), "+ - ? ? - -"],
    ["use=full", robots("Content-Signal: use=full"), "? ? ? ? ? ?"],
    [
      "yes after no",
      robots("Content-Signal: ai-train=no", "Content-Signal: ai-train=yes"),
      "? ? ? ? ? -",
    ],
  ],

  "Content-Usage (IETF aipref)": [
    ["train-ai=n in robots.txt", robots("Content-Usage: train-ai=n"), "? ? ? ? ? -"],
    ["train-ai=n in the header", headers({ "content-usage": "train-ai=n" }), "? ? ? ? ? -"],
    ["ai-use=n", headers({ "content-usage": "ai-use=n" }), "? ? ? ? - ?"],
    ["search=n, train-ai=y", headers({ "content-usage": "search=n, train-ai=y" }), "- ? ? ? ? +"],
    [
      "search=y overrides nothing that is said of other uses",
      headers({ "content-usage": "search=y, train-ai=n, ai-use=n" }),
      "+ ? ? ? - -",
    ],
    [
      "a path that allows",
      robots("Content-Usage: train-ai=n", "Content-Usage: /news/ train-ai=y"),
      "? ? ? ? ? +",
    ],
    [
      "a path that denies",
      robots("Content-Usage: train-ai=y", "Content-Usage: /news/ train-ai=n"),
      "? ? ? ? ? -",
    ],
    ["another path", robots("Content-Usage: /sport/ train-ai=n"), "? ? ? ? ? ?"],
    [
      "header against robots.txt: disallowed by any is disallowed",
      { ...robots("Content-Usage: train-ai=n"), ...headers({ "content-usage": "train-ai=y" }) },
      "? ? ? ? ? -",
    ],
    ["what can't be parsed", headers({ "content-usage": "train-ai=n," }), "? ? ? ? ? ?"],
  ],

  "RSL 1.0": [
    ["permits all", licence(rsl(usage("permits", "all"))), "+ + + + + +"],
    ["prohibits all", licence(rsl(usage("prohibits", "all"))), "- - - - - -"],
    ["prohibits ai-all", licence(rsl(usage("prohibits", "ai-all"))), "+ + + + - -"],
    ["prohibits ai-train", licence(rsl(usage("prohibits", "ai-train"))), "+ + + + + -"],
    ["permits search", licence(rsl(usage("permits", "search"))), "+ - ? - - -"],
    [
      "permits search ai-input, prohibits ai-train",
      licence(rsl(usage("permits", "search ai-input") + usage("prohibits", "ai-train"))),
      "+ - ? - + -",
    ],
    ["permits ai-all", licence(rsl(usage("permits", "ai-all"))), "- - ? - + +"],
    [
      "permits all for attribution",
      licence(rsl(`${usage("permits", "all")}<payment type="attribution"/>`)),
      "+ + + + + +",
    ],
    [
      "permits all for payment",
      licence(rsl(`${usage("permits", "all")}<payment type="crawl"/>`)),
      "- - - - - -",
    ],
    [
      "permits all with reporting",
      licence(
        rsl(`${usage("permits", "all")}<reporting type="audit" profile="https://p.example/"/>`),
      ),
      "- - - - - -",
    ],
    [
      "permits all in a country",
      licence(rsl(`${usage("permits", "all")}<permits type="geo">US</permits>`)),
      "- - - - - -",
    ],
    [
      "by a licence server",
      licence(rsl(usage("permits", "ai-train"), "/", ' server="https://l.example"')),
      "- - ? - - -",
    ],
    ["of other pages", licence(rsl(usage("prohibits", "all"), "/sport/")), "? ? ? ? ? ?"],
    [
      "a narrower path",
      licence(rsl(usage("permits", "all")), rsl(usage("prohibits", "ai-train"), "/news/")),
      "+ + + + + -",
    ],
    ["an unknown element", licence(rsl(`${usage("permits", "all")}<allow/>`)), "? ? ? - - -"],
    [
      "that was not read",
      headers({ link: `<${LICENCE}>; rel="license"; type="application/rsl+xml"` }),
      "? ? ? - - -",
    ],
    ["named by robots.txt, not read", robots("License: /license.xml"), "? ? ? - - -"],
    ["linked to, not read", declared({ licences: [LICENCE] }), "? ? ? - - -"],
    [
      "that stands in the page",
      declared({ licenceTexts: [document(rsl(usage("prohibits", "ai-train"), ""))] }),
      "+ + + + + -",
    ],
    [
      "five that stand in the page",
      declared({ licenceTexts: Array(5).fill(document(rsl(usage("permits", "all"), ""))) }),
      "+ + + + + +",
    ],
    [
      "more than are read in the page",
      declared({ licenceTexts: Array(6).fill(document(rsl(usage("permits", "all"), ""))) }),
      "+ + + - - -",
    ],
  ],

  "schema.org": [
    ["not accessible for free", declared({ isAccessibleForFree: false }), "? - ? ? ? ?"],
    ["accessible for free", declared({ isAccessibleForFree: true }), "? ? ? ? ? ?"],
    [
      "a license",
      declared({ license: "https://creativecommons.org/licenses/by-nc/4.0/" }),
      "? ? ? ? ? ?",
    ],
    ["usageInfo", declared({ usageInfo: "https://city.example/use" }), "? ? ? ? ? ?"],
  ],

  "several formats: the strictest wins": [
    [
      "signals allow, TDMRep denies",
      { ...robots("Content-Signal: ai-train=yes, search=yes"), ...tdm(1) },
      "+ ? ? - - -",
    ],
    [
      "TDMRep allows, signals deny",
      { ...robots("Content-Signal: ai-train=no"), ...tdm(0) },
      "? ? ? + + -",
    ],
    [
      "a licence allows, IETF's preferences deny",
      {
        ...licence(rsl(usage("permits", "all"))),
        ...robots("Content-Usage: train-ai=n, ai-use=n"),
      },
      "+ + + + - -",
    ],
    [
      "a licence allows, a directive denies",
      { ...licence(rsl(usage("permits", "all"))), ...meta("noindex, noarchive") },
      "- - - + + +",
    ],
    [
      "signals allow input, a directive limits it",
      { ...robots("Content-Signal: ai-input=yes"), ...meta("max-snippet:100") },
      "100 - ? ? 100 ?",
    ],
    [
      "signals allow search, its time is over",
      { ...robots("Content-Signal: search=yes"), ...meta("unavailable_after: 2020-09-21") },
      "- - - - - -",
    ],
    [
      "noai and TDMRep's 0",
      { ...meta("noai"), ...headers({ "tdm-reservation": "0" }) },
      "? ? ? - - -",
    ],
  ],
};

/** Returns the signals that a page's sources contain. */
export function signalsOf({
  robots: text,
  tdm: rules,
  documents,
  ...page
}: Signals): UsageSignal[] {
  const host = hostRights({ robots: text, tdm: rules, documents }, "Newsgather", url);
  return pageSignals({ url, product: "Newsgather", seenAt, headers: {}, host, ...page });
}
