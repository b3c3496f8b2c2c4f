import { plainTable } from "../../bin/output.ts";
import type { Soaked, Trend } from "./run.ts";

export function soakTable({ trends, requests, ...soaked }: Soaked): string {
  const head = [
    "part",
    "MB",
    "at the end",
    "growth",
    "fds",
    "at the end",
    "processes",
    "at the end",
  ];
  const { minutes, expected, stored, lost, doubled, problems } = soaked;
  return [
    plainTable(head, trends.map(row), { right: [1, 2, 3, 4, 5, 6, 7] }),
    `${minutes} minutes; requests: ${requests.second} in the second third, ${requests.last} in the last`,
    `${stored} of ${expected} articles stored, ${lost} lost, ${doubled} doubled`,
    ...problems,
  ].join("\n");
}

function row({ part, second, last }: Trend): (string | number)[] {
  return [
    part,
    second.memory.toFixed(0),
    last.memory.toFixed(0),
    `${((last.memory / second.memory - 1) * 100).toFixed(1)} %`,
    second.descriptors.toFixed(0),
    last.descriptors.toFixed(0),
    second.processes.toFixed(1),
    last.processes.toFixed(1),
  ];
}
