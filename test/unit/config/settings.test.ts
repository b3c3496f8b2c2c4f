import { describe, expect, it } from "vitest";
import { INFO } from "../../../config/setting.ts";
import { Settings } from "../../../config/settings.ts";

const root = new URL("../../../", import.meta.url);

/** What `.env.example` has to say: every setting with its words, switched off. */
function envExample(): string {
  const blocks = Object.entries(Settings.shape).map(([name, schema]) => {
    const info = INFO.get(schema);
    return [`# ${info?.about}`, `# Allowed: ${info?.allowed}`, `#${name}=${info?.fallback ?? ""}`];
  });
  const head = "# Copy to .env, remove the # before a setting to change it.\n\n";
  return `${head}${blocks.map((block) => `${block.join("\n")}\n`).join("\n")}`;
}

describe("settings", () => {
  it("are all explained, each by its own words", () => {
    const words = Object.values(Settings.shape).map((schema) => INFO.get(schema)?.about);
    expect(new Set(words).size).toBe(words.length);
    for (const [name, schema] of Object.entries(Settings.shape)) {
      expect(`${name}: ${INFO.get(schema)?.about}`).toMatch(/\.$/);
    }
  });

  it("are the same in .env.example", async () => {
    await expect(envExample()).toMatchFileSnapshot(new URL(".env.example", root).pathname);
  });

  it("take networks in CIDR form alone as networks that may be fetched from", () => {
    const { NEWSGATHER_ALLOW_NETWORKS: networks } = Settings.shape;
    const takes = (value: string) => networks.safeParse(value).success;
    expect(["10.1.0.0/16", "fd00::/8,10.1.0.0/16"].map(takes)).toEqual([true, true]);
    expect(["10.1.0.0", "10.1.0.0/33", "10.1.0.0/16,all"].map(takes)).toEqual([
      false,
      false,
      false,
    ]);
  });
});
