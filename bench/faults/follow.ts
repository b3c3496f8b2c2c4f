import { type Reading, readOn, streamProblems, unread } from "../../test/helpers/outcome.ts";
import type { Stage } from "./stage.ts";
import { until, type Wave } from "./wave.ts";

export interface Follower {
  /**
   * Reads to the end of the stream, and gives up once `isLate` returns true. Describes gaps and
   * duplicates since the last call.
   */
  readOn(isLate: () => boolean): Promise<string[]>;
  /**
   * Waits until the stream contains each article of a wave in its latest version. Describes the
   * missing articles.
   */
  untilTold(wave: Wave, isLate: () => boolean): Promise<string[]>;
  /** Reads the whole stream again. Describes errors, and differences from the first reading. */
  readAgain(): Promise<string[]>;
}

export function followStream(stage: Stage): Follower {
  const reading: Reading = unread();
  let told = 0;
  let turn: Promise<unknown> = Promise.resolve();
  const next = (): Promise<true> => {
    const read = turn.then(() => readOn(stage.running.store, reading));
    turn = read.catch(() => {});
    return read.then(() => true);
  };
  return {
    async readOn(isLate) {
      if (!(await until(next, isLate))) return ["the stream can't be read"];
      const since = reading.problems.slice(told);
      told = reading.problems.length;
      return since;
    },
    async untilTold({ ids }, isLate) {
      let untold = ["the articles can't be read"];
      const isTold = async () => {
        const { articles } = stage.running.store.collections;
        const stored = await articles
          .find({ sourceId: { $in: ids } }, { projection: { version: 1 } })
          .toArray();
        await next();
        const behind = stored.filter(({ _id, version }) => reading.versions.get(_id) !== version);
        untold = behind.map(
          ({ _id, version }) => `version ${version} of ${_id} isn't in the stream`,
        );
        return untold.length === 0;
      };
      return (await until(isTold, isLate)) ? [] : untold;
    },
    async readAgain() {
      const { store } = stage.running;
      const again = unread();
      await next();
      const problems = await streamProblems(store, again);
      if (again.seq === reading.seq && again.digest !== reading.digest) {
        problems.push("the stream isn't what it was when it was read first");
      }
      return problems;
    },
  };
}
