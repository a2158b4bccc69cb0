/** Replaces single settings in a scenario file, as a sweep does. */

import { isMap, isSeq, type Node, parseDocument } from "yaml";

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

/** The file's text with each setting, by its path, replaced by a value of JSON; throws a RangeError if the path's parent does not exist. */
export function withSettings(text: string, settings: Readonly<Record<string, unknown>>): string {
  const document = parseDocument(text);
  for (const [name, value] of Object.entries(settings)) {
    const path: (string | number)[] = [];
    for (const key of settingPath(name).split(".")) {
      const parent = path.length === 0 ? document.contents : (document.getIn(path, true) as Node | undefined);
      path.push(isSeq(parent) ? itemOf(parent.items as Node[], key, name) : key);
    }
    try {
      document.setIn(path, document.createNode(value));
    } catch {
      throw new RangeError(`${name}: the scenario has no such place`);
    }
  }
  return String(document);
}

function itemOf(items: readonly Node[], key: string, name: string): number {
  const index = /^\d+$/.test(key) ? Number(key) : items.findIndex((item) => isMap(item) && item.get("name") === key);
  if (index < 0 || index >= items.length) throw new RangeError(`${name}: there is no "${key}" in the list`);
  return index;
}
