import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseScenario } from "./scenario-file.ts";

const GOOD = `title: A test
duration: 10m
clients:
  - name: client
    platform: each
steps:
  - at: 45s
    logon: client
`;

function faultsOf(text: string): string[] {
  const result = parseScenario("test", text);
  return result.ok ? [] : result.faults.map((f) => `${f.line}:${f.column} ${f.message}`);
}

describe("a scenario file", () => {
  it("is read with its defaults", () => {
    const result = parseScenario("test", GOOD);
    if (!result.ok) throw new Error(JSON.stringify(result.faults));
    expect(result.scenario).toMatchObject({
      id: "test",
      duration: 600_000_000,
      start: "1996-09-02T08:00:00Z",
      server: { platform: "windows-nt" },
      network: { latency: 150, jitter: 100, loss: 0 },
      clients: [{ name: "client", platform: "each", set: {} }],
      steps: [{ at: 45_000_000, logon: ["client"] }],
    });
  });

  it.each([
    ["malformed YAML", "title: [unclosed\n", /^1:\d+ |^2:\d+ /],
    [
      "an unknown step",
      GOOD.replace("logon: client", "login: client"),
      /^8:5 unknown step "login" \(did you mean "logon"\?\); there are logon,/,
    ],
    ["an unknown setting", GOOD.replace("duration: 10m", "duration: 10m\nspeed: 3"), /^3:1 unknown setting "speed"/],
    ["a bad duration", GOOD.replace("45s", "45 seconds"), /^7:5 "at" takes a length of time such as 90s/],
    ["a duration too long to be counted", GOOD.replace("10m", `${"9".repeat(21)}d`), /^2:1 "duration" is too long for a length of time$/],
    ["a number for a duration", GOOD.replace("10m", "600"), /^2:1 "duration" takes a length of time/],
    ["an unknown platform", GOOD.replace("each", "os-2"), /^5:5 unknown platform "os-2"; there are [a-z0-9.-]+, /],
    ["an unknown machine", GOOD.replace("logon: client", "logon: cleint"), /^8:5 unknown machine "cleint"; there are client/],
    ["a missing part", GOOD.replace("duration: 10m\n", ""), /^1:1 "duration" is missing/],
    ["a step without action", GOOD.replace("    logon: client\n", ""), /^7:5 step number 1 names no action/],
    ["two actions in a step", `${GOOD}    read: client\n`, /names 2 actions \(logon, read\)/],
    ["a step after the end", GOOD.replace("45s", "11m"), /^7:5 the step comes after/],
    [
      "a setting that no platform has",
      GOOD.replace("platform: each", "platform: nt-4.0\n    set: { personality: { ttl: 3 } }"),
      /personality\.ttl is unknown; there are ttlTcp/,
    ],
    [
      "a setting of another kind",
      GOOD.replace("platform: each", "platform: nt-4.0\n    set: { personality: { ttlTcp: high } }"),
      /personality\.ttlTcp takes a number, not "high"/,
    ],
    [
      "two machines of one name",
      GOOD.replace("steps:", "  - name: client\n    platform: ms-dos\nsteps:"),
      /^6:5 "client" is there already/,
    ],
    [
      "two machines of one name, case aside",
      GOOD.replace("steps:", "  - name: Client\n    platform: ms-dos\n  - name: CLIENT\n    platform: ms-dos\nsteps:"),
      /"CLIENT" and "Client" would have a machine and a mailbox of the same name, "CLIENT": rename one of them/,
    ],
    [
      "a machine called as the one of a platform",
      GOOD.replace("steps:", "  - name: Windows-NT\n    platform: ms-dos\nsteps:"),
      /^6:5 "Windows-NT" and "client" would have a machine and a mailbox of the same name/,
    ],
    [
      "a machine called as one of a fleet",
      GOOD.replace("steps:", "  - { name: desk, platform: ms-dos, count: 3 }\n  - { name: Desk-2, platform: ms-dos }\nsteps:"),
      /"Desk-2" and "desk" would have a machine/,
    ],
    [
      "two fleets of one name, case aside",
      GOOD.replace("steps:", "  - { name: desk, platform: ms-dos, count: 3 }\n  - { name: Desk, platform: ms-dos, count: 2 }\nsteps:"),
      /"Desk" and "desk" would have a machine/,
    ],
    [
      "a machine called as one beside another",
      GOOD.replace("steps:", "  - { name: windows-nt.two, platform: ms-dos }\n  - { name: two, platform: same, beside: client }\nsteps:"),
      /"two" and "windows-nt.two" would have a machine/,
    ],
    [
      "a range that no number fits",
      `${GOOD}expect: { every: { datagramsOnWire: { min: 5, max: 2 } } }\n`,
      /"datagramsOnWire" `min` is above `max`, so that no number would do/,
    ],
    ["an empty list of causes", `${GOOD}expect: { every: { sessionEndCause: [] } }\n`, /"sessionEndCause" needs at least one cause/],
    ["how without reboot", `${GOOD}    how: reset\n`, /`how` goes with reboot only/],
    [
      "a segment that is not there",
      GOOD.replace("platform: each", "platform: each\n    segment: branch"),
      /^6:5 unknown segment "branch"; there are server/,
    ],
    [
      "a firewall without a router",
      GOOD.replace("clients:", "network: { firewall: [{ protocol: udp }] }\nclients:"),
      /a firewall needs segments: with one there is no router/,
    ],
    [
      "a rule about no segment",
      GOOD.replace("clients:", "network: { segments: [{ name: branch }], firewall: [{ from: brunch }] }\nclients:"),
      /unknown segment "brunch" \(did you mean "branch"\?\); there are server, branch/,
    ],
    [
      "two segments of one name",
      GOOD.replace("clients:", "network: { segments: [{ name: server }] }\nclients:"),
      /"server" is there already/,
    ],
    [
      "an address that is none",
      GOOD.replace("platform: each", "platform: ms-dos\n    address: 10.1.9"),
      /"address" takes an address such as/,
    ],
    [
      "an address of another network",
      GOOD.replace("platform: each", "platform: ms-dos\n    address: 10.1.10.7"),
      /10\.1\.10\.7 is not on segment server/,
    ],
    ["one address for several", GOOD.replace("platform: each", "platform: each\n    address: 10.1.9.7"), /"address" is for one machine/],
    ["a step to two addresses", `${GOOD}  - at: 1m\n    address: { machine: client, new: true, takes: client }\n`, /takes one of `to`/],
    [
      "beside a client that is not there",
      GOOD.replace("steps:", "  - name: other\n    platform: same\n    beside: nobody\nsteps:"),
      /"beside" names no client above/,
    ],
    ["platform: same without beside", GOOD.replace("platform: each", "platform: same"), /unknown platform "same"/],
    [
      "a phase that one of the compared has not",
      GOOD.replace("platform: each", "platform: each\n    set: { boot: { stack: { kind: after-phase, phase: vxds } } }"),
      /boot\.stack\.phase "vxds" is unknown/,
    ],
    ["an empty file", "", /^1:1 /],
  ])("says where and what: %s", (_name, text, pattern) => {
    const faults = faultsOf(text);
    expect(faults.length).toBeGreaterThan(0);
    expect(faults[0]).toMatch(pattern);
  });

  it("never throws on arbitrary text", () => {
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => faultsOf(text).length > 0));
    fc.assert(
      fc.property(fc.nat(GOOD.length), fc.string({ maxLength: 8, unit: "binary" }), (at, insert) => {
        faultsOf(GOOD.slice(0, at) + insert + GOOD.slice(at));
      }),
    );
  });
});
