/** The tokens as values, for what is drawn on a canvas. */

const NAMES = [
  "push",
  "icmp",
  "mail",
  "session",
  "probe",
  "boot",
  "danger",
  "ink-1",
  "ink-2",
  "ink-3",
  "line-1",
  "line-2",
  "accent-soft",
  "surface-1",
  "surface-2",
  "accent",
] as const;

export type Palette = Readonly<Record<(typeof NAMES)[number], string>>;

let read: { readonly theme: string | undefined; readonly palette: Palette } | null = null;

/** Reads the colours that the page's present theme has. */
export function readPalette(): Palette {
  const theme = document.documentElement.dataset["theme"];
  if (read === null || read.theme !== theme) read = { theme, palette: readTokens() };
  return read.palette;
}

function readTokens(): Palette {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])) as Palette;
}
