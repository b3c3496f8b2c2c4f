import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  checkClock,
  checkDataDir,
  checkNode,
  checkPlatform,
  checkPort,
  checkSettings,
  checkSources,
} from "../../../../../bin/commands/run/doctor/checks.ts";
import { loadConfig } from "../../../../../config/env.ts";
import { testFolder } from "../../../../helpers/folder.ts";

describe("doctor", () => {
  it("wants a Node that the dependencies run on", () => {
    expect(checkNode("v20.18.9").level).toBe("fail");
    expect(checkNode("v20.19.0").level).toBe("ok");
    expect(checkNode("v24.0.0").level).toBe("ok");
    expect(checkPlatform("darwin", "arm64")).toMatchObject({ level: "warn" });
  });

  it("asks for a contact", () => {
    expect(checkSettings(loadConfig({})).next).toContain("NEWSGATHER_CONTACT");
    const contact = loadConfig({ NEWSGATHER_CONTACT: "desk@portal.example" });
    expect(checkSettings(contact).level).toBe("ok");
  });

  it("notices a clock that is years behind", () => {
    expect(checkClock(new Date("2001-01-01T00:00:00Z")).level).toBe("fail");
  });

  it("fails on a data folder that can't be one", async () => {
    const file = join(await testFolder(), "file");
    await writeFile(file, "");
    expect(await checkDataDir(join(file, "data"))).toMatchObject({ level: "fail" });
  });

  it("points to the first mistake in the sources, and to an empty folder", async () => {
    const dir = await testFolder();
    expect(await checkSources(dir)).toMatchObject({ level: "warn" });
    await writeFile(
      join(dir, "a1.yaml"),
      "id: a1\nname: A\nfeeds: [https://a.example/]\ntopics: [no]\n",
    );
    const found = await checkSources(dir);
    expect(found.level).toBe("fail");
    expect(found.found).toContain("a1.yaml:4:10: topics.0");
    expect(await checkSources(join(dir, "nowhere"))).toMatchObject({ level: "fail" });
  });

  it("minds a taken port only when the operator chose it", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const listen = { host: "127.0.0.1", port };
    expect((await checkPort({ ...listen, chosen: true })).level).toBe("warn");
    expect((await checkPort({ ...listen, chosen: false })).level).toBe("ok");
    server.close();
  });
});
