import { z } from "zod";
import { parseYaml } from "../lib/yaml-file.ts";

/** docs/operators/classification.md explains keywords such as `elektronisch* Identität*^0.5`. */
const Keyword = z
  .string("write a keyword as text, in quotes if it is a number")
  .regex(
    /^\*?[\p{L}\p{N}][^*^]*(\*(?=[\s-]|$|\^)[^*^]*)*(\^(0\.[1-9]|[1-9]))?$/u,
    "write words; * can only end a word or begin the keyword; a weight from ^0.1 to ^9 can follow",
  );

const Keywords = z
  .record(
    z.string().regex(/^(any|[a-z]{2,3})$/, "write a language code of two or three letters, or any"),
    z.array(Keyword),
  )
  .default({});

const Topic = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]{1,40}$/, "use a-z, 0-9 and -, 2 to 41 characters"),
  name: z.string().min(1),
  names: z
    .record(
      z.string().regex(/^[a-z]{2}$/, "write a language code of two letters"),
      z.string().min(1),
    )
    .default({}),
  parent: z.string().nullable().default(null),
  shown: z.boolean().default(false),
  iptc: z
    .string()
    .regex(/^medtop:\d{8}$/, "write an IPTC Media Topic as medtop:11000000")
    .optional(),
  keywords: Keywords,
  negatives: Keywords,
});

export type Topic = z.infer<typeof Topic>;

const Topics = z
  .array(Topic)
  .min(1, "list at least one topic")
  .superRefine((topics, context) => {
    const above = new Set<string>();
    for (const [index, { id, parent }] of topics.entries()) {
      const complain = (field: string, message: string) =>
        context.addIssue({ code: "custom", message, path: [index, field] });
      if (above.has(id)) complain("id", `"${id}" is listed twice`);
      if (parent !== null && !above.has(parent)) {
        complain(
          "parent",
          `"${parent}" isn't a topic that is listed above this topic; allowed: ${[...above].join(", ")}`,
        );
      }
      above.add(id);
    }
  });

/**
 * Returns the topics in a YAML text. Errors name the file `path`, and the line and column of each
 * mistake.
 */
export function parseTopics(text: string, path: string): Topic[] {
  return parseYaml(Topics, text, path);
}
