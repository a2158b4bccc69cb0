/** Expectations of parts of a run: of the machines of one client, and of what happened during an interval. Both are judged on the run of all machines together. */

import { formatDuration } from "@pushback/host";
import type { ExpectationResult } from "./comparison-types.ts";
import { checkMetrics } from "./expectations.ts";
import { MachineView } from "./machine-view.ts";
import type { MetricView } from "./metrics/metric.ts";
import type { RecordedMachine } from "./recorded-event.ts";
import type { Recording } from "./recording.ts";
import type { IndexedRecording } from "./recording-index.ts";
import type { Expectation } from "./scenario-schema.ts";

/** The machines of one client of the scenario. Fleets are judged elsewhere. */
function machinesOf({ machines, clientOf }: Recording, name: string): RecordedMachine[] {
  return machines.filter((machine) => clientOf.get(machine.name) === name);
}

/** The view restricted to events and frames from `fromUs` (inclusive) to `toUs` (exclusive). Sessions are not cut off at these times. */
function viewDuring(view: MachineView, fromUs: number, toUs: number): MetricView {
  const isDuring = (us: number) => us >= fromUs && us < toUs;
  return {
    machine: view.machine,
    server: view.server,
    sessions: view.sessions,
    downAtUs: view.downAtUs,
    staleSession: view.staleSession,
    nextSession: view.nextSession,
    events: view.events.filter(({ atUs }) => isDuring(atUs)),
    serverEvents: view.serverEvents.filter(({ atUs }) => isDuring(atUs)),
    datagrams: view.datagrams.filter(({ timeUs }) => isDuring(timeUs)),
    unreachables: view.unreachables.filter(({ timeUs }) => isDuring(timeUs)),
    routerErrors: view.routerErrors.filter(({ timeUs }) => isDuring(timeUs)),
    deliveriesUs: view.deliveriesUs.filter(isDuring),
    stackUpAfter: (us) => view.stackUpAfter(us),
    datagramsOf: (session) => view.datagramsOf(session).filter(({ timeUs }) => isDuring(timeUs)),
    segmentsOf: (session) => view.segmentsOf(session).filter(({ timeUs }) => isDuring(timeUs)),
  };
}

/** Results of `expect.clients` and `expect.during`. Empty if the run's settings differ from the file's, because the numbers do not apply then. */
export function judgeParts(indexed: IndexedRecording): ExpectationResult[] {
  const { recording } = indexed;
  const { scenario, machines, asWritten } = recording;
  const { expect, catalogue } = scenario;
  if (!asWritten || (Object.keys(expect.clients).length === 0 && expect.during.length === 0)) return [];
  const viewOf = (machine: RecordedMachine) => new MachineView(indexed.index, machine);
  const check = (view: MetricView, expectation: Expectation, where: string): ExpectationResult[] => {
    const row = Object.fromEntries(catalogue.metrics.filter(({ key }) => key in expectation).map(({ key, of }) => [key, of(view)]));
    return checkMetrics(row, expectation, where);
  };
  const ofClients = Object.entries(expect.clients).flatMap(([name, expectation]) =>
    machinesOf(recording, name).flatMap((machine) => check(viewOf(machine), expectation, machine.name)),
  );
  const during = expect.during.flatMap(({ from, to, every, clients }) => {
    const when = `from ${formatDuration(from)} to ${formatDuration(to)}`;
    const compared = machines.filter(({ role }) => role === "compared").map((machine) => [machine, every] as const);
    const others = Object.entries(clients).flatMap(([name, expectation]) =>
      machinesOf(recording, name).map((machine) => [machine, expectation] as const),
    );
    return [...compared, ...others].flatMap(([machine, expectation]) =>
      check(viewDuring(viewOf(machine), from, to), expectation, `${when}, ${machine.name}`),
    );
  });
  return [...ofClients, ...during];
}
