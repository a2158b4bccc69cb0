/** The field codecs that programs declare ROPs with. */

export * from "./data-fields.ts";
export * from "./field.ts";
