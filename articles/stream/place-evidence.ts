import { z } from "zod";

const Ground = z.enum(["title prefix", "named", "source"]).nullable();

/** Why an article belongs where it does, as the API gives it. */
export const PlaceEvidence = z
  .object({
    country: z.string().nullable(),
    region: z
      .object({ code: z.string().nullable().describe("ISO 3166-2"), name: z.string() })
      .nullable(),
    city: z.string().nullable(),
    confidence: z.number().describe("0 to 1"),
    because: z.object({ country: Ground, region: Ground }),
    hits: z.array(
      z.object({
        field: z.enum(["title", "dateline", "text"]),
        start: z.int().describe("UTF-16 offset in title or text"),
        end: z.int(),
        matched: z.string(),
        place: z.object({
          kind: z.enum(["country", "region", "city"]),
          country: z.string(),
          region: z.string().nullable(),
          name: z.string(),
        }),
        weight: z.number(),
        notes: z.array(z.string()),
      }),
    ),
  })
  .nullable()
  .describe("Where it belongs and the words that say so; null where that was not read yet");
