export { allFields, type Field, findField } from "./field.ts";
export { compileFilter, type Filter, type FilterResult } from "./filter.ts";
export { FrameDissector } from "./frame.ts";
export { type FieldSink, type TreeNode, TreeSink } from "./sink.ts";
