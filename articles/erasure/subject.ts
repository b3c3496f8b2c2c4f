import { urlKey } from "../../crawler/links/canonical-url.ts";
import type { Article } from "../../model/articles/article.ts";
import { inPieces } from "../../store/archive/erasure.ts";
import { articlesOfKeys } from "../../store/articles/aliases.ts";
import { getArticles } from "../../store/articles/articles.ts";
import { revisionsOfArticles } from "../../store/articles/revisions.ts";
import { findIn } from "../../store/queries.ts";
import type { Store } from "../../store/store.ts";
import { type Finds, findsArticle, findsIn, findsPerson } from "./needles.ts";

/** What is to be erased. */
export type Subject =
  | { kind: "article"; id: string }
  | { kind: "url"; url: string }
  | { kind: "person"; names: string[] };

/** What a subject comes to in the store. */
export interface Target {
  articles: Pick<Article, "_id" | "title" | "sourceId">[];
  /** Keys of all their addresses, and of links that name the subject. */
  keys: string[];
  /** What else to look for: in bodies, and wherever else text is kept. */
  finds: Finds;
}

/** Told what is being looked through, and how much of it so far. */
export type Progress = (what: string, count: number) => void;

/** Finds what a subject comes to; reads all articles and links for a person. */
export async function targetOf(
  store: Store,
  subject: Subject,
  progress: Progress,
): Promise<Target> {
  if (subject.kind === "person") return ofPerson(store, subject.names, progress);
  const key = subject.kind === "url" ? urlKey(subject.url) : subject.id;
  const owner = (await articlesOfKeys(store, [key])).get(key) ?? key;
  const articles = [...(await getArticles(store, [owner])).values()];
  const aliases = await findIn(store.collections.aliases, "articleId", [owner]);
  const revisions = (await revisionsOfArticles(store, [owner])).get(owner) ?? [];
  const readings = [...articles, ...revisions.map(({ fields }) => fields)];
  const urls = [...articles, ...aliases].map(({ url }) => url).filter((url) => url !== "");
  return {
    articles,
    keys: [...new Set([key, owner, ...aliases.map(({ _id }) => _id)])],
    finds: findsArticle(readings, subject.kind === "url" ? [...urls, subject.url] : urls),
  };
}

async function ofPerson(store: Store, names: string[], progress: Progress): Promise<Target> {
  const finds = findsPerson(names);
  const { articles, revisions, texts, changes, aliases, links, corrections } = store.collections;
  const ids = new Set<string>();
  const keys = new Set<string>();
  const read = async <Doc extends { _id: unknown }>(
    what: string,
    pieces: AsyncGenerator<Doc[]>,
    found: (document: Doc) => void,
  ) => {
    let count = 0;
    for await (const piece of pieces) {
      for (const document of piece) if (findsIn(finds, document)) found(document);
      progress(what, (count += piece.length));
    }
  };
  const owners = (document: { articleId: string }) => void ids.add(document.articleId);
  await read("articles", inPieces(articles), ({ _id }) => void ids.add(_id));
  await read("revisions", inPieces(revisions), owners);
  await read("texts", inPieces(texts), owners);
  await read("changes", inPieces(changes), owners);
  await read("aliases", inPieces(aliases), owners);
  await read("corrections", inPieces(corrections), owners);
  await read("links", inPieces(links), ({ _id, kind }) => {
    // An entry point is configuration: it is named in the report, not taken away.
    if (kind === "article") keys.add(_id);
  });
  const own = await findIn(aliases, "articleId", [...ids], { projection: { _id: 1 } });
  for (const { _id } of own) keys.add(_id);
  for (const id of ids) keys.add(id);
  const found = await getArticles(store, [...ids]);
  return { articles: [...found.values()], keys: [...keys], finds };
}
