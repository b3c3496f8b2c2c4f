import { cp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../../config/root.ts";
import type { Store } from "../../../store/store.ts";
import { ASSETS, readAssets } from "../../../web/assets.ts";
import { testFolder } from "../../helpers/folder.ts";
import { makePortal } from "../../helpers/portal.ts";

const FOLDER = join(root, "web/assets/");

let portal: FastifyInstance;
beforeAll(async () => {
  portal = await makePortal({} as Store);
});
afterAll(() => portal?.close());

describe("the path of an asset", () => {
  test("holds a hash that changes with the content", async () => {
    const folder = `${await testFolder()}/`;
    await cp(FOLDER, folder, { recursive: true });
    expect(readAssets(folder)).toEqual(ASSETS);
    await writeFile(`${folder}admin.css`, "body { color: red; }");
    const changed = readAssets(folder);
    expect(changed["admin.css"].path).toMatch(/^\/assets\/admin\.[0-9a-f]{12}\.css$/);
    expect(changed["admin.css"].path).not.toBe(ASSETS["admin.css"].path);
    expect(changed["portal.css"].path).toBe(ASSETS["portal.css"].path);
  });

  test("A file that is missing is named", async () => {
    const folder = `${await testFolder()}/`;
    await cp(FOLDER, folder, { recursive: true });
    await rm(`${folder}point.js`);
    expect(() => readAssets(folder)).toThrow(`${folder}point.js can't be read`);
  });

  test("With the hash of another version there is nothing", async () => {
    for (const path of ["/assets/admin.0123456789ab.css", "/assets/admin.css", "/assets/x"])
      expect((await portal.inject(path)).statusCode).toBe(404);
  });
});

test.each(Object.entries(ASSETS))("%s is for everybody and for good", async (_, asset) => {
  const { statusCode, headers, body } = await portal.inject(asset.path);
  expect([statusCode, headers["content-type"], body]).toEqual([200, asset.type, asset.body]);
  expect(headers["cache-control"]).toBe("public, max-age=31536000, immutable");
  expect(headers["content-security-policy"]).not.toContain("unsafe");
});

test("A style sheet is compressed for who accepts that", async () => {
  const { headers, rawPayload } = await portal.inject({
    url: ASSETS["portal.css"].path,
    headers: { "accept-encoding": "br" },
  });
  expect([headers["content-encoding"], headers["vary"]]).toEqual(["br", "accept-encoding"]);
  expect(rawPayload.length).toBeLessThan(ASSETS["portal.css"].body.length / 3);
});
