/**
 * Versions of the rules that gave an article what is derived from its text; where rules work on a
 * table (topics, gazetteer) its digest follows the version: `1-4f0c2a91`. The version of the
 * extraction rules is `Article.extractor`.
 */
export interface Derived {
  language: string;
  places: string;
  topics: string;
  relevance: string;
}
