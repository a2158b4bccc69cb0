import { known } from "@pushback/host";
import { findVariant, PLATFORMS } from "@pushback/scenario";
import { describe, expect, it } from "vitest";
import { checkFacts } from "./fact-check.ts";

const nt = findVariant("nt-4.0-sp6a");
if (!nt) throw new Error("nt-4.0-sp6a is missing");

describe("the check of a variant's facts", () => {
  it.each(PLATFORMS.flatMap(({ variants }) => variants))("lists every assumption of $id, and no fact lacks a document", (variant) => {
    const marked = [variant.personality, variant.boot, variant.goingDown, variant.mail]
      .flatMap((group) => Object.values(group) as { confidence: string }[])
      .filter(({ confidence }) => confidence === "assumption");
    const { assumptions, withoutDocument } = checkFacts(variant);
    expect(assumptions).toHaveLength(marked.length);
    expect(withoutDocument).toEqual([]);
  });

  it("lists facts that Service Pack 6a takes over from Service Pack 3 unless their document covers both or it declares them", () => {
    const { carriedOver } = checkFacts(nt);
    const names = carriedOver.map(({ fact }) => fact);
    expect(carriedOver.find(({ fact }) => fact === "personality.answersTimestamp")).toMatchObject({
      carriedFrom: "nt-4.0",
      cites: [{ document: "xprobeNt4", at: "icmp_timestamp_reply", quote: "n" }],
    });
    expect(names).not.toContain("personality.maxConnectRetries");
    expect(names).not.toContain("personality.answersAddressMask");
    expect(names).not.toContain("personality.isn");
  });

  it("lists a fact that cites no document", () => {
    const weak = { ...nt, mail: { ...nt.mail, codePage: known(1252, "high", "Ctrl+Alt+Del") } };
    expect(checkFacts(weak).withoutDocument).toEqual([{ fact: "mail.codePage", value: 1252, source: "Ctrl+Alt+Del" }]);
  });
});
