/** The article as a tour: the moments that matter, found among the events of a run, each with what there is to see. */

import { causeText, type RecordedEvent } from "@pushback/scenario";
import { elapsedText, spanText } from "./clock-text.ts";
import { isClient, type LabInfo, type LabMachine } from "./lab-types.ts";
import { shortTitle } from "./machine-title.ts";

/** A moment of a run. Times are microseconds of virtual time. */
export interface TourMoment {
  readonly id: string;
  readonly title: string;
  readonly caption: string;
  /** Name of the machine on whose card the moment is shown. */
  readonly machine: string;
  /** The time of the moment's event, and how long before that time the clock slows down. */
  readonly atUs: number;
  readonly leadUs: number;
  /** Virtual seconds per second while the moment is shown. */
  readonly speed: number;
}

/** Input of the search for a moment: the events of the run, and the machine that the tour follows (`hero`). */
interface Search {
  readonly events: readonly RecordedEvent[];
  readonly info: LabInfo;
  readonly hero: LabMachine;
  /** Sessions in which the hero registered a push port. */
  readonly sessions: ReadonlySet<number>;
  /** Times of the hero's ICMP errors. */
  readonly errorsUs: readonly number[];
}

interface MomentDefinition extends Pick<TourMoment, "id" | "speed"> {
  readonly title: string | ((e: RecordedEvent, search: Search) => string);
  readonly leadS: number;
  /** Where to look: the card of the machine that the tour follows, or the server's. */
  readonly look: "machine" | "server";
  /** Whether this event is the moment; called for the events after the previous moment. */
  fits(e: RecordedEvent, search: Search): boolean;
  caption(e: RecordedEvent, search: Search): string;
}

const isOfHero = (e: RecordedEvent, { hero }: Search) => e.machine === hero.name;
const portOf = (e: RecordedEvent): string => ("callbackPort" in e.event ? String(e.event.callbackPort) : "its port");

/** Whether the server has a session of the machine that the tour follows, just before a time. */
function hasSession(us: number, { events, sessions }: Search): boolean {
  let open = 0;
  for (const { atUs, event } of events) {
    if (atUs >= us) break;
    if (event.type === "registered" && sessions.has(event.session)) open++;
    else if (event.type === "session-ended" && sessions.has(event.session)) open--;
  }
  return open > 0;
}

const isUncleanDown = (e: RecordedEvent, s: Search): boolean =>
  e.event.type === "machine-going-down" && e.event.way !== "shutdown" && isOfHero(e, s) && hasSession(e.atUs, s);
const startsAgain = (e: RecordedEvent, { events, hero }: Search): boolean =>
  events.some((o) => o.atUs > e.atUs && o.event.type === "boot-phase" && o.machine === hero.name);

/** ICMP errors of the machine that the tour follows, up to a time. */
const errorsUntil = (us: number, { errorsUs }: Search): number => errorsUs.filter((atUs) => atUs <= us).length;

/** Whether an event of the server is about a session of the machine that the tour follows. */
const isOfHerosSession = ({ event }: RecordedEvent, { sessions }: Search): boolean => "session" in event && sessions.has(event.session);

/** Two machines do something together if no more than this lies between. */
const TOGETHER_US = 60_000_000;

/** Whether other machines do what the event says, at about the same time: by hand, a person may do it at one machine alone. */
function isWithOthers(e: RecordedEvent, { events, hero }: Search, fits: (o: RecordedEvent) => boolean): boolean {
  return events.some(
    (o) => o.machine !== hero.name && Math.abs(o.atUs - e.atUs) <= TOGETHER_US && o.event.type === e.event.type && fits(o),
  );
}

/** Whether all sessions that were open at the end of a session end by logging off, at about the same time. */
function isLogoffOfAll(e: RecordedEvent, { events, sessions }: Search): boolean {
  const others = new Set<number>();
  for (const { atUs, event } of events) {
    if (atUs > e.atUs + TOGETHER_US) break;
    if (event.type === "connect" && atUs < e.atUs && !sessions.has(event.session)) others.add(event.session);
    if (event.type !== "session-ended" || !others.has(event.session)) continue;
    if (atUs < e.atUs - TOGETHER_US || event.how === "disconnect") others.delete(event.session);
  }
  return others.size === 0;
}

/**
 * Time at which the session of the first logon ends or its machine goes down, in microseconds; `Infinity` if neither happens. Later events do not belong to
 * the session.
 */
function firstGoneUs({ events, hero, sessions }: Search): number {
  const isEnd = ({ event, machine }: RecordedEvent): boolean =>
    (event.type === "session-ended" && sessions.has(event.session)) || (event.type === "machine-going-down" && machine === hero.name);
  const loggedOn = events.findIndex(({ event, machine }) => event.type === "logged-on" && machine === hero.name);
  return events.find((e, i) => i > loggedOn && isEnd(e))?.atUs ?? Number.POSITIVE_INFINITY;
}

/** Text for the end of a session: its cause, and the number of ICMP errors until then. */
function endText(e: RecordedEvent, s: Search): string {
  const name = shortTitle(s.hero.title);
  const errors = errorsUntil(e.atUs, s);
  const at = `at ${elapsedText(e.atUs)}`;
  if (e.event.type !== "session-ended") return "";
  if (e.event.how === "disconnect")
    return isLogoffOfAll(e, s)
      ? `The mail clients log off: each session ends at once, ${at}, and with it the push port. Mail that comes later draws no datagram, and so no ICMP error: ${errors} from ${name}.`
      : `The user of ${name} logs off: its session ends at once, ${at}, and with it the push port. Mail that comes later draws no datagram to it, and so no ICMP error of it: ${errors} so far. The other machines keep their sessions.`;
  switch (e.event.cause) {
    case "keepalive-reset":
      return `The rebooted machine has no such connection: it answers with a reset. The session ends ${at} (${causeText(e.event.cause)}), with the datagrams and the errors: ${errors} from ${name}, all harmless.`;
    case "keepalive-timeout":
      return `Nothing answers the probes. After some tries the server’s TCP gives up: the session ends ${at} (${causeText(e.event.cause)}), and with it the datagrams. ${name} has sent ${errors} ICMP errors.`;
    default:
      return `The session ends ${at}: ${causeText(e.event.cause ?? "closed")}. ${name} has sent ${errors} ICMP errors.`;
  }
}

/** The machine whose session this event ends because no probe was answered, although it never went down; `null` for other events. */
function lostMachine({ event, atUs }: RecordedEvent, { events, info, sessions }: Search): LabMachine | null {
  if (event.type !== "session-ended" || event.cause !== "keepalive-timeout" || sessions.has(event.session)) return null;
  const registered = events.find((o) => o.event.type === "registered" && o.event.session === event.session);
  if (registered?.event.type !== "registered") return null;
  const { address } = registered.event;
  const machine = info.machines.find((m) => m.address === address);
  if (machine === undefined) return null;
  const wentDown = events.some((o) => o.atUs <= atUs && o.machine === machine.name && o.event.type === "machine-going-down");
  return wentDown ? null : machine;
}

/** Moments in the order of the article. A moment that does not occur in a run is left out of its tour. */
const MOMENTS: readonly MomentDefinition[] = [
  {
    id: "start",
    title: "The machines start",
    leadS: 0,
    speed: 3,
    look: "machine",
    fits: (e, s) => e.event.type === "boot-phase" && isOfHero(e, s),
    caption: (_, { hero }) =>
      `Five kinds of client computers of 1996 and a Microsoft Exchange Server on one network. A machine's lamp “Stack” lights when its TCP/IP is up. Follow ${shortTitle(hero.title)}, outlined in blue.`,
  },
  {
    id: "logon",
    title: "Logon",
    leadS: 2,
    speed: 1,
    look: "server",
    fits: (e, s) => e.event.type === "logged-on" && isOfHero(e, s),
    caption: (e, s) =>
      !isWithOthers(e, s, () => true)
        ? `The user of ${shortTitle(s.hero.title)} logs on. The mail client tells the server a UDP port for push notifications: port ${portOf(e)}. Look at the server's list: it has the session, with its push port.`
        : `The users log on. Each mail client tells the server a UDP port for push notifications; ${shortTitle(s.hero.title)} names port ${portOf(e)}. Look at the server's list: one session per machine, with its push port.`,
  },
  {
    id: "first-mail",
    title: "First mail",
    leadS: 1,
    speed: 1,
    look: "machine",
    fits: (e, s) => e.event.type === "new-mail" && isOfHero(e, s) && e.atUs < firstGoneUs(s),
    caption: (e, s) =>
      `Mail arrives. The server sends a UDP datagram to ${isWithOthers(e, s, () => true) ? "each client's port" : "the port of its client"}: there is something new. The client fetches the mail over TCP at once and shows it, so no more datagrams are needed.`,
  },
  {
    id: "reboot",
    title: (e, s) => (startsAgain(e, s) ? "The reboot" : "Switched off"),
    leadS: 2,
    speed: 3,
    look: "machine",
    fits: isUncleanDown,
    caption: (e, s) => {
      const done = `${startsAgain(e, s) ? "rebooted" : "switched off"} without logging off`;
      const isOfAll = isWithOthers(e, s, ({ event }) => event.type === "machine-going-down" && event.way !== "shutdown");
      const what = isOfAll
        ? `the machines are ${done}. On the server every session stays open, with its push port.`
        : `${shortTitle(s.hero.title)} is ${done}. On the server its session stays open, with its push port.`;
      return `At ${elapsedText(e.atUs)} ${what} The orange lamps show what only the server still has.`;
    },
  },
  {
    id: "unanswered",
    title: "No answer",
    leadS: 2,
    speed: 5,
    look: "machine",
    fits: (e, s) =>
      e.event.type === "datagram-sent" &&
      isOfHerosSession(e, s) &&
      s.errorsUs.length === 0 &&
      s.events.some((o) => o.atUs < e.atUs && isUncleanDown(o, s)),
    caption: (_, { hero }) =>
      `New mail: the server pushes to the old port. ${shortTitle(hero.title)} is off, so nothing answers: it sends no datagram back and no ICMP error.`,
  },
  {
    id: "first-error",
    title: "The first ICMP error",
    leadS: 2,
    speed: 1,
    look: "machine",
    fits: (e, s) => e.event.type === "icmp-error-sent" && isOfHero(e, s),
    caption: (e, { hero }) =>
      `Mail again, to the old port. ${shortTitle(hero.title)} is up, but no program listens at UDP port ${"dstPort" in e.event ? e.event.dstPort : ""}, so its TCP/IP answers: ICMP port unreachable. Watch the wire: a datagram, and an error back.`,
  },
  {
    id: "again",
    title: "Again and again",
    leadS: 2,
    speed: 15,
    look: "server",
    fits: (e, s) => e.event.type === "icmp-error-sent" && isOfHero(e, s),
    caption: (_, { info }) =>
      `The mail is still unread, so the server repeats its datagram every ${spanText(info.notificationIntervalUs)}, and draws an error each time. The mail server never hears of them: its column “Sent” counts on.`,
  },
  {
    id: "probe",
    title: "The keep-alive probe",
    leadS: 10,
    speed: 1,
    look: "server",
    fits: (e, { hero }) => e.event.type === "keepalive-probe-sent" && e.machine === "server" && e.event.remoteAddress === hero.address,
    caption: (_, { info }) =>
      `${spanText(info.keepAliveUs)} have passed since the server last heard from the clients over TCP. The countdown “Keep-alive in” runs out, and its TCP asks: are you still there?`,
  },
  {
    id: "end",
    title: "The session ends",
    leadS: 0,
    speed: 1,
    look: "server",
    fits: (e, s) => e.event.type === "session-ended" && isOfHerosSession(e, s),
    caption: endText,
  },
  {
    id: "lost",
    title: "A session is lost",
    leadS: 5,
    speed: 1,
    look: "server",
    fits: (e, s) => lostMachine(e, s) !== null,
    caption: (e, s) =>
      `The machine “${lostMachine(e, s)?.name}” was never rebooted, but its network is out: no probe is answered, and the server's TCP gives up. The session ends at ${elapsedText(e.atUs)} (${causeText("keepalive-timeout")}). Look at the line below the server's list.`,
  },
  {
    id: "next-logon",
    title: "The next logon",
    leadS: 2,
    speed: 1,
    look: "server",
    fits: (e, s) => e.event.type === "logged-on" && isOfHero(e, s),
    caption: (e, s) => {
      const who = isWithOthers(e, s, () => true) ? "The users log" : `The user of ${shortTitle(s.hero.title)} logs`;
      return `${who} on again: a new session, push port ${portOf(e)}. Nothing is left of the old one.`;
    },
  },
  {
    id: "next-mail",
    title: "Mail as usual",
    leadS: 1,
    speed: 1,
    look: "machine",
    fits: (e, s) => e.event.type === "new-mail" && isOfHero(e, s),
    caption: (e, s) => {
      const probes = s.events.filter((o) => o.event.type === "keepalive-probe-sent" && o.machine === "server").length;
      const all = s.events.filter((o) => o.event.type === "icmp-error-sent" && o.atUs <= e.atUs).length;
      const look = "open the monitor to look at them.";
      let seen = `Only a network analyzer has seen the errors: ${look}`;
      if (all === 0) seen = "No ICMP error was sent.";
      else if (errorsUntil(e.atUs, s) === 0)
        seen = `${shortTitle(s.hero.title)} has sent no ICMP error, and the other machines have sent ${all}: ${look}`;
      const cost = probes === 0 ? "" : ` In this whole run the server sends ${probes} keep-alive ${probes === 1 ? "probe" : "probes"}.`;
      return `New mail is announced as usual. ${seen}${cost}`;
    },
  },
];

/** The machine that the tour follows: the first compared one that registers a push port; `null` if none does. */
function heroOf(events: readonly RecordedEvent[], info: LabInfo): LabMachine | null {
  const names = new Set(events.flatMap((e) => (e.event.type === "logged-on" && e.event.callbackPort !== null ? [e.machine] : [])));
  const clients = info.machines.filter(isClient);
  return clients.find((m) => m.platform === "windows-9x" && names.has(m.name)) ?? clients.find((m) => names.has(m.name)) ?? null;
}

/** The moments of a whole run, in order of time; none where no client registers a push port. */
export function findMoments(events: readonly RecordedEvent[], info: LabInfo): TourMoment[] {
  const hero = heroOf(events, info);
  if (hero === null) return [];
  const sessions = new Set(
    events.flatMap(({ event }) => (event.type === "registered" && event.address === hero.address ? [event.session] : [])),
  );
  const errorsUs = events.flatMap((e) => (e.event.type === "icmp-error-sent" && e.machine === hero.name ? [e.atUs] : []));
  const search: Search = { events, info, hero, sessions, errorsUs };
  const found: TourMoment[] = [];
  let from = 0;
  for (const { id, title, speed, leadS, look, fits, caption } of MOMENTS) {
    const index = events.findIndex((e, i) => i >= from && fits(e, search));
    if (index < 0) continue;
    const event = events[index];
    const { atUs } = event;
    const machine = look === "server" ? "server" : hero.name;
    // The lead is at most half of the time since the previous moment, so that the previous moment is shown first even if it is close.
    const leadUs = Math.min(leadS * 1_000_000, Math.floor((atUs - (found.at(-1)?.atUs ?? 0)) / 2));
    const text = typeof title === "string" ? title : title(event, search);
    found.push({ id, title: text, speed, machine, atUs, leadUs, caption: caption(event, search) });
    from = index + 1;
  }
  return found;
}
