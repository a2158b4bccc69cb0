/** The companion: a short scenario that judges claims which another one expects and cannot show itself. */

import type { Catalogue } from "./catalogue.ts";
import type { ClaimId } from "./claim-texts.ts";
import type { ClaimSummary, ExpectationResult } from "./comparison-types.ts";
import { parseScenario, type Scenario } from "./scenario-file.ts";

/** Id of the companion: a scenario of the gallery that is run as well if another scenario cannot show a claim. */
export const COMPANION_ID = "next-logon-beside-stale";

/** The claims for which the companion's run may stand in. All other claims that a file expects must be shown by the file's own run. */
export const COMPANION_CLAIMS: readonly ClaimId[] = ["next-logon"];

/** The gallery's file of that name (a test compares them): the library must not read files. */
export const COMPANION_TEXT = `# yaml-language-server: $schema=../docs/scenario.schema.json
title: The next logon beside the stale session
about: >
  The first logon of the day is over when the session that goes stale begins, so that it holds other ports than the first logon
  after the reboot gets. The stale session and the new one then live side by side, and both are pushed to. The new session is
  notified as if the stale one were not there. \`pushback compare\` without a scenario runs this one too.
duration: 10m

server:
  notificationInterval: 30s

clients:
  - name: client
    platform: each

steps:
  - at: 45s
    logon: client
  - at: 1m
    logoff: client
  - at: 1m15s
    logon: client
  - at: 1m30s
    deliver: { to: client, subject: Lunch, body: "Noon, the usual place?" }
  - at: 1m32s
    read: client
  - at: 2m
    reboot: client
  - at: 3m
    deliver: { to: client, subject: Minutes of Monday, body: "Attached, as promised." }
  - at: 6m
    logon: client
  - at: 7m
    deliver: { to: client, subject: Are you there?, body: "Your machine seems to be back." }
  - at: 7m10s
    read: client

expect:
  claims: [notify, stop-on-retrieve, continue-after-reboot, next-logon]
  every:
    # One for the first message, fifteen for the stale session from the third minute to the tenth, one for the new session.
    datagramsSent: 17
    sessionEndCause: open
    newMailNotifiedAfterRelogon: true
    relogonReusedTcpPort: false
`;

/** Throws a RangeError if the catalogue lacks what the companion needs. */
export function companionScenario(catalogue: Catalogue): Scenario {
  const result = parseScenario(COMPANION_ID, COMPANION_TEXT, catalogue);
  if (!result.ok) throw new RangeError(`the companion scenario does not fit the catalogue: ${result.faults[0].message}`);
  return result.scenario;
}

/** What the companion showed. */
export interface CompanionSummary {
  readonly scenario: string;
  readonly claims: readonly ClaimSummary[];
  readonly expectations: readonly ExpectationResult[];
}

/**
 * Replaces the claims about which this run has no evidence by the companion's results. A replaced claim has the companion's name in `scenario`, and its
 * evidence is in the companion's captures.
 */
export function claimsWith(claims: readonly ClaimSummary[], companion: CompanionSummary): ClaimSummary[] {
  return claims.map((claim) => {
    const other = COMPANION_CLAIMS.includes(claim.id) ? companion.claims.find(({ id }) => id === claim.id) : undefined;
    return claim.holds === null && other !== undefined && other.holds !== null ? { ...other, scenario: companion.scenario } : claim;
  });
}

/** Failed expectations of the companion as failures of this run, prefixed with its name. */
export function failuresOf({ scenario, expectations }: CompanionSummary): ExpectationResult[] {
  return expectations.filter(({ met }) => !met).map(({ text }) => ({ met: false, text: `${scenario}: ${text}` }));
}
