/** Whether the values of a custom step have a form in the JSON Schema of scenario files. */

import * as z from "zod";
import type { StepDefinition } from "./step.ts";

/**
 * Throws a RangeError that names the step and the key if JSON Schema has no form for its values, such as dates, bigints and maps. Editors and the messages
 * about misspelt settings need the JSON Schema of all steps.
 */
export function checkJsonSchema({ name, schema, companions }: StepDefinition): void {
  for (const [what, of] of [
    ["value", schema] as const,
    ...Object.entries(companions).map(([key, each]) => [`companion "${key}"`, each] as const),
  ]) {
    try {
      z.toJSONSchema(of, { io: "input" });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new RangeError(
        `step "${name}": its ${what} cannot be written in a file: ${reason}; take texts, numbers or lists, such as \`duration\``,
        { cause: error },
      );
    }
  }
}
