import { beforeAll, describe, expect, test } from "vitest";
import { type Soaked, soak } from "../../../bench/soak/run.ts";
import { soakTable } from "../../../bench/soak/table.ts";
import { MINUTE_MS } from "../../../lib/time.ts";
import { measured } from "../../helpers/measured.ts";
import { isVerify } from "../../helpers/size.ts";

const MINUTES = 20;
/** Share by which a part may use more in the last third than in the second. */
const GROWTH = 0.1;

describe.runIf(isVerify)(`${MINUTES} minutes of a steady load`, () => {
  let soaked: Soaked;
  beforeAll(
    async () => {
      soaked = await soak({ minutes: MINUTES, seed: 1, note: () => {} });
      measured(`\n${soakTable(soaked)}`);
    },
    2 * MINUTES * MINUTE_MS,
  );

  test("everything is stored once", () => {
    const { expected, lost, doubled, problems } = soaked;
    expect(expected).toBeGreaterThan(1000);
    expect({ lost, doubled, problems }).toEqual({ lost: 0, doubled: 0, problems: [] });
  });

  test("no part grows in memory, and none gains descriptors or processes", () => {
    const names = soaked.trends.map(({ part }) => part);
    const parts = ["http", "browser", "scheduler", "api", "database", "redis", "chromium"];
    expect(names).toEqual(expect.arrayContaining(parts));
    const grown = soaked.trends.filter(({ second, last }) =>
      (["memory", "descriptors", "processes"] as const).some(
        (key) => last[key] > second[key] * (1 + GROWTH),
      ),
    );
    expect(grown).toEqual([]);
  });
});
