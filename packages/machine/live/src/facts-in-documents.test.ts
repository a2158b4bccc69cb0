/** Every fact of a platform names a document that holds its value; the databases are read from where Debian installs them when the test runs. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Citation,
  DOCUMENTS,
  type DocumentId,
  FACT_GROUP_NAMES,
  type Fact,
  factsOfGroup,
  type PlatformVariant,
  type SourceDocument,
} from "@pushback/host";
import { requireFile, type SkippableTest } from "@pushback/judges";
import { PLATFORMS } from "@pushback/scenario";
import { describe, expect, it } from "vitest";
import { KEPT_QUOTATIONS } from "./testing/kept-quotations.ts";

const VARIANTS = PLATFORMS.flatMap(({ variants }) => variants);

/** Databases that Debian ships: the file and its package. */
const SHIPPED: Readonly<Record<string, readonly [path: string, debianPackage: string]>> = {
  "nmap-os-db": ["/usr/share/nmap/nmap-os-db", "nmap-common"],
  "etter.finger.os": ["/usr/share/ettercap/etter.finger.os", "ettercap-common"],
  "pf.os": ["/usr/share/doc/nftables/examples/pf.os", "nftables (with its documentation)"],
};

interface NamedFact {
  readonly name: string;
  readonly fact: Fact<unknown>;
}

function factsOf(variant: PlatformVariant): NamedFact[] {
  return FACT_GROUP_NAMES.flatMap((group) => factsOfGroup(variant, group).map(([name, fact]) => ({ name: `${group}.${name}`, fact })));
}

/** Whether the fields of a database line, separated by `%`, contain each of these. */
function holdsFields(line: string, wanted: readonly string[]): boolean {
  const fields = line.split("%");
  return wanted.every((field) => fields.includes(field));
}

/** Test line of an nmap-os-db entry without its name and parentheses; empty if the entry lacks it. */
function lineOf(entry: string, test: string): string {
  return new RegExp(`^${test}\\((.*)\\)$`, "m").exec(entry)?.[1] ?? "";
}

/** Whether the database has an entry of this name that holds the quotation. nmap has several entries of one name. */
function shippedHolds(database: string, name: string, title: string, { at, quote }: Citation): boolean {
  if (name === "nmap-os-db") {
    return entriesOf(database, title).some((entry) => at.split(",").every((test) => holdsFields(lineOf(entry, test), quote.split(" "))));
  }
  // etter.finger.os and pf.os: one line for each fingerprint, its name last.
  const line = name === "pf.os" ? quote : `${quote}:`;
  return database.split("\n").some((row) => row.startsWith(line) && row.slice(line.length).trim() === title);
}

function keptHolds(document: DocumentId, { at, quote }: Citation): boolean {
  const kept = KEPT_QUOTATIONS[document]?.[at];
  if (kept === undefined) return false;
  const isFields = kept.includes("%");
  return isFields ? holdsFields(kept, quote.split(" ")) : kept.includes(quote);
}

/** Databases that were read, by path: nmap's has five megabytes. */
const read = new Map<string, string>();

function readDatabase(test: SkippableTest, path: string, debianPackage: string): string {
  const text = read.get(path) ?? requireFile(test, path, debianPackage);
  read.set(path, text);
  return text;
}

/** Entries of nmap-os-db that have a name. */
const entries = new Map<string, readonly string[]>();

function entriesOf(database: string, title: string): readonly string[] {
  const key = `${database.length} ${title}`;
  const found = entries.get(key) ?? database.split(/\n\n/).filter((text) => text.includes(`Fingerprint ${title}\n`));
  entries.set(key, found);
  return found;
}

function expectHeld(test: SkippableTest, citation: Citation): void {
  const { document, at, quote } = citation;
  const { name, entry } = DOCUMENTS[document] as SourceDocument;
  const shipped = SHIPPED[name];
  if (shipped === undefined || entry === null) {
    const ats = at.split(",").every((part) => part in (KEPT_QUOTATIONS[document] ?? {})) ? at.split(",") : [at];
    expect(ats.map((part) => [document, part, quote, keptHolds(document, { ...citation, at: part })])).toEqual(
      ats.map((part) => [document, part, quote, true]),
    );
    return;
  }
  const database = readDatabase(test, ...shipped);
  expect([name, entry, at, quote, shippedHolds(database, name, entry, citation)]).toEqual([name, entry, at, quote, true]);
}

describe.each(VARIANTS.map((variant) => [variant.id, variant] as const))("%s", (id, variant) => {
  const facts = factsOf(variant);
  const documented = facts.filter(({ fact }) => fact.confidence !== "assumption");

  it("names a document with a quotation for every fact that is no assumption", () => {
    const lacking = documented.filter(({ fact }) => fact.cites.length === 0 || fact.cites.some(({ quote }) => quote === ""));
    expect(lacking.map(({ name }) => name)).toEqual([]);
  });

  it("cites documents of its own system, or says from which one the value is carried over", () => {
    const covers = ({ cites }: Fact<unknown>, system: string) =>
      cites.some(({ document }) => (DOCUMENTS[document] as SourceDocument).covers.includes(system));
    expect(documented.filter(({ fact }) => fact.carriedFrom === undefined && !covers(fact, id)).map(({ name }) => name)).toEqual([]);
    // The documents of a fact that is carried over cover the system `carriedFrom`, if that is one of our variants.
    const others = documented.filter(({ fact }) => VARIANTS.some((v) => v.id === fact.carriedFrom));
    expect(others.filter(({ fact }) => !covers(fact, fact.carriedFrom ?? "")).map(({ name }) => name)).toEqual([]);
  });

  it("quotes what the documents hold", (test) => {
    for (const { fact } of documented) for (const citation of fact.cites) expectHeld(test, citation);
  });
});

it("keeps no quotation and no document that no fact cites", () => {
  const cited = new Set<string>(VARIANTS.flatMap(factsOf).flatMap(({ fact }) => fact.cites.map(({ document }) => document)));
  expect(Object.keys(KEPT_QUOTATIONS).filter((document) => !cited.has(document))).toEqual([]);
  expect(Object.keys(DOCUMENTS).filter((document) => !cited.has(document))).toEqual([]);
});

it("does not find a quotation in a document that lacks it", () => {
  const entry = "Fingerprint Some System\nU1(DF=N%TG=20)\nT1(R=Y%TG=80)\n\n";
  const holds = (at: string, quote: string) => shippedHolds(entry, "nmap-os-db", "Some System", { document: "nmap95", at, quote });
  expect([holds("U1", "TG=20"), holds("U1", "TG=2"), holds("U1,T1", "TG=20"), holds("T9", "TG=20")]).toEqual([true, false, false, false]);
  expect(keptHolds("Q140552", { document: "Q140552", at: "TcpMaxDataRetransmissions", quote: "6" })).toBe(false);
});

/** A folder with the articles' texts, one file for each article number. This project does not ship them. */
const articles = process.env["PUSHBACK_ARTICLES"];

if (articles !== undefined) {
  it.for(Object.keys(KEPT_QUOTATIONS).filter((id) => existsSync(join(articles, `${id}.TXT`))))("%s has each kept quotation", (id) => {
    const flat = (text: string) => text.replaceAll(/\s+/g, " ");
    const text = flat(readFileSync(join(articles, `${id}.TXT`), "latin1"));
    const kept = Object.entries(KEPT_QUOTATIONS[id as DocumentId] ?? {}).flatMap(([at, quotes]) =>
      quotes.split(" | ").map((quote) => [at, quote]),
    );
    expect(kept.filter(([, quote]) => !text.includes(flat(quote)))).toEqual([]);
  });
}
