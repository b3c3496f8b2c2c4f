import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ipaddr from "ipaddr.js";
import { describe, expect, it, type TestContext } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { z } from "zod";
import { Settings } from "../../../config/settings.ts";
import { inNetworks, isPublic } from "../../../crawler/egress/guard.ts";
import { ROLES } from "../../../queues/queues.ts";
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

const Block = z.object({ cidr: z.string(), except: z.array(z.string()) });
const Egress = z.object({
  spec: z.object({
    egress: z.array(z.object({ to: z.array(z.object({ ipBlock: Block.optional() })) })).optional(),
  }),
});
type SpecialRanges = Record<string, (ipaddr.IPv4 | ipaddr.IPv6 | number)[]>;

/** The first and the last address of a network, and their neighbours outside of it. */
function edgesOf(cidr: string): string[] {
  const [base, bits] = ipaddr.parseCIDR(cidr);
  const bytes = base.toByteArray();
  const length = BigInt(bytes.length * 8);
  const first = BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
  const last = first + (1n << (length - BigInt(bits))) - 1n;
  return [first - 1n, first, last, last + 1n].flatMap((number) => {
    if (number < 0n || number >> length !== 0n) return [];
    const hex = number.toString(16).padStart(bytes.length * 2, "0");
    return ipaddr.fromByteArray([...Buffer.from(hex, "hex")]).toString();
  });
}

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

  it("lets pods ask exactly the addresses that the egress guard takes for public", () => {
    const blocks = of("NetworkPolicy")
      .flatMap((document) => Egress.parse(document).spec.egress ?? [])
      .flatMap(({ to }) => to.flatMap(({ ipBlock }) => ipBlock ?? []));
    const asked = blocks.map(
      ({ cidr, except }) => [inNetworks([cidr]), inNetworks(except)] as const,
    );
    const isAllowed = (ip: string) => asked.some(([into, but]) => into(ip) && !but(ip));
    const special = [ipaddr.IPv4, ipaddr.IPv6].flatMap((kind) => {
      const { SpecialRanges } = kind.prototype as unknown as { SpecialRanges: SpecialRanges };
      return Object.values(SpecialRanges)
        .flat(2)
        .flatMap((one, index, all) =>
          typeof one === "object" ? `${one.toString()}/${String(all[index + 1])}` : [],
        );
    });
    expect(special.length).toBeGreaterThan(30);
    const networks = blocks.flatMap(({ cidr, except }) => [cidr, ...except]);
    const tried = [...new Set([...special, ...networks])].flatMap(edgesOf);
    expect(tried.filter((ip) => isAllowed(ip) !== isPublic(ip))).toEqual([]);
    expect([isAllowed("93.184.216.34"), isAllowed("2606:2800:220:1::1")]).toEqual([true, true]);
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
    if (!isVerify) context.skip("only with TEST_VERIFY=1");
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
