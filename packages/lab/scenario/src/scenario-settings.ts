/** Replaces single settings in a scenario file, as a sweep does. */

import { type Document, isMap, isSeq, type Node, parseDocument } from "yaml";

/** Short names for the settings that sweeps vary most. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  keepalive: "server.KeepAliveTime",
  interval: "server.notificationInterval",
  latency: "network.latency",
  jitter: "network.jitter",
  loss: "network.loss",
  duration: "duration",
};

/**
 * The path of a setting: keys separated by dots, items of a list by number from 0, clients and segments also by name, as in
 * `clients.pc.count` or `steps.2.at`.
 */
export function settingPath(name: string): string {
  return SHORT_NAMES[name] ?? name;
}

/**
 * The file's text with each setting, by its path, replaced by a value of JSON. Throws a RangeError if the path's parent does not exist, and if two settings
 * are the same one or one is a part of the other: then the result would depend on their order.
 */
export function withSettings(text: string, settings: Readonly<Record<string, unknown>>): string {
  const document = parseDocument(text);
  const places = Object.entries(settings).map(([name, value]) => ({ name, value, path: placeOf(document, name) }));
  requireSeparate(places);
  for (const { name, value, path } of places) {
    try {
      document.setIn(path, document.createNode(value));
    } catch {
      throw new RangeError(`${name}: the scenario has no such place`);
    }
  }
  return String(document);
}

type Place = readonly (string | number)[];

/** Path of a setting in the document: items of lists by number. */
function placeOf(document: Document, name: string): Place {
  const path: (string | number)[] = [];
  for (const key of settingPath(name).split(".")) {
    const parent = path.length === 0 ? document.contents : (document.getIn(path, true) as Node | undefined);
    path.push(isSeq(parent) ? itemOf(parent.items as Node[], key, name) : key);
  }
  return path;
}

function requireSeparate(places: readonly { readonly name: string; readonly path: Place }[]): void {
  for (const [i, part] of places.entries()) {
    for (const [j, whole] of places.entries()) {
      if (i === j || !whole.path.every((key, depth) => key === part.path[depth])) continue;
      if (whole.path.length < part.path.length) throw new RangeError(`${part.name}: is a part of ${whole.name}; give one of them`);
      throw new RangeError(`${part.name}: is the same setting as ${whole.name}; give one of them`);
    }
  }
}

function itemOf(items: readonly Node[], key: string, name: string): number {
  const index = /^\d+$/.test(key) ? Number(key) : items.findIndex((item) => isMap(item) && item.get("name") === key);
  if (index < 0 || index >= items.length) throw new RangeError(`${name}: there is no "${key}" in the list`);
  return index;
}
