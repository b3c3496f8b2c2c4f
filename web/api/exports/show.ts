import { z } from "zod";
import { EXPORT_FORMATS, type Export } from "../../../model/archive/export.ts";

/** An export as the API tells it. */
export const ApiExport = z.object({
  id: z.string(),
  format: z.enum(EXPORT_FORMATS),
  state: z.enum(["waiting", "running", "done", "failed", "withdrawn"]),
  written: z.number().describe("Articles or responses that are written"),
  reason: z.string().nullable().describe("Why it failed, was withdrawn, or is tried again"),
  by: z.string(),
  asked_at: z.string(),
  finished_at: z.string().nullable(),
  expires_at: z.string().describe("When it and its files go"),
  files: z.array(
    z.object({ name: z.string(), bytes: z.number(), sha256: z.string(), url: z.string() }),
  ),
});

export function showExport(one: Export): z.infer<typeof ApiExport> {
  const { _id: id, wish, state, written, reason, by, askedAt, finishedAt, expiresAt, files } = one;
  return {
    id,
    format: wish.format,
    state,
    written,
    reason,
    by,
    asked_at: askedAt.toISOString(),
    finished_at: finishedAt?.toISOString() ?? null,
    expires_at: expiresAt.toISOString(),
    files: files.map((file) => ({ ...file, url: fileUrl(id, file.name) })),
  };
}

/** Where a file of an export is downloaded. */
export function fileUrl(id: string, name: string): string {
  return `/v1/exports/${id}/files/${encodeURIComponent(name)}`;
}
