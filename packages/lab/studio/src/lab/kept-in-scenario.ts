/** The line in a saved scenario file that the studio reads back. Without the engine: the page reads it, the worker writes it. */

/** Beginning of every line of the comment at the head of the file. */
export const MARK = "# Pushback Studio";
const KEEPS = `${MARK} keeps: `;

/** The line that keeps a value of JSON. */
export const keepingLine = (value: object): string => KEEPS + JSON.stringify(value);

/** The JSON value in the studio's comment line of a scenario file, unchecked; `null` if the line is missing or malformed. */
export function keptInScenario(text: string): unknown {
  const line = text.split("\n").find((one) => one.startsWith(KEEPS));
  try {
    return line === undefined ? null : JSON.parse(line.slice(KEEPS.length));
  } catch {
    return null;
  }
}
