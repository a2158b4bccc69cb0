/** The options of `serve`, `deliver`, `mailbox`, `status` and `conform`; what carries them out is loaded when it is asked for. */

import type { Command } from "commander";

/** An option that can be given more than once. */
function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

/** Says which server. */
function addControl(command: Command): Command {
  return command
    .option("--data <folder>", "the server's data folder")
    .option("--control <socket>", "the server's control socket")
    .option("--json", "print JSON");
}

function addServe(program: Command): void {
  program
    .command("serve")
    .description("run the mail server on this computer's sockets")
    .option("--listen <address>", "IPv4 address to listen on; 0.0.0.0 for all", "127.0.0.1")
    .option("--epm-port <port>", "the endpoint mapper's port, 0 for any, or none", "135")
    .option("--port <port>", "EMSMDB's port, 0 for any", "0")
    .option("--data <folder>", "keep mail and accounts there; in memory without")
    .option("--users <file>", "mailboxes and passwords, YAML")
    .option("--domain <name>", "the domain that clients log on to", "PUSHBACK")
    .option("--allow-anonymous", "let in clients without credentials, to any mailbox")
    .option("--no-ntlmv1", "refuse NTLM version 1")
    .option("--interval <time>", "between two datagrams of a session, as in 60s")
    .option("--keepalive <time>", "idle time before a client is probed, as in 2h")
    .option("--keepalive-interval <time>", "between two probes")
    .option("--keepalive-probes <n>", "probes without an answer before the end, after the first")
    .option("--allow-callback <network>", "let clients have datagrams sent there too, as in 10.1.0.0/16; repeatable", collect, [])
    .option("--max-connections <n>", "connections at a time")
    .option("--max-per-address <n>", "of one address")
    .option("--max-datagrams <n>", "datagrams a second, all sessions together")
    .option("--bind-timeout <time>", "from connecting to having proved who one is")
    .option("--idle-timeout <time>", "of connections without a session")
    .option("--smtp <port>", "take mail by SMTP; PORT or ADDRESS:PORT")
    .option("--maildir <mailbox=folder>", "take mail from a Maildir; repeatable", collect, [])
    .option("--control <socket>", "where deliver, mailbox and status reach this server")
    .option("--json", "log JSON, one object a line")
    .option("--verbose", "log every connection and fault")
    .action(async (options) => {
      const { runServe } = await import("./serve-command.ts");
      await runServe(options);
    });
}

function addMailbox(program: Command): void {
  const mailbox = program.command("mailbox").description("mailboxes of a running server");
  addControl(mailbox.command("add").description("make a mailbox").argument("<alias>"))
    .option("--display-name <name>", "for people")
    .option("--dn <dn>", "in place of one made from the alias")
    .option("--password-stdin", "read the password from standard input")
    .option("--password <password>", "visible to everybody on this computer")
    .option("--opens <alias>", "another mailbox that this account may open; repeatable", collect, [])
    .action(async (alias, options) => {
      const { runMailboxAdd } = await import("./mail-commands.ts");
      process.exitCode = await runMailboxAdd(alias, options);
    });
  addControl(mailbox.command("password").description("give a mailbox's account another password").argument("<alias>"))
    .option("--password-stdin", "read the password from standard input")
    .option("--password <password>", "visible to everybody on this computer")
    .action(async (alias, options) => {
      const { runMailboxPassword } = await import("./mail-commands.ts");
      process.exitCode = await runMailboxPassword(alias, options);
    });
  addControl(mailbox.command("remove").description("remove a mailbox with its mail and its account").argument("<alias>")).action(
    async (alias, options) => {
      const { runMailboxRemove } = await import("./mail-commands.ts");
      process.exitCode = await runMailboxRemove(alias, options);
    },
  );
  addControl(mailbox.command("list").description("list the mailboxes")).action(async (options) => {
    const { runMailboxList } = await import("./mail-commands.ts");
    process.exitCode = await runMailboxList(options);
  });
}

function addConform(program: Command): void {
  program
    .command("conform")
    .description("run the conformance suite against a mail server, anybody's")
    .requiredOption("--target <address>", "the server; with :PORT the endpoint mapper is not asked")
    .requiredOption("--mailbox <mailbox>", "a distinguished name, or an alias of a server of ours")
    .option("--epm-port <port>", "the endpoint mapper's port", "135")
    .option("--user <account>", "who logs on")
    .option("--password-stdin", "read the password from standard input")
    .option("--password <password>", "visible to everybody on this computer")
    .option("--domain <name>", "the account's domain", "PUSHBACK")
    .option("--ntlm <version>", "1 as clients of 1996, or 2", "2")
    .option("--anonymous", "bind without credentials")
    .option("--platform <names>", "platforms or variants, separated by commas; all of them without")
    .option("--interval <time>", "the server's notification interval, as in 60s")
    .option("--smtp <address>", "deliver by SMTP; ADDRESS:PORT")
    .option("--mail-to <address>", "the mailbox's mail address")
    .option("--deliver-command <command>", "deliver by a command")
    .option("--deliver-by-hand", "ask a person to deliver")
    .option("--junit <file>", "write JUnit's XML there")
    .action(async (options) => {
      const { runConform } = await import("./conform-command.ts");
      process.exitCode = await runConform(options);
    });
}

export function addServeCommands(program: Command): void {
  addServe(program);
  addControl(program.command("deliver").description("put a message into a mailbox of a running server").argument("<mailbox>"))
    .option("--subject <text>", "subject", "New mail")
    .option("--from <name>", "sender's name", "Somebody")
    .option("--body <text>", "text; - reads standard input", "")
    .option("--eml <file>", "take all of it from a mail message; - reads standard input")
    .option("--key <text>", "the same key twice is one message")
    .action(async (to, options) => {
      const { runDeliver } = await import("./mail-commands.ts");
      process.exitCode = await runDeliver(to, options);
    });
  addMailbox(program);
  addControl(program.command("status").description("sessions, registrations and datagrams of a running server")).action(async (options) => {
    const { runStatus } = await import("./mail-commands.ts");
    process.exitCode = await runStatus(options);
  });
  addConform(program);
}
