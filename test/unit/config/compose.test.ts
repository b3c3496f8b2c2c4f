import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it, type TestContext } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { Settings } from "../../../config/settings.ts";
import { ROLES } from "../../../queues/queues.ts";
import { isVerify } from "../../helpers/size.ts";

const read = (name: string) => readFileSync(new URL(`../../../${name}`, import.meta.url), "utf8");

const Compose = z.object({
  services: z.record(
    z.string(),
    z.looseObject({
      image: z.string(),
      command: z.union([z.string(), z.array(z.string())]).optional(),
      environment: z.record(z.string(), z.string()).optional(),
      ports: z.array(z.string()).default([]),
      read_only: z.boolean().default(false),
      cap_drop: z.array(z.string()).default([]),
      security_opt: z.array(z.string()).default([]),
      tmpfs: z.array(z.string()).default([]),
      user: z.string().optional(),
      privileged: z.boolean().default(false),
      networks: z.array(z.string()).default([]),
      healthcheck: z.looseObject({ test: z.array(z.string()).optional() }).optional(),
    }),
  ),
});
const Networks = z.object({
  networks: z.record(z.string(), z.object({ internal: z.boolean().optional() })),
});
const composed: unknown = parse(read("compose.yaml"), { merge: true });
const { services } = Compose.parse(composed);
const roles = Object.entries(services).filter(([, { command }]) => command?.includes("--role"));

describe("compose.yaml", () => {
  it("runs each role of the pipeline once, in the one image, on a read-only root", () => {
    expect(roles.map(([, { command }]) => command?.[2])).toEqual(
      expect.arrayContaining(Object.keys(ROLES)),
    );
    expect(roles).toHaveLength(Object.keys(ROLES).length);
    for (const [, service] of roles) {
      expect(service).toMatchObject({ image: "newsgather", read_only: true });
    }
  });

  it("gives no container more than it needs", () => {
    for (const [name, service] of Object.entries(services)) {
      expect([name, service.security_opt]).toEqual([
        name,
        expect.arrayContaining(["no-new-privileges:true"]),
      ]);
      expect([name, service.privileged, service.user]).toEqual([name, false, undefined]);
    }
    const ours = Object.entries(services).filter(([, { image }]) => image === "newsgather");
    expect(ours).toHaveLength(roles.length + 1);
    for (const [name, { read_only, cap_drop }] of ours) {
      expect([name, read_only, cap_drop]).toEqual([name, true, ["ALL"]]);
    }
    for (const [name, { tmpfs }] of roles) expect([name, tmpfs.length]).not.toEqual([name, 0]);
    // The last word on who runs in the image.
    expect(read("Dockerfile").match(/^USER .*$/gm)).toEqual(["USER node"]);
  });

  it("sets only variables that exist", () => {
    const names = roles.flatMap(([, { environment = {} }]) => Object.keys(environment));
    expect(names).not.toEqual([]);
    expect(names.filter((name) => !(name in Settings.shape))).toEqual([]);
    const image = [...read("Dockerfile").matchAll(/\b(NEWSGATHER_[A-Z_]+)=/g)];
    expect(image).not.toEqual([]);
    expect(image.filter(([, name = ""]) => !(name in Settings.shape))).toEqual([]);
  });

  it("publishes to loopback only, and evicts nothing from Redis", () => {
    const ports = Object.values(services).flatMap((service) => service.ports);
    expect(ports).toEqual(["127.0.0.1:3000:3001"]);
    expect(services["redis"]?.command).toContain("--maxmemory-policy noeviction");
    expect(services["redis"]?.command).toContain("--appendonly yes");
  });

  it("keeps database, Redis and scheduler in a network without a way out", () => {
    const { networks } = Networks.parse(composed);
    expect(networks["services"]).toEqual({ internal: true });
    for (const name of ["mongo", "redis", "scheduler"]) {
      expect([name, services[name]?.networks]).toEqual([name, ["services"]]);
    }
  });

  it("has no password of its own: without those of the operator it doesn't start, and Redis asks for its", () => {
    const text = read("compose.yaml");
    const passwords = [...text.matchAll(/\$\{(\w*PASSWORD)([^}]*)\}/g)];
    expect(new Set(passwords.map(([, name]) => name))).toEqual(
      new Set(["MONGO_PASSWORD", "REDIS_PASSWORD"]),
    );
    for (const [, , rest] of passwords) expect(rest).toMatch(/^:\?.*openssl rand/);
    expect(services["redis"]?.command).toContain('--requirepass "$$REDISCLI_AUTH"');
    for (const [name, { environment = {} }] of roles) {
      expect([name, environment["REDIS_URL"]]).toEqual([
        name,
        expect.stringContaining("${REDIS_PASSWORD:?"),
      ]);
    }
  });

  it("fits the schema of Compose, with no field that it doesn't know", {
    timeout: 120_000,
  }, (context: TestContext) => {
    if (!isVerify) context.skip("only with TEST_VERIFY=1");
    const schema = composeSchema();
    if (!schema) context.skip("Compose's own parser can't be downloaded here: go is missing");
    const fits = new Ajv2020({ allErrors: true, strict: false, validateFormats: false }).compile(
      schema,
    );
    expect([fits(composed), fits.errors]).toEqual([true, null]);
    const beside: unknown = parse(read("deploy/browser/compose.yaml"));
    expect([fits(beside), fits.errors]).toEqual([true, null]);
    const { redis, ...others } = services;
    expect(fits({ services: { ...others, redis: { ...redis, readonly: true } } })).toBe(false);
  });
});

/** The schema in Compose's parser; null where that can't be had. */
function composeSchema(): object | null {
  const parser = "github.com/compose-spec/compose-go/v2@v2.16.2";
  try {
    const download = execFileSync("go", ["mod", "download", "-json", parser], {
      cwd: tmpdir(),
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const { Dir } = JSON.parse(download) as { Dir: string };
    return JSON.parse(readFileSync(join(Dir, "schema/compose-spec.json"), "utf8")) as object;
  } catch {
    return null;
  }
}
