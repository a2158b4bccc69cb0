export { allFields, type Field, type FieldKind, findField } from "./field.ts";
export { compileFilter, type Filter, type FilterResult } from "./filter.ts";
export { FrameDissector } from "./frame.ts";
export { FRAME_CLASSES, type FrameClass } from "./frame-class.ts";
export { FrameHistory, FrameRecall, type FrameStream } from "./frame-history.ts";
export { type FrameSummary, SummarySink, summarizeFrame } from "./frame-summary.ts";
export { type FieldSink, type TreeNode, TreeSink } from "./sink.ts";
