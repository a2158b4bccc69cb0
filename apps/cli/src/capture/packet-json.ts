/** Frames as `tshark -T json` prints them: an array of objects with the values below `_source.layers`. */

import type { CapturedPacket } from "@pushback/capture";
import type { Field, TreeNode } from "@pushback/dissect";

/** A value; a list where a name is there several times, as with tshark's `--no-duplicate-keys`. */
type LayerValue = string | Layer | (string | Layer)[];
interface Layer {
  [name: string]: LayerValue;
}

/** Text before the first object, between two objects, and after the last; `none` is an empty array. */
export const JSON_ARRAY = { first: "[\n", next: ",\n", last: "\n]\n", none: "[]\n" } as const;

/** A frame's object, indented by two. With `fields`, `valuesOf` gives the values of each, and a field without values is left out. */
export function packetJson(
  p: CapturedPacket,
  roots: readonly TreeNode[],
  fields: readonly Field[] | null,
  valuesOf: (fields: readonly Field[]) => readonly (readonly string[])[],
): string {
  let layers: object;
  if (fields === null) layers = layersOf(roots);
  else {
    const values = valuesOf(fields);
    layers = Object.fromEntries(fields.map(({ name }, i) => [name, values[i]] as const).filter(([, list]) => list.length > 0));
  }
  const packet = { _index: `packets-${dayOf(p.timeUs)}`, _type: "doc", _score: null, _source: { layers } };
  return JSON.stringify(packet, null, 2).replace(/^/gm, "  ");
}

/** The layers of a frame. Fields that the dissector reports after the last layer (`frame.protocols`) become part of the first, as in tshark. */
function layersOf(roots: readonly TreeNode[]): Layer {
  const [frame, ...rest] = roots;
  if (frame === undefined) return {};
  const values = rest.filter(({ field }) => field.kind !== "none");
  return layerOf([{ ...frame, children: [...frame.children, ...values] }, ...rest.filter(({ field }) => field.kind === "none")]);
}

/** A protocol or a group is an object of what it holds; the fields inside another field follow it under its name and `_tree`. */
function layerOf(nodes: readonly TreeNode[]): Layer {
  const layer: Layer = Object.create(null);
  for (const { field, show, children } of nodes) {
    if (field.kind === "none") add(layer, field.name, children.length > 0 ? layerOf(children) : "");
    else {
      add(layer, field.name, show);
      if (children.length > 0) add(layer, `${field.name}_tree`, layerOf(children));
    }
  }
  return layer;
}

function add(layer: Layer, name: string, value: string | Layer): void {
  const before = layer[name];
  if (before === undefined) layer[name] = value;
  else if (Array.isArray(before)) before.push(value);
  else layer[name] = [before, value];
}

/** The day of a time, UTC; of a time that no date can hold, X for each digit. */
function dayOf(timeUs: number): string {
  const date = new Date(Math.floor(timeUs / 1000));
  if (Number.isNaN(date.getTime())) return "XXXX-XX-XX";
  const [month, day] = [date.getUTCMonth() + 1, date.getUTCDate()].map((part) => String(part).padStart(2, "0"));
  return `${String(date.getUTCFullYear()).padStart(4, "0")}-${month}-${day}`;
}
