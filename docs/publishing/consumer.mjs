// Keeps a copy of all published articles in a file: node docs/publishing/consumer.mjs http://127.0.0.1:3000 copy.json
import { readFile, rename, writeFile } from "node:fs/promises";
import { createClient } from "newsgather/client";

const [base = "http://127.0.0.1:3000", file = "copy.json"] = process.argv.slice(2);
const onRetry = ({ message }) => process.stderr.write(`${message}, trying again\n`);
const copy = await readFile(file, "utf8").then(JSON.parse, () => ({ cursor: null, items: {} }));
for await (const step of createClient(base).follow({ cursor: copy.cursor, limit: 500, onRetry })) {
  if (step.kind === "snapshot") {
    if (step.first) copy.items = {};
    for (const item of step.items) copy.items[item.id] = item;
  } else {
    for (const { articleId, version, item } of step.changes) {
      if (item === null) delete copy.items[articleId];
      else if (version > (copy.items[articleId]?.version ?? 0)) copy.items[articleId] = item;
    }
  }
  copy.cursor = step.cursor;
  await writeFile(`${file}.part`, JSON.stringify(copy));
  await rename(`${file}.part`, file);
}
