import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it, type TestContext } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { Settings } from "../../../config/settings.ts";
import { BROWSER_FLAGS } from "../../../crawler/browser/launch.ts";
import { pythonWith } from "../../helpers/python.ts";
import { isVerify } from "../../helpers/size.ts";

const folder = fileURLToPath(new URL("../../../deploy/browser/", import.meta.url));
const textOf = (name: string) => readFileSync(folder + name, "utf8");
const read = (name: string): unknown => parse(textOf(name));
const address = "ws://127.0.0.1:3003/chromium";
const launched: unknown = expect.arrayContaining(["launch-server", "chromium"]);

interface Setting {
  environment: Record<string, string>;
}

interface Patched {
  kind: string;
  spec: { template: { spec: { containers: { env?: { name: string; value: string }[] }[] } } };
}

const containersOf = (patch: unknown) => (patch as Patched).spec.template.spec.containers;

/** As kustomize puts a patch into an object: lists of what has a name are joined by it. */
function merged(whole: unknown, patch: unknown): unknown {
  if (Array.isArray(whole) && Array.isArray(patch)) {
    const namesOf = (list: unknown[]) =>
      new Map(list.map((one) => [(one as { name: string }).name, one]));
    const own = namesOf(whole);
    for (const [name, one] of namesOf(patch)) own.set(name, merged(own.get(name), one));
    return [...own.values()];
  }
  if (!isObject(whole) || !isObject(patch)) return patch;
  const keys = Object.entries(patch).map(([key, value]) => [key, merged(whole[key], value)]);
  return { ...whole, ...Object.fromEntries(keys) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

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

  it("sets only variables that exist, for the worker", () => {
    const { services } = read("compose.yaml") as { services: { browser: Setting } };
    const [worker] = containersOf(read("chromium.yaml"));
    const set = { ...services.browser.environment };
    for (const { name, value } of worker?.env ?? []) set[name] = value;
    expect(Object.keys(set).filter((name) => !(name in Settings.shape))).toEqual([]);
    expect(Settings.partial().safeParse(set).error).toBeUndefined();
  });

  it("fits the schemas of Kubernetes where it is put into the pod", {
    timeout: 120_000,
  }, (context: TestContext) => {
    // 100 MB of schemas.
    if (!isVerify) context.skip("only with TEST_VERIFY=1");
    const python = pythonWith("kubernetes-validate==1.37.0");
    if (!python) context.skip("kubernetes-validate can't be installed here");
    const pod = parseAllDocuments(textOf("../kubernetes/browser.yaml"), { merge: true })
      .map((document) => document.toJS() as Patched)
      .find(({ kind }) => kind === "Deployment");
    const patched = JSON.stringify(merged(pod, read("chromium.yaml")));
    const program = `
import sys, json, kubernetes_validate as check
document = json.loads(sys.argv[1])
check.validate(document, '1.31', strict=True)
print(len(document['spec']['template']['spec']['containers']))`;
    expect(python(program, patched).trim()).toBe("2");
  });
});
