/** The systems' mouse pointers as pixels, drawn for this project: `#` black, `o` white, `.` nothing. They show inside the glass only. */

interface Cursor {
  /** The pixel that points, counted from the top left corner. */
  readonly spot: readonly [x: number, y: number];
  /** CSS cursor for browsers that refuse an image as a cursor. */
  readonly fallback: "default" | "wait" | "text" | "pointer";
  readonly rows: readonly string[];
}

const ARROW = [
  "#...........",
  "##..........",
  "#o#.........",
  "#oo#........",
  "#ooo#.......",
  "#oooo#......",
  "#ooooo#.....",
  "#oooooo#....",
  "#ooooooo#...",
  "#oooooooo#..",
  "#oooooo####.",
  "#ooo#oo#....",
  "#oo##oo#....",
  "#o#..#oo#...",
  "##...#oo#...",
  "#.....#oo#..",
  "......#oo#..",
  ".......##...",
];
/** The Macintosh has the same arrow in black with a white edge. */
const BLACK_ARROW = [
  "o...........",
  "oo..........",
  "o#o.........",
  "o##o........",
  "o###o.......",
  "o####o......",
  "o#####o.....",
  "o######o....",
  "o#######o...",
  "o########o..",
  "o#####ooooo.",
  "o##o##o.....",
  "o#o.o##o....",
  "oo..o##o....",
  "o....o##o...",
  ".....oooo...",
];
const HOURGLASS = [
  "#############",
  "#oo#######oo#",
  "#############",
  ".#ooooooooo#.",
  ".#ooooooooo#.",
  ".#ooo#o#ooo#.",
  ".#oo#o#o#oo#.",
  "..#oo#o#oo#..",
  "...#oo#oo#...",
  "....#ooo#....",
  "....#o#o#....",
  "....#ooo#....",
  "...#oo#oo#...",
  "..#oooo#oo#..",
  ".#ooooo#ooo#.",
  ".#oooo#o#oo#.",
  ".#oo#o#o#oo#.",
  ".#o#o#o#o#o#.",
  "#############",
  "#oo#######oo#",
  "#############",
];
const WATCH = [
  "...#######....",
  "...#ooooo#....",
  "..#########...",
  ".#ooooooooo#..",
  "#ooooo#ooooo#.",
  "#ooooo#ooooo#.",
  "#ooooo#ooooo##",
  "#ooooo####oo##",
  "#ooooooooooo#.",
  "#ooooooooooo#.",
  "#ooooooooooo#.",
  ".#ooooooooo#..",
  "..#########...",
  "...#ooooo#....",
  "...#######....",
];
const BEAM = ["##o##", "oo#oo", ".o#o.", ".o#o.", ".o#o.", ".o#o.", ".o#o.", ".o#o.", ".o#o.", ".o#o.", ".o#o.", ".o#o.", "oo#oo", "##o##"];
const HAND = [
  ".....##..........",
  "....#oo#.........",
  "....#oo#.........",
  "....#oo#.........",
  "....#oo#.........",
  "....#oo###.......",
  "....#oo#oo###....",
  "....#oo#oo#oo##..",
  "....#oo#oo#oo#o#.",
  "###.#oo#oo#oo#oo#",
  "#oo##oooooooo#oo#",
  "#ooo#ooooooooooo#",
  ".#oo#ooooooooooo#",
  "..#oooooooooooo#.",
  "...#ooooooooooo#.",
  "...#ooooooooooo#.",
  "....#ooooooooo#..",
  ".....#ooooooo#...",
  ".....#ooooooo#...",
  ".....#########...",
];
/** Mouse pointer of text screens: a filled character cell. */
const BLOCK = Array.from({ length: 16 }, () => "oooooooo");

/** The pointers, by the name of the property with which style sheets use them: `--cursor-windows-arrow` and so on. */
export const CURSORS = {
  "windows-arrow": { spot: [0, 0], fallback: "default", rows: ARROW },
  "windows-wait": { spot: [6, 10], fallback: "wait", rows: HOURGLASS },
  "windows-text": { spot: [2, 7], fallback: "text", rows: BEAM },
  "windows-hand": { spot: [5, 0], fallback: "pointer", rows: HAND },
  "mac-arrow": { spot: [1, 1], fallback: "default", rows: BLACK_ARROW },
  "mac-wait": { spot: [6, 7], fallback: "wait", rows: WATCH },
  "mac-text": { spot: [2, 7], fallback: "text", rows: BEAM },
  "mac-hand": { spot: [5, 0], fallback: "pointer", rows: HAND },
  "dos-block": { spot: [4, 8], fallback: "default", rows: BLOCK },
} as const satisfies Readonly<Record<string, Cursor>>;

/** A value of the CSS property `cursor`: the picture as SVG, each pixel twice as large on a display of high resolution by itself. */
function cursorValue({ rows, spot, fallback }: Cursor): string {
  const [width, height] = [rows[0].length, rows.length];
  const ink = (pixel: string) => rows.flatMap((row, y) => [...row].flatMap((p, x) => (p === pixel ? [`M${x} ${y}h1v1h-1z`] : []))).join("");
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" shape-rendering="crispEdges">` +
    `<path fill="#000" d="${ink("#")}"/><path fill="#fff" d="${ink("o")}"/></svg>`;
  return `url("data:image/svg+xml,${encodeURIComponent(svg)}") ${spot[0]} ${spot[1]}, ${fallback}`;
}

/** Hands the pointers to the style sheets. */
export function installCursors(): void {
  const { style } = document.documentElement;
  for (const [name, cursor] of Object.entries(CURSORS)) style.setProperty(`--cursor-${name}`, cursorValue(cursor));
}
