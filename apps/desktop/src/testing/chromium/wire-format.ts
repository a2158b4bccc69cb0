/** Values on their way between the worlds of the stand-in: JSON, with bytes as text. Bundled into the page's scripts by their source, so it stands alone. */

const BYTES = "$bytes";

export function encodeWire(value: unknown): string {
  return JSON.stringify(value, (_key, part) => {
    if (!(part instanceof Uint8Array)) return part;
    let text = "";
    for (let i = 0; i < part.length; i += 0x8000) text += String.fromCharCode(...part.subarray(i, i + 0x8000));
    return { [BYTES]: btoa(text) };
  });
}

export function decodeWire(text: string): unknown {
  return JSON.parse(text, (_key, part) => {
    if (typeof part !== "object" || part === null || typeof part[BYTES] !== "string") return part;
    return Uint8Array.from(atob(part[BYTES]), (character) => character.charCodeAt(0));
  });
}
