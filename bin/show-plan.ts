import { type FieldChange, isEmptyPlan, type SourcePlan } from "../model/sources/version.ts";

/** A plan as lines: removals first, then changes field by field, then what is new. */
export function showPlan(plan: SourcePlan): string {
  if (isEmptyPlan(plan)) return "the sources are what the files say";
  const lines = [
    ...plan.retire.map(({ id, name }) => `- retire ${id} (${name}): no file names it`),
    ...plan.change.flatMap(({ id, name, fields }) => [
      `~ change ${id} (${name})`,
      ...fields.map((field) => `    ${showField(field)}`),
    ]),
    ...plan.add.map(({ id, name, back }) => `+ ${back ? "take back" : "add"} ${id} (${name})`),
  ];
  const { retire, change, add } = plan;
  const counts = `${retire.length} to retire, ${change.length} to change, ${add.length} to add`;
  return [...lines, counts].join("\n");
}

/** A field's change as `field: before -> after`. */
export function showField({ field, before, after }: FieldChange): string {
  if (before === null) return `${field}: + ${after}`;
  return after === null ? `${field}: - ${before}` : `${field}: ${before} -> ${after}`;
}
