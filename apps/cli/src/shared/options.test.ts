/** Times on the command line have the limits that scenario files have. */

import { parseScenario } from "@pushback/scenario";
import { describe, expect, it } from "vitest";
import { durationOption, runTimeOptions } from "./options.ts";

/** The fault of a scenario with this setting of the server; `null` if it has none. */
function faultInFile(setting: string): string | null {
  const text = `title: t\nduration: 20m\nserver: { ${setting} }\nclients: [{ name: pc, platform: each }]\nsteps: [{ at: 1m, logon: pc }]\n`;
  const result = parseScenario("file", text);
  return result.ok ? null : result.faults[0].message;
}

describe("times that replace those of the scenario", () => {
  it("are those that a file takes", () => {
    expect(runTimeOptions({})).toEqual({});
    expect(runTimeOptions({ keepalive: "49d", interval: "1d" })).toEqual({ keepAliveUs: 49 * 86_400_000_000, intervalUs: 86_400_000_000 });
    expect([faultInFile("KeepAliveTime: 49d"), faultInFile("notificationInterval: 1d")]).toEqual([null, null]);
  });

  it.each([
    ["keepalive", "51d", "KeepAliveTime"],
    ["keepalive", "9007199254740991us", "KeepAliveTime"],
    ["keepalive", "1ms", "KeepAliveTime"],
    ["interval", "25h", "notificationInterval"],
    ["interval", "999ms", "notificationInterval"],
  ])("are refused as in a file: --%s %s", (option, text, setting) => {
    const [, message] = /^"\w+" (.*)$/.exec(faultInFile(`${setting}: ${text}`) ?? "") ?? [];
    expect(message).toMatch(/^takes a length of time from 1s to /);
    expect(() => runTimeOptions({ [option]: text })).toThrow(`--${option} ${text}: ${message}`);
  });
});

it("a time that is too long to be counted is not called malformed", () => {
  const text = "999999999999999999999d";
  expect(() => durationOption("--interval", text)).toThrow(`--interval ${text}: too long`);
  expect(() => durationOption("--interval", "five")).toThrow("--interval five: not a duration");
});
