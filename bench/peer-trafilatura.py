"""Extracts pages with trafilatura. Reads JSON lines (key, url, file), writes the results as JSON lines."""

import gzip
import json
import sys
import time

from trafilatura import bare_extraction


def read(task):
    with gzip.open(task["file"], "rt", encoding="utf8") as page:
        html = page.read()
    before = time.process_time()
    try:
        found = bare_extraction(html, url=task["url"], with_metadata=True)
    except Exception:
        return {"key": task["key"], "failed": True, "ms": (time.process_time() - before) * 1000}
    ms = (time.process_time() - before) * 1000
    said = found.as_dict() if found else {}
    fields = {name: said.get(name) for name in ("title", "text", "author", "date")}
    return {"key": task["key"], "failed": False, "ms": ms, **fields}


tasks = [json.loads(line) for line in sys.stdin]
for task in tasks[:40]:
    read(task)
for task in tasks:
    print(json.dumps(read(task)))
