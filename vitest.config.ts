import { defineConfig } from "vitest/config";

const project = (name: string, timeout: number, options: object = {}) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: timeout,
    hookTimeout: timeout,
    ...options,
  },
});

/** They share one database server, and would be in each other's way on few cores. */
const services = { fileParallelism: false, globalSetup: "test/helpers/shared-database.ts" };

export default defineConfig({
  test: {
    projects: [
      project("unit", 20_000),
      project("integration", 60_000, services),
      project("e2e", 240_000, services),
    ],
  },
});
