import { expect, test } from "vitest";
import { parsePreferences } from "./preferences.ts";

test.each([[null], [""], ["{"], ["null"], ["7"], ['{"singleKeys":"no"}']])("%j gives the defaults", (text) => {
  expect(parsePreferences(text)).toEqual({ singleKeys: true, sounds: false, keys: {} });
});

test("what was chosen is read back", () => {
  expect(parsePreferences('{"singleKeys":false,"other":1}')).toEqual({ singleKeys: false, sounds: false, keys: {} });
  expect(parsePreferences('{"keys":{"b":"q"}}').keys).toEqual({ b: "q" });
  expect(parsePreferences('{"sounds":true}')).toEqual({ singleKeys: true, sounds: true, keys: {} });
});
