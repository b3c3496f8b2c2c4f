/** The editorial states, each with its meaning as shown to editors. */
export const EDITORIAL_STATES = {
  new: "waits for an editor",
  draft: "an editor works on it",
  approved: "ready, until somebody publishes it",
  published: "readers get it",
} as const;

export type EditorialState = keyof typeof EDITORIAL_STATES;

export const STATES = ["new", "draft", "approved", "published", "withdrawn"] as const;

export type State = (typeof STATES)[number];

/**
 * Returns an article's editorial state, or `withdrawn` if an editor retracted the article. Null if
 * it was retracted or hidden for another reason.
 */
export function stateOf({
  status,
  editorial,
  retraction,
}: {
  status: ArticleStatus;
  editorial?: Editorial | null;
  retraction?: Retraction | null;
}): State | null {
  if (retraction?.cause === "editor") return "withdrawn";
  if (status !== "unlisted") return status === "published" ? "published" : null;
  return editorial && editorial.state !== "published" ? editorial.state : null;
}

/** The editorial state of an article, and whether the rules or an editor set it. */
export interface Editorial {
  state: EditorialState;
  /** The state that the rules in `config/editorial.yaml` gave the article when it was new. */
  initialState: EditorialState;
  /** Whether an editor set the state, which then overrides relevance and completeness. */
  isDecided: boolean;
  /** When the article began to wait for publication; null once it is published. */
  waitsSince: Date | null;
}

/** Texts that readers get instead of the publisher's. */
export interface Wording {
  title?: string;
  prefix?: string;
  teaser?: string;
}

/** The texts that editors wrote for an article, and editors' translations by language. */
export interface Edited extends Wording {
  translations?: Record<string, Wording>;
}

export interface Times {
  embargo?: Date;
  expires?: Date;
}

/** Returns editors' texts without teasers, for articles of which no excerpt is allowed. */
export function withoutTeaser(edited: Edited | null | undefined): Edited | null {
  if (!edited) return null;
  const { teaser: _, translations = {}, ...rest } = edited;
  const silent = Object.entries(translations).map(([language, { teaser: __, ...words }]) => [
    language,
    words,
  ]);
  return { ...rest, translations: Object.fromEntries(silent) as Record<string, Wording> };
}

interface Words {
  title: string;
  prefix: string;
  teaser: string | null;
  edited?: Edited | null;
}

/** Replaces the publisher's texts with editors' texts, preferably those in `language`. */
export function asEdited<T extends Words>(article: T, language?: string): T {
  const { edited } = article;
  if (!edited) return article;
  const { translations, ...own } = edited;
  const foreign = language === undefined ? undefined : translations?.[language];
  const { title, prefix, teaser } = { ...own, ...foreign };
  return {
    ...article,
    ...(title !== undefined && { title }),
    ...(prefix !== undefined && { prefix }),
    ...(teaser !== undefined && { teaser }),
  };
}

/** Why an article is retracted. Its disappearance from a list is never the reason. */
export interface Retraction {
  /**
   * `gone`: repeated 404 or 410 from a host that otherwise works; for an article known only from
   * its announcement, the first 404 or 410. Otherwise, who retracted it.
   */
  cause: "gone" | "publisher" | "editor";
  because: string;
  at: Date;
  /** Id of the response that proves the retraction; null for an editor's decision. */
  captureId: string | null;
}

/** Whether readers can see an article. If `unlisted`, the reason is in `Article.unlisted`. */
export type ArticleStatus = "published" | "unlisted" | "retracted";
