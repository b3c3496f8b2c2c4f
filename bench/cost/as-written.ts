import { existsSync, readFileSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import { fileURLToPath } from "node:url";
import type { CpuProfile } from "./profile.ts";

/**
 * Returns a profile in which the bundle's frames are mapped to the compiled modules, if the
 * bundle's source map is beside the bundle. Stages are recognised by the paths of compiled modules,
 * so frames aren't mapped further to TypeScript.
 */
export function asWritten(profile: CpuProfile): CpuProfile {
  const maps = new Map<string, SourceMap | null>();
  const mapOf = (url: string) => {
    if (!maps.has(url)) maps.set(url, readMap(url));
    return maps.get(url);
  };
  const nodes = profile.nodes.map((node) => {
    const { url, lineNumber, columnNumber = 0 } = node.callFrame;
    const entry = mapOf(url)?.findEntry(lineNumber, columnNumber);
    // Code of the bundler itself has an entry without a source.
    if (!entry || !("originalSource" in entry) || !entry.originalSource) return node;
    if (entry.originalSource.endsWith(".ts")) return node;
    const written = new URL(entry.originalSource, url).href;
    const callFrame = { ...node.callFrame, url: written, lineNumber: entry.originalLine };
    return { ...node, callFrame };
  });
  return { ...profile, nodes };
}

function readMap(url: string): SourceMap | null {
  const path = url.startsWith("file:") ? `${fileURLToPath(url)}.map` : "";
  if (!existsSync(path)) return null;
  return new SourceMap(JSON.parse(readFileSync(path, "utf8")) as SourceMapPayload);
}
