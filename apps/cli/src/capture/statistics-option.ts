/** `-z`: the statistics that `show` makes, named as tshark names them. */

import type { CapturedPacket } from "@pushback/capture";
import { TRAFFIC_LAYERS, type TrafficLayer, type TreeNode } from "@pushback/dissect";
import { UsageError } from "@pushback/usage-error";
import { ConversationStatistics, HierarchyStatistics } from "./conversation-statistics.ts";
import { EXPERT_LEVELS, ExpertStatistics } from "./expert-statistics.ts";
import { IoStatistics } from "./io-statistics.ts";
import { filterOption } from "./packet-options.ts";

export interface Statistics {
  packet(p: CapturedPacket, roots: readonly TreeNode[]): void;
  text(): string;
}

const LAYERS = Object.keys(TRAFFIC_LAYERS).join(", ");
const LEVELS = Object.keys(EXPERT_LEVELS).join(", ");
const USAGE = `there are conv,TYPE, endpoints,TYPE (${LAYERS}), expert[,SEVERITY][,FILTER] (${LEVELS}), io,phs and io,stat,SECONDS[,FILTER…]`;

function isLayer(name: string | undefined): name is TrafficLayer {
  return name !== undefined && Object.hasOwn(TRAFFIC_LAYERS, name);
}

/** Throws a UsageError for unknown statistics. */
export function statisticsOption(text: string): Statistics {
  const [kind, type, ...rest] = text.split(",");
  if ((kind === "conv" || kind === "endpoints") && isLayer(type)) {
    if (rest.length > 0) throw new UsageError(`-z ${text}: takes no filter`);
    return new ConversationStatistics(kind, type);
  }
  if (kind === "expert") {
    const least = type !== undefined && Object.hasOwn(EXPERT_LEVELS, type) ? EXPERT_LEVELS[type as keyof typeof EXPERT_LEVELS] : null;
    // A filter may have commas of its own.
    const filter = (least === null ? [type ?? "", ...rest] : rest).join(",");
    return new ExpertStatistics(least ?? "comment", filterOption(filter === "" ? undefined : filter, `-z ${text}`));
  }
  if (kind === "io" && type === "phs") {
    if (rest.length > 0) throw new UsageError(`-z ${text}: takes no filter`);
    return new HierarchyStatistics();
  }
  if (kind === "io" && type === "stat" && rest.length > 0) {
    const [seconds, ...filters] = rest;
    if (!/^\d{1,9}(\.\d{1,6})?$/.test(seconds))
      throw new UsageError(`-z ${text}: the interval is a number of seconds, 0 for the whole capture`);
    const columns = filters.map((filter) => ({ title: filter, filter: filterOption(filter === "" ? undefined : filter, `-z ${text}`) }));
    return new IoStatistics(
      Math.round(Number(seconds) * 1e6),
      columns.length > 0 ? columns : [{ title: "Frames and bytes", filter: null }],
    );
  }
  throw new UsageError(`-z ${text}: ${USAGE}`);
}
