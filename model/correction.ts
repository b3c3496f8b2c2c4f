/** What an editor says an article is about, and isn't. */
export interface TopicsWord {
  field: "topics";
  add: readonly string[];
  remove: readonly string[];
}

/** What an editor says of the story that an article is in: kept apart from others, or joined with them. */
export interface StoryWord {
  field: "story";
  say: "apart" | "joined";
  /** The other articles. */
  with: readonly string[];
}

/** What an editor says of one field. A further field is a further member, and a case in `workers/correct.ts`. */
export type EditorsWord = TopicsWord | StoryWord;

/** An editor's word over a field of one article: kept for good, and obeyed at every reading until it is undone. */
export interface Correction<Word extends EditorsWord = EditorsWord> {
  _id: string;
  articleId: string;
  word: Word;
  by: string;
  at: Date;
  reason: string;
  /** Set once it no longer holds. */
  undone: { by: string; at: Date; reason: string } | null;
}

/** Whether a correction is about the topics of its article. */
export function isOfTopics(correction: Correction): correction is Correction<TopicsWord> {
  return correction.word.field === "topics";
}

/** Whether a correction is about the story of its article. */
export function isOfStory(correction: Correction): correction is Correction<StoryWord> {
  return correction.word.field === "story";
}

/** What an editor says, in short: `+egov -iot`, `apart from ID`, `joined with ID`. */
export function wordText(word: EditorsWord): string {
  if (word.field === "topics") {
    return [...word.add.map((id) => `+${id}`), ...word.remove.map((id) => `-${id}`)].join(" ");
  }
  return `${word.say === "apart" ? "apart from" : "joined with"} ${word.with.join(", ")}`;
}
