import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it, type TestContext } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { z } from "zod";
import { Settings } from "../../../config/settings.ts";
import { ROLES } from "../../../queues/pipeline.ts";
import { pythonWith } from "../../helpers/python.ts";
import { isVerify } from "../../helpers/size.ts";

const folder = fileURLToPath(new URL("../../../deploy/kubernetes/", import.meta.url));
const files = readdirSync(folder)
  .filter((name) => name.endsWith(".yaml") && name !== "kustomization.yaml")
  .toSorted();
const documents = files.flatMap((name) =>
  parseAllDocuments(readFileSync(folder + name, "utf8"), { merge: true }).map(
    (document) => document.toJS() as { kind: string; metadata: { name: string } },
  ),
);
const of = (kind: string) => documents.filter((document) => document.kind === kind);

const Probe = z.object({ httpGet: z.object({ path: z.string(), port: z.string() }) });
const Deployment = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    template: z.object({
      spec: z.object({
        securityContext: z.object({ runAsNonRoot: z.literal(true), runAsUser: z.literal(1000) }),
        terminationGracePeriodSeconds: z.number().min(30),
        containers: z.tuple([
          z.object({
            image: z.literal("newsgather"),
            args: z.tuple([z.literal("start"), z.literal("--role"), z.string()]),
            ports: z.array(z.object({ name: z.string() })),
            startupProbe: Probe,
            livenessProbe: Probe,
            readinessProbe: Probe,
            resources: z.object({ requests: z.object({}), limits: z.object({}) }),
            securityContext: z.object({
              allowPrivilegeEscalation: z.literal(false),
              readOnlyRootFilesystem: z.literal(true),
              capabilities: z.object({ drop: z.tuple([z.literal("ALL")]) }),
            }),
          }),
        ]),
      }),
    }),
  }),
});
const deployments = of("Deployment").map((document) => Deployment.parse(document));
const containers = deployments.map(({ spec }) => spec.template.spec.containers[0]);

describe("deploy/kubernetes", () => {
  it("runs each role, confined and probed, at ports that it has", () => {
    const roles = containers.map(({ args }) => args[2]);
    expect(roles.toSorted()).toEqual(Object.keys(ROLES).toSorted());
    for (const { ports, startupProbe, livenessProbe, readinessProbe } of containers) {
      const names = ports.map(({ name }) => name);
      for (const { httpGet } of [startupProbe, livenessProbe, readinessProbe]) {
        expect(names).toContain(httpGet.port);
      }
      expect(readinessProbe.httpGet.path).toBe("/readyz");
      expect(livenessProbe.httpGet.path).toBe("/healthz");
    }
  });

  it("keeps a budget for each, and sets only variables that exist", () => {
    const budgets = of("PodDisruptionBudget").map(({ metadata }) => metadata.name);
    expect(budgets).toEqual(deployments.map(({ metadata }) => metadata.name));
    const [config] = of("ConfigMap") as unknown as { data: Record<string, string> }[];
    const raw = config?.data ?? {};
    expect(Object.keys(raw).filter((name) => !(name in Settings.shape))).toEqual([]);
    expect(Settings.partial().safeParse(raw).error).toBeUndefined();
  });

  it("keeps exports where every replica of the portal finds them", () => {
    const api = readFileSync(`${folder}api.yaml`, "utf8");
    expect(api).toContain("mountPath: /data/exports");
    const claims = of("PersistentVolumeClaim") as unknown as {
      spec: { accessModes: string[] };
    }[];
    expect(claims.map(({ spec }) => spec.accessModes)).toEqual([["ReadWriteMany"]]);
  });

  it("is listed whole in the kustomization", () => {
    const { resources } = parse(readFileSync(`${folder}kustomization.yaml`, "utf8")) as {
      resources: string[];
    };
    expect(resources.toSorted()).toEqual(files);
  });

  it("fits the schemas of Kubernetes, with no field that it doesn't know", {
    timeout: 120_000,
  }, (context: TestContext) => {
    // 100 MB of schemas.
    if (!isVerify) context.skip("only with NEWSGATHER_VERIFY=1");
    const python = pythonWith("kubernetes-validate==1.37.0");
    if (!python) context.skip("kubernetes-validate can't be installed here");
    const program = `
import sys, yaml, kubernetes_validate as check
for name in sys.argv[1:]:
    for document in yaml.safe_load_all(open(name)):
        check.validate(document, '1.31', strict=True)
        print(document['kind'])`;
    const seen = python(program, ...files.map((name) => folder + name));
    expect(seen.trim().split("\n")).toHaveLength(documents.length);
  });
});
