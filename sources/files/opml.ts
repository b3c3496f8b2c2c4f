import { generateOpml, parseOpml } from "feedsmith";
import { parse } from "yaml";
import { jsonOf } from "../../lib/text.ts";
import type { Declared } from "../../model/sources/version.ts";
import type { Draft, Drafts } from "./import.ts";

const NAMESPACE = "https://newsgather.dev/ns/opml/1";
const ID_ATTRIBUTE = "newsgather:id";
const SOURCE_ATTRIBUTE = "newsgather:source";
const OPML_OPTIONS = { extraOutlineAttributes: [ID_ATTRIBUTE, SOURCE_ATTRIBUTE, "language"] };

type Entry = Record<string, string | undefined> & { text: string };

/** Returns OPML 2.0, with declarations in `newsgather:source` but without (secret) `headers`. */
export function toOpml(declarations: readonly Declared[], title: string): string {
  const outlines = declarations.flatMap(({ source, yaml }): Entry[] => {
    const { headers: _, ...declaration } = parse(yaml) as Record<string, unknown>;
    const { id, name, home, language, feeds } = source;
    const own = { text: name, title: name, htmlUrl: home, language, [ID_ATTRIBUTE]: id };
    const whole = { [SOURCE_ATTRIBUTE]: JSON.stringify(declaration) };
    if (feeds.length === 0) return [{ ...own, type: "link", url: home, ...whole }];
    return feeds.map((xmlUrl, index) => {
      return { ...own, type: "rss", xmlUrl, ...(index === 0 && whole) };
    });
  });
  const text = generateOpml({ head: { title }, body: { outlines } }, OPML_OPTIONS);
  return text.replace("<opml ", `<opml xmlns:newsgather="${NAMESPACE}" `);
}

interface Outline {
  text?: string;
  title?: string;
  xmlUrl?: string;
  htmlUrl?: string;
  outlines?: Outline[];
  language?: unknown;
  [ID_ATTRIBUTE]?: unknown;
  [SOURCE_ATTRIBUTE]?: unknown;
}

/** Reads sources from OPML; `topics` maps lower-case names of folders to topic ids. */
export function fromOpml(text: string, topics: ReadonlyMap<string, string>): Drafts {
  try {
    const { body } = parseOpml(text, OPML_OPTIONS);
    const outlines = (body?.outlines ?? []) as Outline[];
    return { drafts: outlines.flatMap((outline) => draftsIn(outline, [], topics)), problems: [] };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { drafts: [], problems: [`this isn't OPML: ${why}`] };
  }
}

function draftsIn(
  outline: Outline,
  folders: readonly string[],
  topics: ReadonlyMap<string, string>,
): Draft[] {
  const name = (outline.title ?? outline.text ?? "").trim();
  const where = `outline "${[...folders, name].join(" / ")}"`;
  const inner = (outline.outlines ?? []).flatMap((child) =>
    draftsIn(child, [...folders, name], topics),
  );
  const whole = outline[SOURCE_ATTRIBUTE];
  if (typeof whole === "string") return [{ where, declaration: declarationIn(whole) }, ...inner];
  // A folder, or a further feed of a source that its first outline declares completely.
  if (!outline.xmlUrl || outline[ID_ATTRIBUTE]) return inner;
  const found = folders.flatMap((folder) => topics.get(folder.toLowerCase()) ?? []);
  const language = typeof outline.language === "string" ? outline.language : undefined;
  const address = outline.xmlUrl;
  const declaration = {
    name: name || (URL.canParse(address) ? new URL(address).hostname : address),
    ...(outline.htmlUrl && { home: outline.htmlUrl }),
    feeds: [address],
    ...(language && { language }),
    ...(found.length > 0 && { topics: [...new Set(found)] }),
    verified: false,
  };
  return [{ where, declaration }, ...inner];
}

function declarationIn(json: string): Record<string, unknown> {
  const read = jsonOf(json);
  return typeof read === "object" && read !== null ? { ...read } : {};
}
