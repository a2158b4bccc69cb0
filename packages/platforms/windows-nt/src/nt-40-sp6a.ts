/** Windows NT 4.0 with Service Pack 6a: what differs from Service Pack 3. */

import { type BootModel, type Facts, type GoingDown, known, type Personality } from "@pushback/host";
import { nt40Boot, nt40GoingDown } from "./machine.ts";
import { nt40Personality } from "./personality.ts";

const NMAP = 'nmap-os-db, "Microsoft Windows NT 4.0 SP5 - SP6a"';
const SECOND = 1_000_000;

export const nt40Sp6aPersonality: Facts<Personality> = {
  ...nt40Personality,
  answersAddressMask: known(false, "high", "Q186463: corrected in Service Pack 4"),
  isn: known(
    { kind: "random-increments", unitsPerSecond: 230_000, minIncrement: 20_000, maxIncrement: 60_000 },
    "medium",
    `a public capture of an NT 4.0 server of 2002: about 230,000 a second and 40,000 a connection; the range about that mean is assumed, within ${NMAP} SP=20-90 ISR=30-A1`,
  ),
  resets: known(
    {
      ...nt40Personality.resets.value,
      ackToClosed: { ackFlag: false, seq: "segment-ack", ack: "unset", window: "zero", text: "" },
      ackToListener: { ackFlag: false, seq: "segment-ack", ack: "unset", window: "zero", text: "" },
    },
    "medium",
    `${NMAP} T4, T6 A=O: neither zero nor a number of the probe; that the field is never set is deduced`,
  ),
  arpAnswersProbe: known(true, "high", "Q174929: first corrected in Service Pack 4"),
};

export const nt40Sp6aBoot: Facts<BootModel> = {
  ...nt40Boot,
  phases: {
    ...nt40Boot.phases,
    value: nt40Boot.phases.value.map((phase) =>
      phase.id === "kernel" ? { ...phase, screen: ["Microsoft (R) Windows NT (TM) Version 4.0 (Build 1381: Service Pack 6)"] } : phase,
    ),
  },
};

export const nt40Sp6aGoingDown: Facts<GoingDown> = {
  ...nt40GoingDown,
  "warm-boot": known(
    { logsOff: false, connections: "silent", takesUs: SECOND },
    "medium",
    "Q219885: quick reboot by Shift+Ctrl+Alt+Del is no graceful shutdown; that it sends nothing is assumed",
  ),
  uncleanReboot: known("warm-boot", "medium", "Q219885: EnableQuickReboot, from Service Pack 4 on, if the registry sets it"),
};
