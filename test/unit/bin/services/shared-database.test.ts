import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { claimDataDir } from "../../../../bin/services/claim.ts";
import { shareDatabase, untilOthersAreDone } from "../../../../bin/services/shared-database.ts";
import { testFolder } from "../../../helpers/folder.ts";

const refuse = () => Promise.reject(new Error("the database runs already"));

test("a process that uses the database twice keeps it until it is done with both", async () => {
  const dataDir = await testFolder();
  const claim = await claimDataDir(dataDir, { shared: true });
  await claim.publish({ mongoUrl: "mongodb://127.0.0.1:1", redisUrl: null });
  const [first, second] = [
    await shareDatabase(dataDir, refuse),
    await shareDatabase(dataDir, refuse),
  ];
  await first.release();
  const onWait = vi.fn<() => void>();
  const done = untilOthersAreDone(dataDir, onWait);
  await vi.waitUntil(() => onWait.mock.calls.length > 0, 20_000);
  await second.release();
  await done;
  expect(onWait).toHaveBeenCalledOnce();
  await claim.release();
});

test("a database whose start takes longer than the time limit is used", async () => {
  const dataDir = await testFolder();
  let time = 0;
  const startKeeper = async () => {
    time += 600_000;
    const claim = await claimDataDir(dataDir, { shared: true });
    await claim.publish({ mongoUrl: "mongodb://127.0.0.1:1", redisUrl: null });
  };
  const { url } = await shareDatabase(dataDir, startKeeper, () => time);
  expect(url).toBe("mongodb://127.0.0.1:1");
});

test("a database that another process starts is waited for while that process lives", async () => {
  const dataDir = await testFolder();
  const claim = await claimDataDir(dataDir, { shared: true });
  let time = 0;
  const now = () => (time += 60_000);
  const database = shareDatabase(dataDir, refuse, now);
  await Promise.race([database, vi.waitUntil(() => time > 600_000, 20_000)]);
  await claim.publish({ mongoUrl: "mongodb://127.0.0.1:1", redisUrl: null });
  expect((await database).url).toBe("mongodb://127.0.0.1:1");
});

test("a database that no process keeps running is given up after two minutes", async () => {
  let time = 0;
  const startKeeper = async () => void (time += 50_000);
  const database = shareDatabase(await testFolder(), startKeeper, () => time);
  await expect(database).rejects.toThrow(/did not start within 120 s$/);
  expect(time).toBe(150_000);
});

test("an empty record, left by a command on a full disk, doesn't count for ever", async () => {
  const folder = join(await testFolder(), "run", "users");
  await mkdir(folder, { recursive: true });
  const [gone, running] = [`${2 ** 22 + 1}.a`, `${process.pid}.b`];
  for (const name of [gone, running]) await writeFile(join(folder, name), "");
  const onWait = vi.fn<() => void>();
  const done = untilOthersAreDone(join(folder, "../.."), onWait);
  await vi.waitUntil(() => onWait.mock.calls.length > 0, 20_000);
  expect(await readdir(folder)).toEqual([running]);
  await writeFile(join(folder, running), "another start time");
  await done;
});
