import { expect, test } from "vitest";
import { JOBS } from "../../../admin/queues.ts";
import { PIPELINE } from "../../../queues/pipeline.ts";

test("the page of the queues says of each what its jobs are", () => {
  expect(Object.keys(JOBS)).toEqual(PIPELINE.map(({ name }) => name));
});
