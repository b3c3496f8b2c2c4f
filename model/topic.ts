/** What recognises a topic: keywords by language, and longer phrases in which they don't count. */
export interface TopicRule {
  id: string;
  /** The wider topic that an article of this one also belongs to. */
  parent: string | null;
  /** By primary language subtag; `any` holds in every language. Syntax: docs/topics.md. */
  keywords: Record<string, readonly string[]>;
  negatives: Record<string, readonly string[]>;
}

/** A keyword that was found: where, how often, and its weight there. */
export interface TopicHit {
  keyword: string;
  where: "title" | "lead" | "text";
  times: number;
  weight: number;
}

/** Why an article has a topic; `score` is 0 where no word of the article speaks for it. */
export interface TopicVerdict {
  id: string;
  score: number;
  because: "keywords" | "declared" | "narrower topic" | "editor";
  hits: TopicHit[];
  /** The article's narrower topics that bring it along. */
  narrower?: string[];
}

/** How much an article belongs on the portal, 0 to 1, with what each ground adds to it. */
export interface Relevance {
  score: number;
  /** What the source asks for; under it the article is stored but not listed. */
  min: number;
  parts: { topics: number; declared: number; place: number; trust: number };
}
