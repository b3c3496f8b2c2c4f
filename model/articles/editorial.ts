/** The editorial states and what each means. */
export const EDITORIAL_STATES = {
  new: "waits for an editor",
  draft: "an editor works on it",
  approved: "ready, until somebody publishes it",
  published: "readers get it",
} as const;

export type EditorialState = keyof typeof EDITORIAL_STATES;

/** The editorial states, and that of withdrawn articles. */
export const STATES = ["new", "draft", "approved", "published", "withdrawn"] as const;

export type State = (typeof STATES)[number];

/**
 * Returns the editorial state of an article; null if it was retracted by anybody but an editor, or is unlisted for
 * another reason than its editorial state.
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

/** An article's editorial state, and how the article came to it. */
export interface Editorial {
  state: EditorialState;
  /** The state that the rules in `config/editorial.yaml` gave the new article. */
  initialState: EditorialState;
  /** Whether an editor decided the state, so that the article's relevance doesn't count. */
  isDecided: boolean;
  /** Since when the article has been waiting for an editor; null while it isn't. */
  waitsSince: Date | null;
}

/** Texts that readers get instead of the publisher's. */
export interface Wording {
  title?: string;
  prefix?: string;
  teaser?: string;
}

/** The texts that editors wrote for an article, and its translations by language. */
export interface Edited extends Wording {
  translations?: Record<string, Wording>;
}

/** When an article's embargo ends and when the article expires, as an editor set it. */
export interface Times {
  embargo?: Date;
  expires?: Date;
}

/** Returns an editor's texts without their teasers, for pages whose teaser is reserved; null if there are no texts. */
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

/**
 * Returns an article with its editors' texts in place of its publisher's. Texts of a translation into `language`
 * take precedence.
 */
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

/** The retraction of an article. Absence from a list is never a reason for one. */
export interface Retraction {
  /**
   * The cause. `gone`: repeated 404 or 410 responses from a healthy host; `publisher`, `editor`: who retracted the
   * article.
   */
  cause: "gone" | "publisher" | "editor";
  because: string;
  at: Date;
  /** The response that proves the retraction; null for an editor's decision. */
  captureId: string | null;
}

/**
 * Status of an article. An `unlisted` one is stored and visible to operators but not to readers;
 * `Article.unlisted` says why.
 */
export type ArticleStatus = "published" | "unlisted" | "retracted";
