/** `pushback serve`: the server core on the kernel's sockets, with a store, accounts, a log, and ways for mail to come in. */

import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { setFlagsFromString } from "node:v8";
import { formatIpv4 } from "@pushback/bytes";
import type { HostFault } from "@pushback/host";
import { createKernelHost, type KernelHost } from "@pushback/live";
import { createMailParser } from "@pushback/mail-intake";
import { createNtlmServer } from "@pushback/ntlm";
import { createMailServer, EXCHANGE_VERSIONS, type MailServer, type MailServerEvent } from "@pushback/server";
import { openSqliteStore, type SqliteStore, StoreError } from "@pushback/store-sqlite";
import { systemReason, UsageError } from "@pushback/usage-error";
import { makeFolder } from "../shared/output-folder.ts";
import { controlPath } from "./control-protocol.ts";
import { type Accounts, createAccounts } from "./serve-accounts.ts";
import { openControl } from "./serve-control.ts";
import { openMaildirOption, openSmtpOption } from "./serve-intake.ts";
import { createLog, logServerEvent, type ServeLog } from "./serve-log.ts";
import { type ServeFlags, type ServeSettings, serveSettings } from "./serve-options.ts";
import { serverStatus } from "./serve-status.ts";
import { readUsersFile, type UsersFile } from "./users-file.ts";

/** Milliseconds that the sockets stay open after all clients were disconnected, so that the ends of the connections reach the clients. */
const GOODBYE_MS = 1000;

type Listening = Extract<MailServerEvent, { type: "listening" }>;
type OpenFailed = Extract<MailServerEvent, { type: "open-failed" }>;

const FAULTS: Readonly<Record<HostFault, string>> = {
  "port-in-use": "in use by another program; choose another port",
  "no-free-port": "no port is free",
  "not-permitted": "no right to open it; run as root, give node CAP_NET_BIND_SERVICE, or choose a port above 1023",
  "no-network": "the network is not there",
  "bad-address": "not an address of this computer",
};

function openFailure({ what, fault }: OpenFailed, settings: ServeSettings): UsageError {
  const option =
    what === "endpoint-mapper"
      ? `--epm-port ${settings.epmPort}`
      : what === "emsmdb"
        ? `--port ${settings.port}`
        : what === "directory"
          ? `--directory-port ${settings.directoryPort}`
          : "UDP";
  if (fault === "bad-address") return new UsageError(`--listen ${formatIpv4(settings.listen)}: ${FAULTS[fault]}`);
  const hint = what === "endpoint-mapper" && fault === "not-permitted" ? "; --epm-port none does without" : "";
  return new UsageError(`${option}: ${FAULTS[fault]}${hint}`);
}

function openStore(folder: string | undefined, log: ServeLog): SqliteStore | null {
  if (folder === undefined) return null;
  try {
    makeFolder(folder, 0o700);
  } catch (error) {
    throw new UsageError(`--data ${folder}: cannot be created: ${systemReason(error)}; name a folder that you may write to`);
  }
  try {
    return openSqliteStore(folder, (reason) => log.error({ reason }, "store-failed"));
  } catch (error) {
    throw error instanceof StoreError ? new UsageError(error.message) : error;
  }
}

/** Mailboxes and accounts of the file. Mailboxes that are there stay, with their mail; for accounts see `Accounts.applyFile`. */
function applyUsers(server: MailServer, accounts: Accounts, users: UsersFile): void {
  const present = new Set(server.mailboxes().map(({ alias }) => alias.toLowerCase()));
  for (const mailbox of users.mailboxes) {
    if (present.has(mailbox.alias.toLowerCase())) continue;
    if (server.addMailbox(mailbox) === null)
      throw new UsageError(`--users: mailbox ${mailbox.alias}: its name or DN is taken, or it could not be stored`);
    present.add(mailbox.alias.toLowerCase());
  }
  if (!accounts.applyFile(users.accounts)) throw new UsageError("--users: the accounts could not be stored");
}

/** Prepares the directory in steps, one per turn of the event loop, so that calls are answered meanwhile. Returns a function that stops it. */
function prepareDirectory(server: MailServer, log: ServeLog): Ending {
  const steps = server.prepareDirectory();
  let next: NodeJS.Immediate;
  const step = () => {
    if (steps.next().done) log.debug({}, "directory-prepared");
    else next = setImmediate(step);
  };
  next = setImmediate(step);
  return () => clearImmediate(next);
}

/** Stops a component of the running server. */
type Ending = () => void;

interface Started {
  readonly server: MailServer;
  readonly listening: Listening;
}

/** Starts the core; throws a UsageError when a port can't be opened. */
function startServer(
  host: KernelHost,
  settings: ServeSettings,
  flags: ServeFlags,
  store: SqliteStore | null,
  accounts: () => Accounts,
  log: ServeLog,
): Promise<Started> {
  return new Promise((started, fail) => {
    const server = createMailServer(
      host,
      {
        endpointMapperPort: settings.epmPort,
        emsmdbPort: settings.port,
        directoryPort: settings.directoryPort,
        serverVersion: EXCHANGE_VERSIONS[settings.exchangeVersion].serverVersion,
        directoryMailDomain: settings.smtp?.domains[0] ?? `${settings.domain.toLowerCase()}.example`,
        notificationIntervalUs: settings.intervalUs,
        callbackRanges: settings.callbackRanges,
        limits: settings.limits,
        persistence: store,
        allowAnonymous: flags.allowAnonymous ?? false,
        mayOpen: (account, alias) => accounts().mayOpen(account, alias),
        createAuthenticator: (service) =>
          createNtlmServer({
            domain: settings.domain,
            computer: hostname().split(".")[0].slice(0, 15).toUpperCase(),
            allowVersion1: flags.ntlmv1,
            allowLm: flags.lm,
            // The endpoint mapper answers anonymous callers, too.
            allowAnonymous: service === "endpoint-mapper" || (flags.allowAnonymous ?? false),
            randomBytes: (len) => randomBytes(len),
            findAccount: (name) => accounts().find(name),
            onOutcome: (outcome) => (outcome.refusal ? log.warn(outcome, "logon-refused") : log.debug(outcome, "authenticated")),
          }),
      },
      (event) => {
        // A port that can't be opened is not logged here: the command ends with an error about it.
        if (event.type !== "open-failed") logServerEvent(log, event);
        if (event.type === "listening") setImmediate(() => started({ server, listening: event }));
        else if (event.type === "open-failed") fail(openFailure(event, settings));
      },
    );
  });
}

/** Runs the server until SIGTERM or SIGINT. Throws a UsageError if it can't start. */
export async function runServe(flags: ServeFlags): Promise<void> {
  const users = flags.users === undefined ? null : readUsersFile(flags.users);
  const settings = serveSettings(flags, users?.domain);
  const path = controlPath(flags);
  // V8's nursery grows to 128 MB in a burst of logons and never shrinks: 10 kB for each of 10,000 sessions.
  setFlagsFromString("--semi-space-growth-factor=1");
  const log = createLog({ json: flags.json ?? false, verbose: flags.verbose ?? false });
  // Files that the server creates (the store with password hashes, the socket) must be accessible to their owner only.
  process.umask(0o077);
  const endings: Ending[] = [];
  const stopped = new Promise<NodeJS.Signals>((stop) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, stop);
  });
  try {
    const store = openStore(flags.data, log);
    if (store) endings.push(() => store.close());
    const host = createKernelHost({
      address: settings.listen || 0x7f000001,
      bindAddress: settings.listen,
      keepAlive: settings.keepAlive,
    });
    endings.push(() => host.kill());
    let accounts: Accounts | null = null;
    const known = () => (accounts ??= createAccounts(store, flags.allowAnonymous ?? false));
    const { server, listening } = await startServer(host, settings, flags, store, known, log);
    endings.push(() => server.close());
    if (users) applyUsers(server, known(), users);
    const status = () => serverStatus({ server, host, settings, listening, data: flags.data ?? null });
    const parser = createMailParser();
    endings.push(() => parser.close());
    const control = await openControl(path, { server, accounts: known(), parser, status });
    endings.push(() => control.close());
    const smtp = settings.smtp && (await openSmtpOption(server, parser, log, settings.smtp));
    if (smtp) endings.push(() => smtp.close());
    for (const maildir of settings.maildirs) {
      const watched = openMaildirOption(server, parser, log, maildir);
      endings.push(() => watched.close());
    }
    log.info(
      {
        listen: formatIpv4(settings.listen),
        epmPort: listening.epmPort,
        emsmdbPort: listening.emsmdbPort,
        directoryPort: listening.directoryPort ?? null,
        smtpPort: smtp?.port ?? null,
        control: path,
        data: store?.path ?? null,
        mailboxes: server.mailboxes().length,
      },
      "ready",
    );
    endings.push(prepareDirectory(server, log));
    const signal = await stopped;
    log.info({ signal }, "stopping");
    // In reverse order of starting: input stops first, then clients are disconnected, then sockets and store are closed.
    const last = endings.splice(0, store ? 2 : 1);
    for (const end of endings.reverse()) end();
    await new Promise((done) => setTimeout(done, server.counts().associations > 0 ? GOODBYE_MS : 0));
    for (const end of last.reverse()) end();
    log.info({}, "stopped");
  } catch (error) {
    for (const end of endings.reverse()) end();
    throw error;
  }
}
