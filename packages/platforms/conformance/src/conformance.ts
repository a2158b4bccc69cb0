/**
 * The whole conformance test of a platform. Rules are asserted from the RFCs. A rule that a variant is known to break runs as an
 * expected failure, which fails as soon as the rule holds. `deviations` lists what the real machine does, `faults` what is wrong or unproven
 * in our emulation.
 */

import type { Platform, PlatformVariant } from "@pushback/host";
import { describe, expect, test } from "vitest";
import { type BootExpectations, testBoot } from "./boot-suite.ts";
import { ICMP_RULES } from "./icmp-rules.ts";
import { type MailExpectations, testMail } from "./mail-suite.ts";
import type { Deviation, Rule } from "./rule.ts";
import { TCP_RULES } from "./tcp-rules.ts";
import { testWire, type WireExpectations } from "./wire-suite.ts";

const RULES = { ...ICMP_RULES, ...TCP_RULES };

type RuleId = keyof typeof RULES;

/** What a platform's test states about one variant, in literals. */
export interface VariantSpec {
  readonly wire: WireExpectations;
  readonly boot: BootExpectations;
  readonly mail: MailExpectations;
  /** Rules that the real machine breaks, each with its source. */
  readonly deviations: readonly Deviation<RuleId>[];
  /** Rules that our emulation breaks although no source says that the real machine does. */
  readonly faults: readonly Deviation<RuleId>[];
}

/** Runs the suite on every variant of the platform. A variant without a spec fails, and so does a spec without a variant. */
export function testPlatformConformance(platform: Platform, specs: Readonly<Record<string, VariantSpec>>): void {
  test(`${platform.id}: every variant has a spec`, () => {
    expect(Object.keys(specs)).toEqual(platform.variants.map((variant) => variant.id));
  });
  for (const variant of platform.variants) {
    const spec = specs[variant.id];
    if (!spec) continue;
    describe(variant.id, () => {
      testRules(variant, spec);
      testWire(variant, spec.wire);
      testBoot(variant, spec.boot);
      testMail(variant, spec.mail);
    });
  }
}

function testRules(variant: PlatformVariant, spec: VariantSpec): void {
  const broken = new Map<string, Deviation>([...spec.deviations, ...spec.faults].map((deviation) => [deviation.rule, deviation]));
  describe("rules", () => {
    test("each deviation is listed once", () => {
      expect(broken.size).toBe(spec.deviations.length + spec.faults.length);
    });
    for (const [id, rule] of Object.entries<Rule>(RULES)) {
      const deviation = broken.get(id);
      if (deviation === undefined) test(`${id}: ${rule.title} (${rule.source})`, () => rule.check(variant));
      else test(`${id} is broken: ${deviation.reason} (${deviation.source})`, () => expectBroken(rule, variant));
    }
  });
}

/** The rule's assertion must fail; any other error is a fault of the test. */
function expectBroken(rule: Rule, variant: PlatformVariant): void {
  let error: unknown = null;
  try {
    rule.check(variant);
  } catch (thrown) {
    error = thrown;
  }
  if (error === null) throw new Error(`the rule holds now: take it off the list (${rule.title})`);
  if (!(error instanceof Error && error.name === "AssertionError")) throw error;
}
