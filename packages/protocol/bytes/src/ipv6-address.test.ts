import { expect, it } from "vitest";
import { AddressNumbers, FIRST_IPV6_NUMBER, formatIpv6, parseIpv6 } from "./index.ts";

it("shows addresses as RFC 5952 says, and reads them back", () => {
  for (const [text, shown] of [
    ["2001:db8::50", "2001:db8::50"],
    ["2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["::", "::"],
    ["::1", "::1"],
    ["fe80::", "fe80::"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["::ffff:192.0.2.1", "::ffff:192.0.2.1"],
  ]) {
    const bytes = parseIpv6(text);
    expect(bytes && formatIpv6(bytes)).toBe(shown);
  }
  for (const text of ["", ":", "1:2", ":::", "1::2::3", "12345::", "1:2:3:4:5:6:7:8:9", "::1.2.3.400", "1:2:3:4:5:6:7::8"])
    expect([text, parseIpv6(text)]).toEqual([text, null]);
});

it("numbers each IPv6 address once, and keeps no more than it may", () => {
  const numbers = new AddressNumbers(100);
  const address = (i: number) => parseIpv6(`2001:db8::${i.toString(16)}`) as Uint8Array;
  for (let round = 0; round < 2; round++) for (let i = 0; i < 100; i++) expect(numbers.ofIpv6(address(i), 0)).toBe(FIRST_IPV6_NUMBER + i);
  expect(numbers.ofIpv6(address(100), 0)).toBe(-1);
  expect(numbers.dropped).toBe(1);
  expect(numbers.format(FIRST_IPV6_NUMBER + 16)).toBe("2001:db8::10");
  expect(numbers.format(0x0a000001)).toBe("10.0.0.1");
  expect([0xefff_fffa, 0x0a0000ff, 0x0a000001, FIRST_IPV6_NUMBER].map((n) => numbers.isGroup(n))).toEqual([true, true, false, false]);
});
