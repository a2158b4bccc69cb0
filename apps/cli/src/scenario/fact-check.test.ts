import type { Platform } from "@pushback/host";
import { findVariant, PLATFORMS } from "@pushback/scenario";
import { describe, expect, it } from "vitest";
import { checkFacts, namesDocument } from "./fact-check.ts";

const nt = findVariant("nt-4.0-sp6a");
if (!nt) throw new Error("nt-4.0-sp6a is missing");

describe("the check of a variant's facts", () => {
  it.each(PLATFORMS.flatMap(({ variants }) => variants))("lists every assumption of $id", (variant) => {
    const marked = [variant.personality, variant.boot, variant.goingDown, variant.mail]
      .flatMap((group) => Object.values(group) as { confidence: string }[])
      .filter(({ confidence }) => confidence === "assumption");
    expect(checkFacts(variant, PLATFORMS).assumptions).toHaveLength(marked.length);
  });

  it("lists a record that Service Pack 6a takes from Service Pack 3, and none that it declares", () => {
    const { shared } = checkFacts(nt, PLATFORMS);
    const names = shared.map(({ fact }) => fact);
    expect(shared.find(({ fact }) => fact === "personality.maxConnectRetries")?.sharedWith).toContain("nt-4.0");
    expect(names).not.toContain("personality.answersAddressMask");
    expect(names).not.toContain("personality.isn");
  });

  it("lists a fact whose source names no document", () => {
    const weak = { ...nt, mail: { ...nt.mail, codePage: { value: 1252, source: "Ctrl+Alt+Del", confidence: "high" as const } } };
    const platforms: readonly Platform[] = [{ id: nt.platform, title: "", summary: "", variants: [weak] }];
    expect(checkFacts(weak, platforms).withoutDocument).toContainEqual({ fact: "mail.codePage", value: 1252, source: "Ctrl+Alt+Del" });
  });

  it.each([
    ["Q140325", true],
    ["RFC 1122, 4.2.3.5", true],
    ['nmap-os-db, "Microsoft Windows NT 4.0 SP5 - SP6a"', true],
    ["traffic of an Exchange 5.5 client", false],
    ["Ctrl+Alt+Del", false],
  ])("reads whether %s names a document", (source, expected) => {
    expect(namesDocument(source)).toBe(expected);
  });
});
