export { type Completion, completeFilter } from "./complete-filter.ts";
export {
  type Addresses,
  anywhere,
  defineProtocol,
  type FrameValues,
  inside,
  NAME_ONLY,
  overEtherType,
  overIp,
  overLink,
  overSap,
  overSnap,
  overTcp,
  overTcpContent,
  overTcpStream,
  overUdp,
  overUdpContent,
  type PayloadTable,
  type Place,
  type Protocol,
  type ProtocolDeclaration,
  type Summary,
  summary,
} from "./define-protocol.ts";
export type { Dissect, Dissection, StreamFraming } from "./dissection.ts";
export {
  EXPERT_SEVERITIES,
  ExpertCount,
  type ExpertRow,
  type ExpertSection,
  type ExpertSeverity,
  ExpertSink,
  expertSections,
} from "./expert-statistics.ts";
export {
  bytes,
  dec,
  ether,
  type Field,
  type FieldKind,
  flag,
  group,
  hex,
  hidden,
  ipv4,
  ipv6,
  remark,
  seconds,
  text,
  time,
} from "./field.ts";
export { FieldCursor } from "./field-cursor.ts";
export { compileFilter, type Filter, FilterList, type FilterResult } from "./filter.ts";
export { FRAME_CLASS_INFO, FRAME_CLASSES, type FrameClass } from "./frame-class-names.ts";
export { type DissectorOptions, FrameDissector } from "./frame-dissector.ts";
export { FrameHistory, FrameRecall, type FrameStream } from "./frame-history.ts";
export { type FrameSummary, SummarySink, summarizeFrame } from "./frame-summary.ts";
export { reportRemark } from "./protocols/expert.ts";
export { PROTOCOLS, STANDARD_PROTOCOLS } from "./protocols/protocol-list.ts";
export { createProtocols, describePlace, type Protocols } from "./protocols.ts";
export { quoteText } from "./quote-text.ts";
export { type FieldSink, type TreeNode, TreeSink } from "./sink.ts";
export {
  type Conversation,
  type Endpoint,
  LayerTraffic,
  ProtocolHierarchy,
  type ProtocolShare,
  TRAFFIC_LAYERS,
  type TrafficLayer,
  TrafficSink,
} from "./traffic-statistics.ts";
