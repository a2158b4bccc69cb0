/** Text as display filters write it. */

/** `text` between quotation marks, for a display filter: quotation marks, backslashes and control characters are escaped. */
export function quoteText(text: string): string {
  const escaped = [...text].map((char) => {
    const code = char.charCodeAt(0);
    if (char === '"' || char === "\\") return `\\${char}`;
    return code < 0x20 || code === 0x7f ? `\\x${code.toString(16).padStart(2, "0")}` : char;
  });
  return `"${escaped.join("")}"`;
}
