import { beforeEach, describe, expect, test } from "vitest";
import { type Claim, claimDataDir } from "../../../../bin/services/claim.ts";
import { runningInstance, serviceAddresses } from "../../../../bin/services/use.ts";
import { testFolder } from "../../../helpers/folder.ts";

const EXTERNAL = { mongoUrl: "mongodb://db.example", redisUrl: "redis://redis.example" };
const OWN = { mongoUrl: "mongodb://127.0.0.1:1", redisUrl: "redis://127.0.0.1:2" };
const NOTHING = { mongoUrl: null, redisUrl: null };

let dataDir: string;
beforeEach(async () => {
  dataDir = await testFolder();
});

async function whileOwned<T>(
  what: { shared: boolean; mongoUrl: string; redisUrl: string | null },
  use: () => Promise<T>,
): Promise<T> {
  const { shared, ...urls } = what;
  const claim: Claim = await claimDataDir(dataDir, { shared });
  try {
    await claim.publish(urls);
    return await use();
  } finally {
    await claim.release();
  }
}

describe("while Newsgather runs in the data folder", () => {
  test.each([
    ["both services", NOTHING, OWN],
    ["Redis", { ...NOTHING, mongoUrl: EXTERNAL.mongoUrl }, { ...OWN, mongoUrl: EXTERNAL.mongoUrl }],
    [
      "the database",
      { ...NOTHING, redisUrl: EXTERNAL.redisUrl },
      { ...OWN, redisUrl: EXTERNAL.redisUrl },
    ],
  ])("commands use %s that it started", async (_, configured, addresses) => {
    const config = { ...configured, dataDir };
    await whileOwned({ shared: false, ...addresses }, async () => {
      expect(await serviceAddresses(config)).toEqual(addresses);
      expect(await runningInstance(config)).toEqual(addresses);
    });
  });

  test("with another database, its workers aren't those of this one", async () => {
    const config = { ...NOTHING, mongoUrl: "mongodb://other.example", dataDir };
    await whileOwned({ shared: false, ...OWN }, async () => {
      expect(await serviceAddresses(config)).toBeNull();
      expect(await runningInstance(config)).toBeNull();
    });
  });

  test("with both services external, it isn't known whether workers run", async () => {
    const config = { ...EXTERNAL, dataDir };
    await whileOwned({ shared: false, ...EXTERNAL }, async () => {
      expect(await serviceAddresses(config)).toEqual(EXTERNAL);
      expect(await runningInstance(config)).toBeNull();
    });
  });
});

test("a database that runs only for commands isn't a running Newsgather", async () => {
  const config = { mongoUrl: null, redisUrl: EXTERNAL.redisUrl, dataDir };
  await whileOwned({ shared: true, mongoUrl: OWN.mongoUrl, redisUrl: null }, async () => {
    expect(await serviceAddresses(config)).toBeNull();
    expect(await runningInstance(config)).toBeNull();
  });
});

test("without Newsgather, a service that isn't external is missing", async () => {
  expect(await serviceAddresses({ ...EXTERNAL, redisUrl: null, dataDir })).toBeNull();
  expect(await serviceAddresses({ ...EXTERNAL, mongoUrl: null, dataDir })).toBeNull();
});
