import { describe, expect, test } from "vitest";
import {
  documentsOf,
  hostRights,
  type PageSources,
  pageSignals,
} from "../../../../crawler/rights/page-signals.ts";
import {
  type DeclaredUse,
  judgeUse,
  type RightsDocument,
  unavailableFrom,
} from "../../../../model/usage-rights.ts";

/** What is said of a page, its host's files as they were read. */
type Signals = Partial<Omit<PageSources, "host"> & Parameters<typeof hostRights>[0]>;

const url = "https://city.example/a";
const seenAt = new Date("2026-11-28T10:00:00Z");
const read = new Date("2026-11-28T09:00:00Z");

const declared = (some: Partial<DeclaredUse>): DeclaredUse => ({
  robots: [],
  tdmReservation: null,
  tdmPolicy: null,
  licences: [],
  licenceTexts: [],
  license: null,
  usageInfo: null,
  isAccessibleForFree: null,
  ...some,
});
const page = ({ robots, tdm, documents, ...some }: Signals): PageSources => ({
  url,
  product: "Newsgather",
  seenAt,
  headers: {},
  host: hostRights({ robots, tdm, documents }, "Newsgather", url),
  ...some,
});
const signals = (some: Signals) => pageSignals(page(some));
const textsOf = (some: Signals) => signals(some).map((one) => `${one.text} (${one.place})`);
const robots = (text: string) => ({ text, fetchedAt: read });
const tdm = (reserved: boolean, policy?: string) => ({
  rules: [{ location: "/", reserved, ...(policy && { policy }) }],
  fetchedAt: read,
});
const copy = (text: string | null, detail: string | null = null): RightsDocument => ({
  url: "https://licences.example/l.xml",
  text,
  status: 200,
  fetchedAt: read,
  expiresAt: read,
  validUntil: read,
  detail,
});
const LICENCE = "https://licences.example/l.xml";
const linkHeader = { link: `<${LICENCE}>; rel="license"; type="application/rsl+xml"` };
const rsl = (terms: string) =>
  `<rsl xmlns="https://rslstandard.org/rsl"><content url=""><license>${terms}</license></content></rsl>`;
const noTraining = rsl('<prohibits type="usage">ai-train</prohibits>');

describe("a page's signals", () => {
  test("are none where nothing is said", () => {
    expect(
      signals({ declared: declared({}), robots: robots("User-agent: *\nDisallow: /x") }),
    ).toEqual([]);
  });

  test("name their format, place, file and time", () => {
    const found = signals({
      headers: { "content-usage": "train-ai=n" },
      robots: robots("User-agent: *\nContent-Signal: ai-train=no"),
    });
    expect(found).toEqual([
      {
        format: "content-usage",
        place: "header",
        text: "train-ai=n",
        url,
        seenAt,
        denies: ["ai-train"],
      },
      {
        format: "content-signal",
        place: "robots.txt",
        text: "ai-train=no",
        url: "https://city.example/robots.txt",
        seenAt: read,
        denies: ["ai-train"],
      },
    ]);
  });

  test("come from headers and markup, for all robots and for us", () => {
    const metas = [
      { name: "robots", content: "noarchive" },
      { name: "newsgather", content: "max-snippet:20, noai" },
      { name: "googlebot", content: "noindex" },
    ];
    expect(
      textsOf({ headers: { "x-robots-tag": "nosnippet" }, declared: declared({ robots: metas }) }),
    ).toEqual(["nosnippet (header)", "noarchive (meta)", "max-snippet:20 (meta)", "noai (meta)"]);
  });

  test("are at most forty", () => {
    const metas = Array.from({ length: 100 }, (_, n) => ({
      name: "robots",
      content: `max-snippet:${n}`,
    }));
    expect(signals({ declared: declared({ robots: metas }) })).toHaveLength(40);
  });

  test("have among the forty what decides, however much is said before", () => {
    const contents = Array.from({ length: 60 }, (_, n) => `max-snippet:${200 - n}`);
    contents.push("max-snippet:7", "unavailable_after: 2100-01-01", "noarchive");
    const metas = contents.map((content) => ({ name: "robots", content }));
    const usage = "User-agent: *\nContent-Usage: train-ai=n, ai-use=n, search=n";
    const found = signals({ declared: declared({ robots: metas }), robots: robots(usage) });
    expect(found).toHaveLength(40);
    expect(found.flatMap(({ denies = [] }) => denies).toSorted()).toEqual([
      "ai-input",
      "ai-train",
      "archive",
      "full-text",
      "search",
    ]);
    expect(judgeUse(found, "search", seenAt).allowed).toBe(false);
    expect(found).toContainEqual(expect.objectContaining({ maxCharacters: 7 }));
    expect(unavailableFrom(found)).toEqual(new Date("2100-01-01"));
  });

  test("of structured data name terms, and leave out the text of what isn't free", () => {
    const found = signals({
      declared: declared({
        license: "https://creativecommons.org/licenses/by/4.0/",
        usageInfo: "https://city.example/use",
        isAccessibleForFree: false,
      }),
    });
    expect(found.map(({ text, terms, denies }) => ({ text, terms, denies }))).toEqual([
      {
        text: "license: https://creativecommons.org/licenses/by/4.0/",
        terms: "https://creativecommons.org/licenses/by/4.0/",
        denies: undefined,
      },
      {
        text: "usageInfo: https://city.example/use",
        terms: "https://city.example/use",
        denies: undefined,
      },
      { text: "isAccessibleForFree: false", terms: undefined, denies: ["full-text"] },
    ]);
  });
});

describe("TDMRep's processing priority", () => {
  const header = (value: string) => ({ "tdm-reservation": value });
  test.each([
    [{ tdm: tdm(true) }, "tdm-reservation: 1 (tdmrep.json)"],
    [{ tdm: tdm(true), headers: header("0") }, "tdm-reservation: 0 (header)"],
    [{ tdm: tdm(false), headers: header(" 1 ") }, "tdm-reservation: 1 (header)"],
    [
      { headers: header("1"), declared: declared({ tdmReservation: "0" }) },
      "tdm-reservation: 0 (meta)",
    ],
    [
      { headers: header("0"), declared: declared({ tdmReservation: "1" }) },
      "tdm-reservation: 1 (meta)",
    ],
    [{ headers: header("1\n1") }, "tdm-reservation: 1 (header)"],
    [{ headers: header("1, 1") }, "tdm-reservation: 1 (header)"],
    [{ headers: header("0\n1") }, "tdm-reservation: 1 (header)"],
    [{ tdm: tdm(true), headers: header("2") }, "tdm-reservation: 1 (tdmrep.json)"],
    [{ headers: header("true") }, undefined],
  ])("%#: %s", (some, expected) => {
    expect(textsOf(some)[0]).toBe(expected);
  });

  test("a policy says where the right can be had, and is asked for where mining is reserved", () => {
    const policy = "https://provider.com/policies/policy.json";
    const some = page({ headers: { "tdm-reservation": "1", "tdm-policy": policy } });
    expect(pageSignals(some)[0]).toMatchObject({
      terms: policy,
      denies: ["analysis", "ai-input", "ai-train"],
    });
    expect(documentsOf(some)).toEqual([{ kind: "policy", url: policy, place: "header" }]);
    expect(documentsOf(page({ tdm: tdm(true, "/p.json") }))[0]?.url).toBe(
      "https://city.example/p.json",
    );
    expect(documentsOf(page({ tdm: tdm(false, policy) }))).toEqual([]);
  });

  test("a policy that is sent twice is asked for once", () => {
    const headers = { "tdm-reservation": "1\n1", "tdm-policy": "/p.json\n/p.json" };
    expect(documentsOf(page({ headers })).map((document) => document.url)).toEqual([
      "https://city.example/p.json",
    ]);
  });

  test("the absence of a policy doesn't take back one that was said before", () => {
    const some = page({ tdm: tdm(true, "https://p.example/1"), headers: header("1") });
    expect(documentsOf(some)).toEqual([
      { kind: "policy", url: "https://p.example/1", place: "header" },
    ]);
  });
});

describe("RSL licences", () => {
  const global = robots("License: https://city.example/all.xml");

  test("that a page names go before those of robots.txt (section 4.9)", () => {
    expect(documentsOf(page({ robots: global }))).toEqual([
      { kind: "rsl", url: "https://city.example/all.xml", place: "robots.txt" },
    ]);
    expect(documentsOf(page({ robots: global, headers: linkHeader }))).toEqual([
      { kind: "rsl", url: LICENCE, place: "header" },
    ]);
    expect(
      documentsOf(page({ robots: global, declared: declared({ licences: [LICENCE] }) })),
    ).toEqual([{ kind: "rsl", url: LICENCE, place: "link" }]);
    expect(
      documentsOf(page({ robots: global, declared: declared({ licenceTexts: [noTraining] }) })),
    ).toEqual([]);
  });

  test("are those of the header whose type says so", () => {
    const other = { link: `<${LICENCE}>; rel="license", </l>; type="application/rsl+xml"` };
    expect(documentsOf(page({ headers: other }))).toEqual([]);
  });

  test("are judged for the page", () => {
    const documents = [copy(noTraining)];
    const [open, denied] = signals({ headers: linkHeader, documents });
    expect([open?.text, denied?.text]).toEqual(["permits all", "prohibits ai-train"]);
    expect(denied).toMatchObject({ place: "licence", url: LICENCE, seenAt: read });
  });

  test("that are the page's TDM policy too are judged as licences", () => {
    const headers = { ...linkHeader, "tdm-reservation": "1", "tdm-policy": LICENCE };
    const some = { headers, documents: [copy(noTraining)] };
    expect(documentsOf(page(some)).map(({ kind }) => kind)).toEqual(["rsl", "policy"]);
    expect(textsOf(some)).toContain("prohibits ai-train (licence)");
  });

  test("that stand in the page are judged too", () => {
    expect(textsOf({ declared: declared({ licenceTexts: [noTraining] }) })).toContain(
      "prohibits ai-train (meta)",
    );
  });

  test.each([
    ["could not be read", copy(null, "it answered 404")],
    ["are none", copy("<html>")],
  ])("that %s leave machines unlicensed", (_, document) => {
    const [signal] = signals({ headers: linkHeader, documents: [document] });
    expect(signal?.text).toMatch(/^unlicensed: /);
    expect(signal?.denies).toEqual(["analysis", "ai-input", "ai-train"]);
  });

  test("of which a page has more than are read leave machines unlicensed, whatever the others permit", () => {
    const permits = rsl('<permits type="usage">all</permits>');
    const urls = [1, 2, 3, 4, 5, 6].map((n) => `https://licences.example/${n}.xml`);
    const documents = urls.map((one) => ({ ...copy(permits), url: one }));
    const deniedBy = (licences: string[]) =>
      signals({ declared: declared({ licences }), documents }).flatMap(({ text, place, denies }) =>
        denies ? [`${text} (${place})`, ...denies] : [],
      );
    expect(deniedBy(urls.slice(0, 5))).toEqual([]);
    expect(deniedBy(urls)).toEqual([
      "unlicensed: it has more than 5 licences (link)",
      "analysis",
      "ai-input",
      "ai-train",
    ]);
  });

  test("that were not read leave machines unlicensed", () => {
    expect(textsOf({ headers: linkHeader })).toEqual([
      "unlicensed: its licence has not been read (licence)",
    ]);
  });
});
