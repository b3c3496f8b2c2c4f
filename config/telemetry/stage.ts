/** What takes time on an article's way; the values of the label `stage`. `docs/observability.md` says what each is. */
export type Stage =
  | "fetch"
  | "render"
  | "discover"
  | "extract"
  | "classify"
  | "commit"
  | "dedupe"
  | "store"
  | "publish";

/** Runs a stage's work; the clock starts anew where the work calls `restart`. */
export type TimeStage = <T>(stage: Stage, work: (restart: () => void) => Promise<T>) => Promise<T>;

/** Times nothing. */
export const untimed: TimeStage = (_stage, work) => work(() => {});
