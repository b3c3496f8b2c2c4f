import { type ClassifyInput, classify } from "../../articles/classify/classify.ts";
import { topicMatcher } from "../../articles/classify/topics/matcher.ts";
import { shippedPlaces } from "./places.ts";

const NO_RULES = topicMatcher([]);

interface Input extends Pick<ClassifyInput, "title">, Partial<Pick<ClassifyInput, "topics">> {
  source: Partial<ClassifyInput["source"]>;
  fields: Partial<ClassifyInput["fields"]>;
}

/** Classifies an article with the shipped gazetteer and, unless `topics` is given, no keywords. */
export function classifyAs({ title, source, fields, topics = NO_RULES }: Input) {
  return classify({
    title,
    source: { topics: [], ...source },
    fields: { language: null, teaser: null, text: null, ...fields },
    topics,
    places: shippedPlaces(),
  });
}
