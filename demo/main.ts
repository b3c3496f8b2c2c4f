import { parseArgs } from "node:util";
import { serveWorld } from "./serve.ts";

const { values } = parseArgs({ options: { every: { type: "string" }, dir: { type: "string" } } });
await serveWorld(values.dir ?? "world", { ...(values.every && { every: values.every }) });
