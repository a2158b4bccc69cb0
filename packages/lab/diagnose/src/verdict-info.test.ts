/** Compares the declarations of the verdicts with the program's behaviour, and their order with the documentation's. */

import { describe, expect, it } from "vitest";
import { describeFlow, describeHarm, VERDICT_INFO, VERDICTS } from "./index.ts";

describe("the verdicts", () => {
  it("come with the serious first, each with a title of its own", () => {
    const severities = VERDICTS.map((verdict) => VERDICT_INFO[verdict].severity);
    expect(severities).toEqual([...severities].sort((a, b) => a - b));
    const titles = VERDICTS.map((verdict) => VERDICT_INFO[verdict].title);
    expect(new Set(titles).size).toBe(VERDICTS.length);
    for (const title of titles) expect(title).toMatch(/^[A-Z].*[^.]$/);
  });

  it("are about push datagrams where their name says so, and where two cards or a link monitor take them", () => {
    const push = VERDICTS.filter((verdict) => VERDICT_INFO[verdict].isPush);
    expect([...push].sort()).toEqual(
      [...VERDICTS.filter((verdict) => /push/.test(verdict)), "address-conflict" as const, "link-monitor" as const].sort(),
    );
  });

  it("tell a flow by its ends, its port and its pace", () => {
    const flow = { from: "10.0.0.1", to: "10.0.0.2", port: 1044, datagrams: 117, errors: 116, intervalUs: 60_000_000 };
    expect(describeFlow(flow)).toBe("10.0.0.1 to 10.0.0.2, port 1044: 117 datagrams, mostly 60 s apart, 116 errors");
    expect(describeFlow({ ...flow, senders: 7, to: null, port: null, datagrams: 0, errors: 1 })).toBe("7 machines to many: 1 error");
    expect([describeHarm(true), describeHarm(false)]).toEqual(["harmless", "not shown to be harmless"]);
  });
});
