import type { Parser } from "../../articles/reading/parser.ts";
import type { Watching } from "../../crawler/links/shared-entries.ts";
import type { Visitor } from "../../crawler/visit.ts";

/** What a survey stands on. */
export interface SurveyDeps {
  visitor: Visitor;
  /** How the source will name its proxy, where the site has to be asked through one. */
  proxy?: string | undefined;
  parser: Pick<Parser, "survey">;
  product: string;
  now: () => Date;
  /** Keys among the given ones of articles that sources already bring. */
  known(keys: string[]): Promise<ReadonlySet<string>>;
  /** Ids of sources that are there. */
  taken: ReadonlySet<string>;
  /** Sources that are there: who watches this site already is told. */
  watched?: readonly Watching[];
  /** Told what is looked at next. */
  progress(step: string): void;
}
