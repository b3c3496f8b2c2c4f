// Made from the OpenAPI document by `npm run client:types`; a test holds the two equal.

export type Listed = Item & {
  story: Story;
};
export type Article = Item & {
  text: string | null;
  /**
   * Whether `text` is null, usually because the publisher's rights don't allow it to be shown
   */
  textWithheld: boolean;
  /**
   * The statements behind `rights`: what each says, and where and when it was found
   */
  signals: {
    /**
     * The specification that the statement follows
     */
    format:
      | "robots-directive"
      | "tdmrep"
      | "odrl"
      | "content-signal"
      | "content-usage"
      | "rsl"
      | "schema.org";
    /**
     * Where the statement was found
     */
    place:
      "robots.txt" | "header" | "meta" | "link" | "licence" | "tdmrep.json" | "policy" | "json-ld";
    /**
     * The statement, in the format of its specification
     */
    text: string;
    /**
     * URL of the file or page that contains the statement
     */
    url: string;
    seenAt: string;
    allows?: ("search" | "full-text" | "archive" | "analysis" | "ai-input" | "ai-train")[];
    denies?: ("search" | "full-text" | "archive" | "analysis" | "ai-input" | "ai-train")[];
    maxCharacters?: number;
    maxImagePreview?: "none" | "standard";
    noImageAi?: true;
    unavailableAfter?: string;
    terms?: string;
  }[];
  /**
   * Effective reservations of the publisher, e.g. noarchive, nosnippet, tdm
   */
  reservations: string[];
  siteName: string | null;
  canonicalUrl: string | null;
  isAccessibleForFree: boolean | null;
  publishedPrecision: ("day" | "instant" | "assumed-zone") | null;
  /**
   * Version of the extraction rules
   */
  extractor: string;
  /**
   * Versions of the rules that classified the article
   */
  derived: {
    language: string;
    places: string;
    topics: string;
    relevance: string;
  };
  /**
   * Completeness and confidence of the article's fields, 0 to 1
   */
  fieldScore: number;
  /**
   * The reasons for each topic: the keywords found, where and how often, and their weight
   */
  topicEvidence: {
    id: string;
    score: number;
    because: "keywords" | "declared" | "narrower topic" | "editor";
    narrower?: string[];
    hits: {
      keyword: string;
      where: "title" | "lead" | "text";
      times: number;
      weight: number;
    }[];
  }[];
  relevance: {
    /**
     * How relevant the article is for the portal, 0 to 1
     */
    score: number;
    /**
     * The minimum score that the source requires
     */
    min: number;
    parts: {
      topics: number;
      declared: number;
      place: number;
      trust: number;
    };
  } | null;
  /**
   * The article's place and the words that name it
   */
  placeEvidence: {
    country: string | null;
    region: {
      /**
       * ISO 3166-2
       */
      code: string | null;
      name: string;
    } | null;
    city: string | null;
    /**
     * 0 to 1
     */
    confidence: number;
    because: {
      country: ("title prefix" | "mentioned" | "source") | null;
      region: ("title prefix" | "mentioned" | "source") | null;
    };
    hits: {
      field: "title" | "dateline" | "text";
      /**
       * UTF-16 offset: in the title if `field` is title, otherwise in the text
       */
      start: number;
      end: number;
      matched: string;
      place: {
        kind: "country" | "region" | "city";
        country: string;
        region: string | null;
        name: string;
      };
      weight: number;
      notes: string[];
    }[];
  } | null;
  evidence: {
    [k: string]: {
      rule: string;
      seen: string | null;
      confidence: number;
      removed?: {
        rule: string;
        seen: string;
      }[];
      /**
       * Language signals that disagree with the result
       */
      against?: {
        witness: string;
        says: string;
      }[];
    };
  };
  story: Story;
};

export interface Api {
  "GET /v1/articles": {
    query: {
      source?: string;
      topic?: string;
      /**
       * ISO 3166-1, e.g. DE
       */
      country?: string;
      /**
       * Language code, e.g. de
       */
      language?: string;
      /**
       * Only articles in this view
       */
      view?: string;
      /**
       * Only articles since this time: e.g. 7d (7 days ago), yesterday, today, 2026-11, 2026-11-28 or 2026-11-28T09:30:00Z (Z means UTC)
       */
      since?: string;
      /**
       * Only articles until this time; a day, month or year (in UTC) is included in full: `until=2026-11`
       */
      until?: string;
      limit?: number;
      /**
       * `next_cursor` of the previous page
       */
      cursor?: string;
    };
    answer: {
      items: Listed[];
      next_cursor: string | null;
      has_more: boolean;
    };
    problem: ProblemDetails;
  };
  "GET /v1/articles/{id}": {
    answer: Article;
    problem: ProblemDetails;
  };
  "GET /v1/snapshot": {
    query: {
      /**
       * `next_cursor` of the previous page
       */
      cursor?: string;
      limit?: number;
      /**
       * Ids of sources, separated by commas; an article must match one of them: `berlin,hamburg`
       */
      source?: string;
      /**
       * Ids of topics, separated by commas; an article must match one of them: `smart-city,egov`
       */
      topic?: string;
      /**
       * ISO 3166-1 codes, separated by commas; an article must match one of them: `DE,AT`
       */
      country?: string;
      /**
       * ISO 3166-2 codes, separated by commas; an article must match one of them: `DE-BE,DE-HH`
       */
      region?: string;
      /**
       * English names of cities, as in items, separated by commas; an article must match one of them: `Berlin,Hamburg`
       */
      city?: string;
      /**
       * Language codes, separated by commas; an article must match one of them: `de,en`
       */
      language?: string;
      /**
       * Lowest relevance of an article, 0 to 1
       */
      relevance?: number;
      /**
       * `false`: leave out copies of other articles; an article that becomes a copy arrives as `retracted`
       */
      copies?: "true" | "false";
      /**
       * Id of a view to use instead of a filter
       */
      view?: string;
    };
    answer: {
      items: Item[];
      next_cursor: string | null;
      has_more: boolean;
      /**
       * The cursor from which to continue with `/v1/changes` after the snapshot; the same on every page
       */
      changes_cursor: string;
    };
    problem: ProblemDetails;
  };
  "GET /v1/changes": {
    query: {
      /**
       * `next_cursor` of the previous page, or `latest` for only new changes; default: from the first change of the stream
       */
      cursor?: string;
      limit?: number;
      /**
       * Seconds to wait for a change before answering
       */
      wait?: number;
      /**
       * Ids of sources, separated by commas; an article must match one of them: `berlin,hamburg`
       */
      source?: string;
      /**
       * Ids of topics, separated by commas; an article must match one of them: `smart-city,egov`
       */
      topic?: string;
      /**
       * ISO 3166-1 codes, separated by commas; an article must match one of them: `DE,AT`
       */
      country?: string;
      /**
       * ISO 3166-2 codes, separated by commas; an article must match one of them: `DE-BE,DE-HH`
       */
      region?: string;
      /**
       * English names of cities, as in items, separated by commas; an article must match one of them: `Berlin,Hamburg`
       */
      city?: string;
      /**
       * Language codes, separated by commas; an article must match one of them: `de,en`
       */
      language?: string;
      /**
       * Lowest relevance of an article, 0 to 1
       */
      relevance?: number;
      /**
       * `false`: leave out copies of other articles; an article that becomes a copy arrives as `retracted`
       */
      copies?: "true" | "false";
      /**
       * Id of a view to use instead of a filter
       */
      view?: string;
    };
    answer: {
      items: Change[];
      next_cursor: string;
      has_more: boolean;
    };
    problem: ProblemDetails;
  };
  "POST /v1/consumers/{name}/lease": {
    body: {
      limit?: number;
      /**
       * Length of the lease in seconds; until its end, nobody else can lease changes
       */
      seconds?: number;
      /**
       * Seconds to wait for a change
       */
      wait?: number;
    };
    answer: {
      /**
       * null if there are no changes to acknowledge
       */
      lease: string | null;
      until: string | null;
      items: Change[];
    };
    problem: ProblemDetails;
  };
  "POST /v1/consumers/{name}/ack": {
    body: {
      lease: string;
      /**
       * The last change that you processed; default: the last of the lease. Later changes are leased again
       */
      seq?: number;
    };
    answer: {
      seq: number;
    };
    problem: ProblemDetails;
  };
}
export interface Item {
  id: string;
  version: number;
  status: "published" | "retracted";
  /**
   * The original at the publisher
   */
  url: string;
  title: string;
  /**
   * The article's place, to show before the title: `CC: Region: ` or `CC: `; empty if it is unknown
   */
  prefix: string;
  teaser: string | null;
  /**
   * Names of persons
   */
  authors: string[];
  /**
   * Organisations named in the byline, such as an agency or a press office
   */
  organisations?: string[];
  sourceId: string;
  publishedAt: string | null;
  modifiedAt: string | null;
  firstSeenAt: string;
  /**
   * The time by which lists are sorted: publication or, if unknown, firstSeenAt
   */
  sortAt: string;
  /**
   * Day of sortAt in the portal's time zone
   */
  day: string;
  language: string | null;
  country: string | null;
  /**
   * First-level region, in English
   */
  region: string | null;
  /**
   * ISO 3166-2
   */
  regionCode?: string | null;
  city?: string | null;
  topics: string[];
  section: string | null;
  tags: string[];
  /**
   * null if there is no image, or if the publisher's rights don't allow showing the image
   */
  image: {
    url: string;
    alt: string | null;
  } | null;
  duplicateOf: string | null;
  storyId: string;
  /**
   * How complete the article is: announced (only what the source's feed, sitemap or list says), partial (only the free part), full
   */
  completeness: "announced" | "partial" | "full";
  /**
   * Why the article isn't complete, e.g. paywall, blocked, robots; null if the article is complete or its page wasn't fetched yet
   */
  incompleteReason: string | null;
  wordCount: number | null;
  /**
   * How relevant the article is for the portal, 0 to 1
   */
  relevanceScore?: number | null;
  /**
   * What the publisher allows and reserves; null if the publisher states nothing
   */
  rights: {
    /**
     * Uses that the publisher allows
     */
    allows: ("search" | "full-text" | "archive" | "analysis" | "ai-input" | "ai-train")[];
    /**
     * Uses that the publisher reserves
     */
    denies: ("search" | "full-text" | "archive" | "analysis" | "ai-input" | "ai-train")[];
    /**
     * Maximum number of characters of an excerpt, or of input for a model; null: not limited
     */
    maxCharacters: number | null;
    /**
     * Maximum size at which images may be shown; missing: not limited
     */
    maxImagePreview?: "none" | "standard";
    /**
     * The images must not be used as input for generative models, nor to train such models
     */
    noImageAi?: true;
    /**
     * Time from which the article must not be used for anything; null: no such time
     */
    unavailableAfter: string | null;
    /**
     * URLs of licences, policies and contacts
     */
    terms: string[];
  } | null;
  /**
   * Credit line that the publisher asks for
   */
  credit: string | null;
  /**
   * Fields that an editor changed: title, prefix, teaser
   */
  edited: string[];
  /**
   * Editors' translations by language
   */
  translations: {
    [k: string]: {
      title?: string;
      prefix?: string;
      teaser?: string;
    };
  };
  /**
   * Until when the item is pinned to the top of its lists; null if the item isn't pinned
   */
  pinnedUntil: string | null;
}
export interface Story {
  /**
   * Id of the story; the id of any of its articles works too
   */
  id: string;
  /**
   * Id of the article that represents the story
   */
  representative: string;
  /**
   * Number of sources in the story, including the source of this article
   */
  sources: number;
  articles: number;
  /**
   * Why the article is in its story; null for the article that began the story
   */
  because: {
    kind:
      | "same text"
      | "similar"
      | "excerpt"
      | "same id"
      | "same title"
      | "same event"
      | "joined by an editor";
    /**
     * Id of the other article
     */
    with: string;
    /**
     * How similar the two articles are, 0 to 1
     */
    score: number;
    /**
     * For `same event`: rare words, names and numbers that both articles contain
     */
    terms: string[];
    /**
     * The reason in words: `similar to ID, 0.91`
     */
    text: string;
  } | null;
}
export interface ProblemDetails {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  request_id: string;
}
export interface Change {
  /**
   * Number of the change. Numbers increase; changes of articles that you can't see are left out
   */
  seq: number;
  /**
   * With a filter, an article that begins to match is `created`, and one that no longer matches is `retracted`
   */
  kind: "created" | "updated" | "retracted" | "merged";
  articleId: string;
  version: number;
  at: string;
  /**
   * What changed in the article; null if headline and text are the same. `because` is null if the reason would quote reserved text
   */
  revision: {
    revision: number;
    kind:
      | "first"
      | "typo"
      | "update"
      | "correction"
      | "headline"
      | "reading"
      | "retraction"
      | "reinstatement";
    because: string | null;
  } | null;
  /**
   * null when the article was retracted
   */
  item: Item | null;
}
