import { defineConfig } from "vitest/config";

const project = (name: string, fileParallelism: boolean, timeout: number) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    fileParallelism,
    testTimeout: timeout,
    hookTimeout: timeout,
  },
});

export default defineConfig({
  test: {
    projects: [
      project("unit", true, 20_000),
      project("integration", false, 60_000),
      project("e2e", false, 240_000),
    ],
  },
});
