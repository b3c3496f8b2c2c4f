import type { Article } from "../../model/articles/article.ts";
import type { Representation } from "../../model/articles/story.ts";
import {
  type ArticleStatusRow,
  type ArticleWrite,
  getArticles,
  getStatuses,
} from "../../store/articles/articles.ts";
import { getPlaces, type Place, storyPlaces } from "../../store/articles/fingerprints.ts";
import type { Store } from "../../store/store.ts";
import { joinedStories, joinedWith } from "../matching/cluster.ts";
import { type Member, represent } from "../matching/representative.ts";
import { writeOf } from "../revisions/write.ts";

/** `decided` has clusters that aren't stored yet, by article id; `stories` has ids to examine. */
interface Reclustered {
  decided: ReadonlyMap<string, Place>;
  stories: ReadonlySet<string>;
}

/** The facts that decide which article represents a story. */
export type Status = Pick<Article, "_id" | "status" | "completeness" | "fieldScore">;

/** Returns representatives by article id. `own` are articles that are about to be stored. */
export async function representations(
  store: Store,
  reclustering: Reclustered,
  own: readonly Status[],
): Promise<Map<string, Representation>> {
  const { prints, stories } = await withJoined(store, reclustering);
  const joined = joinedStories([...prints.values()]);
  const known = new Map(own.map((each) => [each._id, each]));
  const others = [...prints.keys()].filter((id) => !known.has(id));
  for (const each of await getStatuses(store, others)) known.set(each._id, each);
  const byStory = new Map<string, Member[]>();
  for (const print of prints.values()) {
    const member = memberOf(print, known.get(print._id));
    if (!member || !stories.has(member.cluster.story)) continue;
    const story = joined.get(member.cluster.story) ?? member.cluster.story;
    byStory.set(story, [...(byStory.get(story) ?? []), member]);
  }
  return new Map([...byStory.values()].flatMap((members) => [...represent(members)]));
}

/** Returns the ids of the articles with an outdated representative in these stories. */
export async function outOfLine(store: Store, stories: ReadonlySet<string>): Promise<string[]> {
  if (stories.size === 0) return [];
  const wanted = await representations(store, { decided: new Map(), stories }, []);
  return (await differing(store, wanted)).map(({ _id }) => _id);
}

async function withJoined(
  store: Store,
  { decided, stories }: Reclustered,
): Promise<{ prints: Map<string, Place>; stories: Set<string> }> {
  const prints = new Map(decided);
  const seen = new Set<string>();
  let open = new Set(stories);
  while (open.size > 0) {
    for (const story of open) seen.add(story);
    for (const each of await storyPlaces(store, [...open])) {
      if (!decided.has(each._id)) prints.set(each._id, each);
    }
    const others = new Set([...prints.values()].flatMap(joinedWith));
    const missing = [...others].filter((id) => !prints.has(id));
    for (const each of (await getPlaces(store, missing)).values()) prints.set(each._id, each);
    const next = [...others].flatMap((id) => prints.get(id)?.cluster?.story ?? []);
    open = new Set(next.filter((story) => !seen.has(story)));
  }
  return { prints, stories: seen };
}

function memberOf(print: Place, status: Status | undefined): Member | null {
  const { _id, sourceId, at, trust, cluster } = print;
  if (!status || !cluster) return null;
  return {
    _id,
    sourceId,
    at,
    trust,
    cluster,
    status: status.status,
    completeness: status.completeness,
    fieldScore: status.fieldScore ?? 0,
  };
}

export async function moves(
  store: Store,
  wanted: ReadonlyMap<string, Representation>,
  now: Date,
): Promise<ArticleWrite[]> {
  const apart = await differing(store, wanted);
  const articles = await getArticles(
    store,
    apart.map(({ _id }) => _id),
  );
  return [...articles.values()].flatMap((article) => {
    const to = wanted.get(article._id);
    return to && differs(article, to) ? moveTo(article, to, now) : [];
  });
}

/** Skips retracted articles: their story is decided when they are published again. */
async function differing(
  store: Store,
  wanted: ReadonlyMap<string, Representation>,
): Promise<ArticleStatusRow[]> {
  return (await getStatuses(store, [...wanted.keys()])).filter(
    (each) => each.status !== "retracted" && differs(each, wanted.get(each._id)),
  );
}

type Placed = Pick<Article, "duplicateOf" | "storyId" | "origin">;

/** A missing origin alone doesn't count as a difference: older articles have none. */
function differs({ duplicateOf, storyId, origin }: Placed, wanted?: Representation): boolean {
  if (!wanted) return false;
  const other = origin !== undefined && origin?.sourceId !== wanted.origin?.sourceId;
  return storyId !== wanted.storyId || duplicateOf !== wanted.duplicateOf || other;
}

function moveTo(article: Article, to: Representation, at: Date): ArticleWrite {
  const kind = article.duplicateOf === null && to.duplicateOf !== null ? "merged" : "updated";
  return writeOf({ ...article, ...to, version: article.version + 1 }, article, kind, at);
}
