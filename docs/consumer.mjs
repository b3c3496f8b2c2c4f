// Keeps a copy of all published articles in a file: node docs/consumer.mjs http://127.0.0.1:3000 copy.json
import { readFile, rename, writeFile } from "node:fs/promises";

const [base = "http://127.0.0.1:3000", file = "copy.json"] = process.argv.slice(2);
const get = async (path) => {
  const answer = await fetch(base + path);
  if (answer.ok || answer.status === 410) return answer.json();
  throw new Error(`${path}: ${await answer.text()}`);
};
const save = () =>
  writeFile(`${file}.part`, JSON.stringify(copy)).then(() => rename(`${file}.part`, file));
let copy = await readFile(file, "utf8").then(JSON.parse, () => ({ cursor: null, items: {} }));
for (;;) {
  if (copy.cursor === null) {
    for (let page = { has_more: true }; page.has_more; ) {
      const cursor = page.next_cursor ? `&cursor=${page.next_cursor}` : "";
      page = await get(`/v1/snapshot?limit=500${cursor}`);
      for (const item of page.items) copy.items[item.id] = item;
      copy.cursor = page.changes_cursor;
    }
    await save();
  }
  const page = await get(`/v1/changes?wait=30&limit=500&cursor=${copy.cursor}`);
  for (const { articleId, version, item } of page.items ?? []) {
    if (item === null) delete copy.items[articleId];
    else if (version > (copy.items[articleId]?.version ?? 0)) copy.items[articleId] = item;
  }
  if (page.code === "cursor-expired") copy = { cursor: null, items: {} };
  else copy.cursor = page.next_cursor;
  await save();
}
