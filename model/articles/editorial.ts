/** How far an article is on its way to readers, and what each means. */
export const EDITORIAL_STATES = {
  new: "waits until an editor looks at it",
  draft: "an editor works on it",
  approved: "ready, until somebody publishes it",
  published: "readers get it",
} as const;

export type EditorialState = keyof typeof EDITORIAL_STATES;

/** The same, including withdrawn ones. */
export const STATES = ["new", "draft", "approved", "published", "withdrawn"] as const;

export type State = (typeof STATES)[number];

/** How far an article is; null when neither editors nor their rules keep it from readers, e.g. one that its publisher took back. */
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

/** The editorial state of an article; missing when it was published by itself. */
export interface Editorial {
  state: EditorialState;
  /** What the rules of `config/editorial.yaml` made of it when it was new. */
  initialState: EditorialState;
  /** An editor said so: then it is shown however relevant it is. */
  isDecided: boolean;
  /** Set while it waits for an editor. */
  waitsSince: Date | null;
}

/** Words that readers get instead of the publisher's. */
export interface Wording {
  title?: string;
  prefix?: string;
  teaser?: string;
}

/** What editors wrote over an article's words, and its translations by language. */
export interface Edited extends Wording {
  translations?: Record<string, Wording>;
}

/** From and until when readers may see an article, by an editor's word. */
export interface Times {
  embargo?: Date;
  expires?: Date;
}

/** What editors wrote, without any teaser: for pages that reserve theirs. */
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

/** An article with its editors' words instead of its publisher's, in the language of a portal if it is translated. */
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

/** That an article was retracted, and by whom. Never inferred from its absence in a list. */
export interface Retraction {
  /** `gone`: 404 or 410 again and again on a healthy host; `publisher`, `editor`: who said so. */
  cause: "gone" | "publisher" | "editor";
  because: string;
  at: Date;
  /** The response that it rests on; null for an editor's word. */
  captureId: string | null;
}

/** `unlisted`: stored and findable by operators, not shown to readers; `Article.unlisted` says why. */
export type ArticleStatus = "published" | "unlisted" | "retracted";
