import type { Collections } from "../../store/store.ts";

type Each = <T>(make: (n: number) => T) => T[];

/** Fills alarms and digests; only a few of them are open or due. */
export async function fillAlarms(
  all: Pick<Collections, "alarms" | "digests">,
  each: Each,
  before: (minutes: number) => Date,
): Promise<void> {
  const trouble = { kind: "source", state: "failing", words: "it is away", todo: null } as const;
  await all.alarms.insertMany(
    each((n) => ({
      ...trouble,
      _id: `source:s${n}:dns`,
      subject: `s${n}`,
      cause: "dns",
      openedAt: before(0),
      tellAt: before(0),
      closedAt: n % 100 === 0 ? null : before(n * 60 + 31 * 24 * 60),
      notified: { opened: true, closed: true },
    })),
  );
  const summary = {
    subject: "",
    text: "",
    opened: [],
    closed: [],
    open: 0,
    tries: 0,
    problem: null,
  };
  await all.digests.insertMany(
    each((n) => {
      const nextTryAt = n % 100 === 0 ? before(1) : null;
      return { ...summary, _id: `d-${n}`, at: before(n * 60), waiting: [], nextTryAt };
    }),
  );
}
