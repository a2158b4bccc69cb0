/** Lessons for a class, as data: a run, and questions about it. No answer is written down: each is read from the run. */

import { causeText, type RecordedEvent } from "@pushback/scenario";
import { spanText } from "./clock-text.ts";
import type { LabInfo, LabSettings } from "./lab-types.ts";

const MINUTE_US = 60_000_000;

/** A run that was simulated to its end. */
export interface WholeRun {
  readonly info: LabInfo;
  readonly events: readonly RecordedEvent[];
  /** The machine that the questions are about: Windows 95. */
  readonly machine: string;
}

/** The settings of a run that differ between lessons. */
type LessonRun = Pick<LabSettings, "scenario">;

interface QuestionDefinition {
  readonly text: string;
  /** Hint after a wrong answer: where in the studio the answer can be seen. */
  readonly hint: string;
  /** The answers to choose from, the right one among them; a number is typed where there are none. */
  readonly choices?: readonly string[];
  answer(run: WholeRun): string | number;
  /** Explanation that is shown after the right answer. */
  readonly because: string;
}

interface LessonDefinition {
  readonly id: string;
  readonly title: string;
  readonly run: LessonRun;
  readonly questions: readonly QuestionDefinition[];
}

/** A question as the page shows it. */
export interface LessonQuestion extends Pick<QuestionDefinition, "text" | "hint" | "because"> {
  readonly choices: readonly string[] | null;
  readonly answer: string | number;
}

type EventOf<T extends string> = Extract<RecordedEvent["event"], { readonly type: T }>;

/** Events of a type with their times, in order; those of the lesson's machine unless `machine` is another, or `null` for all. */
function eventsOf<T extends RecordedEvent["event"]["type"]>(
  run: WholeRun,
  type: T,
  machine: string | null = run.machine,
): { readonly atUs: number; readonly event: EventOf<T> }[] {
  return run.events.flatMap(({ atUs, machine: of, event }) =>
    event.type === type && (machine === null || of === machine) ? [{ atUs, event: event as EventOf<T> }] : [],
  );
}

function first<T>(found: readonly T[]): T {
  if (found.length === 0) throw new RangeError("the lesson's run has no such event");
  return found[0];
}

/** Names of ICMP messages by type and code (RFC 792; the registry of ICMP parameters). */
const ICMP_NAMES: Readonly<Record<string, string>> = {
  "0/0": "Echo reply",
  "3/1": "Destination unreachable, host unreachable",
  "3/3": "Destination unreachable, port unreachable",
  "11/0": "Time exceeded",
};

/** The machine's first session at the server. */
function firstSession(run: WholeRun) {
  const { atUs } = first(eventsOf(run, "logged-on"));
  const port = first(eventsOf(run, "logged-on")).event.callbackPort;
  const address = run.info.machines.find(({ name }) => name === run.machine)?.address;
  const registered = eventsOf(run, "registered", "server").find(({ event }) => event.port === port && event.address === address);
  const session = registered?.event.session;
  const ended = eventsOf(run, "session-ended", "server").find(({ event }) => event.session === session);
  return { atUs, ended };
}

function endCause(run: WholeRun): string {
  const { ended } = firstSession(run);
  if (ended === undefined) return causeText("open");
  return causeText(ended.event.how === "disconnect" ? "logoff" : (ended.event.cause ?? "closed"));
}

const END_CAUSES = [causeText("logoff"), causeText("keepalive-reset"), causeText("keepalive-timeout"), causeText("open")];
const errorsOf = (run: WholeRun): number => eventsOf(run, "icmp-error-sent").length;
const probesOf = (run: WholeRun): number => eventsOf(run, "keepalive-probe-sent", "server").length;

const ARTICLE: LessonRun = { scenario: "kb-q159302" };
const SHORT: LessonRun = { scenario: "keepalive-5-minutes" };

const LESSONS: readonly LessonDefinition[] = [
  {
    id: "what-is-it",
    title: "What is this ICMP?",
    run: ARTICLE,
    questions: [
      {
        text: "The machines are rebooted, then mail arrives. Which ICMP message does Windows 95 send back?",
        hint: "Look at the caption of the tour’s moment “The first ICMP error”, or at the error in the monitor.",
        choices: Object.values(ICMP_NAMES),
        answer: (run) => {
          const { icmpType, code } = first(eventsOf(run, "icmp-error-sent")).event;
          return ICMP_NAMES[`${icmpType}/${code}`] ?? `Type ${icmpType}, code ${code}`;
        },
        because: "The machine is there, but no program listens at that UDP port: type 3, code 3.",
      },
      {
        text: "Which UDP port of Windows 95 is closed?",
        hint: "The server's list has it in the column “Push port”.",
        answer: (run) => first(eventsOf(run, "icmp-error-sent")).event.dstPort,
        because: "It is the port that the mail client named when it logged on. The reboot has closed it.",
      },
      {
        text: "Where does the server have that port from?",
        hint: "Look at the caption of the tour’s moment “Logon”.",
        choices: ["From the mail client, at its logon", "From the administrator", "The server chose it"],
        answer: (run) => {
          const { dstPort } = first(eventsOf(run, "icmp-error-sent")).event;
          return first(eventsOf(run, "logged-on")).event.callbackPort === dstPort
            ? "From the mail client, at its logon"
            : "The server chose it";
        },
        because: "The server keeps it with the session. It stays registered when a machine goes down without logging off.",
      },
    ],
  },
  {
    id: "how-often",
    title: "Why do they come again and again?",
    run: ARTICLE,
    questions: [
      {
        text: "How many seconds are there between two ICMP errors of Windows 95?",
        hint: "Look at the caption of the tour’s moment “Again and again”, or select two errors in the timeline's list.",
        answer: (run) => {
          const [a, b] = eventsOf(run, "icmp-error-sent");
          return Math.round((b.atUs - a.atUs) / 1_000_000);
        },
        because: "The server repeats its datagram until the notification is fetched; each one draws an error.",
      },
      {
        text: "How many ICMP errors does Windows 95 send in all?",
        hint: "Go to the end of the run: its card counts them.",
        answer: errorsOf,
        because: "One for each datagram that found the port closed, until the session ended.",
      },
      {
        text: "How many of them does the mail server hear of?",
        hint: "Look at the caption of the tour’s moment “Again and again”.",
        answer: (run) => run.events.filter((e) => e.layer === "server" && e.event.type.includes("icmp")).length,
        because: "The server's TCP/IP gets them, but tells no program: only a network analyzer sees them.",
      },
    ],
  },
  {
    id: "when-do-they-end",
    title: "When do they end?",
    run: ARTICLE,
    questions: [
      {
        text: "How many minutes after the reboot does the old session of Windows 95 end? Round down.",
        hint: "The captions of the tour’s moments “The reboot” and “The session ends” have both times.",
        answer: (run) => {
          const { ended } = firstSession(run);
          return Math.floor(((ended?.atUs ?? Number.NaN) - first(eventsOf(run, "machine-going-down")).atUs) / MINUTE_US);
        },
        because: "The two hours of KeepAliveTime begin with the last segment that the server heard, which was before the reboot.",
      },
      {
        text: "How does it end?",
        hint: "The line below the server's list names the cause of the last end.",
        choices: END_CAUSES,
        answer: endCause,
        because: "The probe reaches a TCP that knows no such connection. It answers with a reset, and the server closes the session.",
      },
    ],
  },
  {
    id: "switched-off",
    title: "What if the machine stays off?",
    run: { scenario: "power-off" },
    questions: [
      {
        text: "How many ICMP errors does Windows 95 send when it is switched off and never comes back?",
        hint: "Look at the caption of the tour’s moment “No answer”.",
        answer: errorsOf,
        because: "A machine without power answers nothing. The datagrams go nowhere.",
      },
      {
        text: "How does its session end?",
        hint: "Look at the caption of the tour’s moment “The session ends”.",
        choices: END_CAUSES,
        answer: endCause,
        because: "No probe is answered, so the server's TCP gives up after some tries.",
      },
    ],
  },
  {
    id: "log-off-first",
    title: "What if the user logs off?",
    run: { scenario: "orderly-logoff" },
    questions: [
      {
        text: "How many ICMP errors does Windows 95 send when it is shut down in the orderly way?",
        hint: "Go to the end of the run: its card would count them.",
        answer: errorsOf,
        because: "Logging off takes the registration away: the server has no port to push to.",
      },
      {
        text: "How does its first session end?",
        hint: "Look at the caption of the tour’s moment “The session ends”.",
        choices: END_CAUSES,
        answer: endCause,
        because: "The server learns at once that the client has gone.",
      },
    ],
  },
  {
    id: "shorter-keep-alive",
    title: "What does a shorter KeepAliveTime cost?",
    run: SHORT,
    questions: [
      {
        text: `KeepAliveTime is ${spanText(5 * MINUTE_US)} here, and not two hours. How many ICMP errors does Windows 95 send now?`,
        hint: "Go to the end of the run: its card counts them.",
        answer: errorsOf,
        because: "The stale session ends after minutes and not after hours.",
      },
      {
        text: "And how many keep-alive probes does the server send in this run, to all machines?",
        hint: "The caption of the tour’s last moment counts them.",
        answer: probesOf,
        because:
          "Every connection that is idle for five minutes is probed, the neighbour's too. To see how few there are by default, choose two hours at the server's KeepAliveTime and run it again.",
      },
      {
        text: "The traveller's network cable is out for a quarter of an hour, while no mail comes. How does the session end?",
        hint: "Look at the caption of the tour’s moment “A session is lost”.",
        choices: END_CAUSES,
        answer: (run) => {
          const lost = eventsOf(run, "session-ended", "server").map(({ event }) => (event.how === "disconnect" ? "logoff" : event.cause));
          return causeText(lost.findLast((cause) => cause !== "keepalive-reset") ?? "open");
        },
        because:
          "That is a price too: with two hours the session would have outlasted the fault. The other price is probes on every idle connection. The article advises against it.",
      },
    ],
  },
];

export interface LessonEntry {
  readonly id: string;
  readonly title: string;
  readonly settings: LabSettings;
}

const settingsOf = (run: LessonRun): LabSettings => ({ ...run, play: "scenario", seed: "1" });

/** The list of lessons, as the menu shows it. */
export const LESSON_ENTRIES: readonly LessonEntry[] = LESSONS.map(({ id, title, run }) => ({ id, title, settings: settingsOf(run) }));

/** The questions of a lesson with their answers; `runWhole` runs to the end. Throws a RangeError for an unknown lesson. */
export function lessonQuestions(id: string, runWhole: (settings: LabSettings) => Omit<WholeRun, "machine">): LessonQuestion[] {
  const lesson = LESSONS.find((l) => l.id === id);
  if (lesson === undefined) throw new RangeError(`no lesson ${id}`);
  const whole = runWhole(settingsOf(lesson.run));
  const machine = whole.info.machines.find((m) => m.platform === "windows-9x" && m.role === "compared")?.name ?? "";
  const run = { ...whole, machine };
  return lesson.questions.map(({ text, hint, choices = null, answer, because }) => ({
    text,
    hint,
    because,
    choices,
    answer: answer(run),
  }));
}

/** Digits of a typed number, which may be grouped with commas; `null` for text that is no whole number. */
function digitsOf(given: string): string | null {
  const text = given.trim().replaceAll(",", "");
  return /^\d+$/.test(text) ? text : null;
}

/** Whether the answer is a number but the user typed something else, such as a unit or a word. */
export function lacksNumber({ answer }: Pick<LessonQuestion, "answer">, given: string): boolean {
  return typeof answer === "number" && digitsOf(given) === null;
}

/** Whether what was typed or chosen is the answer. */
export function isRight({ answer }: Pick<LessonQuestion, "answer">, given: string): boolean {
  if (typeof answer === "string") return given === answer;
  const digits = digitsOf(given);
  return digits !== null && Number(digits) === answer;
}
