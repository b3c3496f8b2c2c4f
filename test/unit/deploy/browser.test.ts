import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { BROWSER_FLAGS } from "../../../fetch/browser-flags.ts";

const folder = fileURLToPath(new URL("../../../deploy/browser/", import.meta.url));
const read = (name: string): unknown => parse(readFileSync(folder + name, "utf8"));
const address = "ws://127.0.0.1:3003/chromium";
const launched: unknown = expect.arrayContaining(["launch-server", "chromium"]);

describe("deploy/browser", () => {
  it("starts Chromium as a worker does, with no way out but the one that each context names", () => {
    expect(read("server.json")).toMatchObject({
      host: "127.0.0.1",
      port: 3003,
      wsPath: "/chromium",
      chromiumSandbox: true,
      proxy: { server: "http://127.0.0.1:9", bypass: "<-loopback>" },
      args: BROWSER_FLAGS,
    });
  });

  it("has it beside the worker that drives it in compose, and in its pod", () => {
    const { browser, chromium } = (
      read("compose.yaml") as { services: Record<string, Record<string, unknown>> }
    ).services;
    expect(browser?.["environment"]).toEqual({ NEWSGATHER_BROWSER_WS: address });
    expect(chromium).toMatchObject({
      network_mode: "service:browser",
      command: launched,
      read_only: true,
      cap_drop: ["ALL"],
      volumes: ["./deploy/browser/server.json:/app/server.json:ro"],
    });

    const patch = read("chromium.yaml");
    expect(patch).toMatchObject({
      metadata: { name: "newsgather-browser" },
      spec: {
        template: {
          spec: {
            containers: [
              { name: "newsgather", env: [{ name: "NEWSGATHER_BROWSER_WS", value: address }] },
              {
                name: "chromium",
                args: launched,
                securityContext: {
                  allowPrivilegeEscalation: false,
                  readOnlyRootFilesystem: true,
                  capabilities: { drop: ["ALL"] },
                },
              },
            ],
          },
        },
      },
    });
    const kustomization = read("kustomization.yaml") as { resources: string[] };
    expect(kustomization).toMatchObject({
      patches: [{ path: "chromium.yaml" }],
      configMapGenerator: [{ files: ["server.json"] }],
    });
    for (const name of kustomization.resources) expect(existsSync(folder + name)).toBe(true);
  });
});
