import { Queue } from "bullmq";
import { within } from "../../lib/async.ts";
import { connect, keyPrefix } from "../../queues/producer.ts";
import { PIPELINE } from "../../queues/queues.ts";
import type { Stage } from "./stage.ts";
import { until } from "./wave.ts";

const REDIS_TIMEOUT_MS = 5000;

export function jobsInVain(stage: Stage): Promise<string[]> {
  return eachQueue(stage, async (queue) => {
    if (queue.name === "schedule") return [];
    const { active = 0, waiting = 0 } = await queue.getJobCounts("active", "waiting");
    const counts = `${waiting} jobs that wait and ${active} at work`;
    return active + waiting > 0 ? [`queue ${queue.name} has ${counts}`] : [];
  });
}

/**
 * Waits until every job that waits or runs now has ended, was postponed or was started again.
 * Describes the jobs that did none of these before `isLate` returned true.
 */
export async function stuckJobs(stage: Stage, isLate: () => boolean): Promise<string[]> {
  let left: string[] | null = null;
  const haveMoved = async () => {
    const now = await eachQueue(stage, startsOf);
    left = left?.filter((start) => now.includes(start)) ?? now;
    return left.length === 0;
  };
  if (await until(haveMoved, isLate)) return [];
  return (left ?? ["the queues can't be read"]).map((start) => `stuck: ${start}`);
}

async function startsOf(queue: Queue): Promise<string[]> {
  const states = await Promise.all(
    (["active", "waiting"] as const).map(async (state) => {
      const jobs = await queue.getJobs([state]);
      return jobs.filter(Boolean).map(({ id, timestamp, attemptsStarted }) => {
        const since = new Date(timestamp).toISOString();
        return `${state} job ${id} of queue ${queue.name}, made ${since}, start ${attemptsStarted}`;
      });
    }),
  );
  return states.flat();
}

async function eachQueue(
  { running }: Stage,
  find: (queue: Queue) => Promise<string[]>,
): Promise<string[]> {
  const connection = connect(running.redisUrl, { maxRetriesPerRequest: 1 });
  const findAll = PIPELINE.map(async ({ name }) => {
    const prefix = keyPrefix("newsgather", name);
    const queue = new Queue(name, { connection, prefix, skipVersionCheck: true });
    queue.on("error", () => {});
    return find(queue);
  });
  try {
    // A queue waits for its Redis for ever, but a restarted Redis has another port.
    return (await within(REDIS_TIMEOUT_MS, Promise.all(findAll), "reading the queues")).flat();
  } finally {
    connection.disconnect();
  }
}
