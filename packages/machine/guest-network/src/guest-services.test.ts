/** Answers to a guest's requests, frame by frame; whole frames are judged by tshark in `guest-command.test.ts` of the command line. */

import { formatHex, formatIpv4, parseHex, parseIpv4 } from "@pushback/bytes";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answerDhcp, type Lease } from "./dhcp-answer.ts";
import { answerDns } from "./dns-answer.ts";
import { answerNetbios } from "./netbios-answer.ts";
import { dhcpRequest, dnsQuery, netbiosRequest } from "./testing/guest-frames.ts";

const ip = (text: string) => parseIpv4(text) ?? 0;
const NAMES = { domain: "lab.example", addresses: new Map([["exchange1", ip("10.77.0.1")]]) };
const LEASE: Lease = {
  address: ip("10.77.0.2"),
  netmask: ip("255.255.255.0"),
  computer: ip("10.77.0.1"),
  hostName: "GUEST",
  domain: "lab.example",
  seconds: 86_400,
};

describe("DHCP", () => {
  const judge = (...args: Parameters<typeof dhcpRequest>) => {
    const answer = answerDhcp(dhcpRequest(...args), LEASE);
    return (
      answer && {
        kind: answer.kind,
        to: formatIpv4(answer.destination),
        your: formatIpv4(answer.bytes.subarray(16, 20).reduce((n, o) => n * 256 + o, 0)),
      }
    );
  };

  it("offers, and confirms what it offered", () => {
    expect(judge({ type: 1 })).toEqual({ kind: "offer", to: "10.77.0.2", your: "10.77.0.2" });
    expect(judge({ type: 1, broadcast: true })).toMatchObject({ to: "255.255.255.255" });
    expect(judge({ type: 3, requested: LEASE.address, server: LEASE.computer })).toMatchObject({ kind: "ack", your: "10.77.0.2" });
    // A client that renews names its own address alone.
    expect(judge({ type: 3, client: LEASE.address })).toEqual({ kind: "ack", to: "10.77.0.2", your: "10.77.0.2" });
  });

  it("refuses other addresses, leaves requests to other servers alone, and gives options alone to those who ask for them", () => {
    expect(judge({ type: 3, requested: ip("192.168.1.7") })).toEqual({ kind: "nak", to: "255.255.255.255", your: "0.0.0.0" });
    expect(judge({ type: 3, requested: LEASE.address, server: ip("10.77.0.9") })).toBe(null);
    expect(judge({ type: 8, client: ip("10.77.0.5") })).toEqual({ kind: "ack", to: "10.77.0.5", your: "0.0.0.0" });
    expect([judge({ type: 7 }), judge({ type: 4 })]).toEqual([null, null]);
  });

  it("answers BOOTP", () => {
    expect(judge({ type: null })).toMatchObject({ kind: "bootp", your: "10.77.0.2" });
  });

  it("answers arbitrary bytes or ignores them, and never throws", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.nat(300), (tail, cut) => {
        const request = Uint8Array.from([...dhcpRequest({ type: 3 }).subarray(0, 236 + (cut % 9)), ...tail]);
        answerDhcp(request, LEASE);
        answerDhcp(request.subarray(0, cut), LEASE);
      }),
      { numRuns: 300 },
    );
  });
});

describe("DNS", () => {
  it("answers a known name, with and without the domain, and says that it does not know another", () => {
    for (const name of ["exchange1.lab.example", "EXCHANGE1", "Exchange1.Lab.Example"]) {
      const answer = answerDns(dnsQuery(name, 1), NAMES);
      expect(answer?.known).toBe(true);
      expect(formatHex((answer?.bytes ?? new Uint8Array(0)).slice(-4))).toBe("0a4d0001");
    }
    expect(answerDns(dnsQuery("other.lab.example", 1), NAMES)?.bytes[3]).toBe(0x83);
    // A query for the IPv6 address of a name of the lab: the response has no error and no answer record.
    const none = answerDns(dnsQuery("exchange1", 28), NAMES);
    expect([none?.bytes[3], none?.bytes[7]]).toEqual([0x80, 0]);
  });

  it("answers arbitrary bytes or ignores them, and never throws", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (b) => void answerDns(b, NAMES)),
      { numRuns: 500 },
    );
    expect(answerDns(parseHex("000101000001000000000000ff"), NAMES)).toBe(null);
  });
});

describe("NetBIOS names", () => {
  it("answers queries as RFC 1002 says: known, unknown by unicast, and unknown by broadcast not at all", () => {
    const known = answerNetbios(netbiosRequest("EXCHANGE1", 0), NAMES, true);
    expect(formatHex((known?.bytes ?? new Uint8Array(0)).subarray(2, 12))).toBe("85800000000100000000");
    expect(formatHex((known?.bytes ?? new Uint8Array(0)).slice(-12))).toBe("000493e0000600000a4d0001");
    expect(formatHex((answerNetbios(netbiosRequest("OTHER", 0), NAMES, false)?.bytes ?? new Uint8Array(0)).subarray(2, 4))).toBe("8583");
    expect(answerNetbios(netbiosRequest("OTHER", 0), NAMES, true)).toBe(null);
  });

  it("accepts what the guest registers and releases with the name server", () => {
    const code = (opcode: number, isBroadcast = false) => {
      const answer = answerNetbios(netbiosRequest("GUEST", opcode), NAMES, isBroadcast);
      return answer && formatHex(answer.bytes.subarray(2, 4));
    };
    expect([code(5), code(8), code(6), code(7), code(5, true)]).toEqual(["ad80", "ad80", "b400", null, null]);
  });

  it("answers arbitrary bytes or ignores them, and never throws", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 90 }), fc.nat(90), (b, cut) => {
        answerNetbios(b, NAMES, false);
        answerNetbios(netbiosRequest("GUEST", 5).subarray(0, cut), NAMES, false);
      }),
      { numRuns: 300 },
    );
  });
});
