import { type Python, pythonWith } from "./python.ts";

/** Prints each record as a line of JSON after checking both digests, as an independent reader does. */
const READER = `
import json, sys, warcio.archiveiterator as reader
with open(sys.argv[1], 'rb') as stream:
    records = reader.ArchiveIterator(stream, check_digests='raise')
    for record in records:
        payload = record.content_stream().read().decode('utf-8')
        warc = dict(record.rec_headers.headers)
        http = record.http_headers.headers if record.http_headers else []
        line = record.http_headers.statusline if record.http_headers else None
        print(json.dumps({'warc': warc, 'http': http, 'line': line, 'payload': payload}))
`;

/** A WARC record from the independent reader. */
export interface ReadRecord {
  warc: Record<string, string>;
  http: [string, string][];
  line: string | null;
  payload: string;
}

/** Returns a Python that reads WARC with warcio; null if it can't be installed. */
export function warcReader(): Python | null {
  return pythonWith("warcio==1.8.1");
}

/** Returns every record of a file; throws if a digest is wrong. */
export function recordsOf(python: Python, file: string): ReadRecord[] {
  const lines = python(READER, file).trim().split("\n");
  return lines.map((line) => JSON.parse(line) as ReadRecord);
}

/** Unpacks a ZIP file into a folder. */
export function unzip(python: Python, file: string, folder: string): void {
  python("import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])", file, folder);
}
