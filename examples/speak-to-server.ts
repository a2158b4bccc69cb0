/**
 * Logs on to a mail server on real sockets, waits for the push about a new message, and logs off. The server runs in the same process here; with the
 * address of another one, leave it out.
 */

import { createMailClient } from "@pushback/client";
import { valuesOf } from "@pushback/host";
import { createKernelHost } from "@pushback/live";
import { createMailServer } from "@pushback/server";
import { windowsNt } from "@pushback/windows-nt";

const LOOPBACK = 0x7f000001;
const serverHost = createKernelHost({ address: LOOPBACK });
const listening = Promise.withResolvers<number>();
const server = createMailServer(serverHost, { endpointMapperPort: null }, (event) => {
  if (event.type === "listening") listening.resolve(event.emsmdbPort);
  else console.log("server:", event.type);
});
const userDn = server.addMailbox({ alias: "jo", displayName: "Jo" }) ?? "";

const clientHost = createKernelHost({ address: LOOPBACK });
const settings = { serverAddress: LOOPBACK, serverPort: await listening.promise, habits: valuesOf(windowsNt.variants[0].mail), userDn };
const client = createMailClient(clientHost, settings, (event) => {
  console.log("client:", event.type);
  switch (event.type) {
    case "logged-on":
      server.deliver("jo", { subject: "Lunch?", body: "At noon.", from: "Sam" });
      break;
    case "new-mail":
      console.log(
        "Inbox:",
        client.inbox().map(({ subject }) => subject),
      );
      client.logOff();
      break;
    case "logged-off":
      clientHost.kill();
      serverHost.kill();
      break;
  }
});
client.logOn();
