declare module "smtp-server" {
  import type { EventEmitter } from "node:events";
  import type { Server } from "node:net";
  import type { Readable } from "node:stream";

  interface SMTPServerAddress {
    readonly address: string;
  }
  interface SMTPServerSession {
    readonly envelope: { readonly rcptTo: readonly SMTPServerAddress[] };
  }
  type Done = (error?: Error | null) => void;
  interface SMTPServerOptions {
    readonly disabledCommands?: readonly string[];
    readonly authOptional?: boolean;
    readonly disableReverseLookup?: boolean;
    readonly banner?: string;
    readonly size?: number;
    readonly maxClients?: number;
    readonly socketTimeout?: number;
    readonly closeTimeout?: number;
    onRcptTo?(address: SMTPServerAddress, session: SMTPServerSession, done: Done): void;
    onData?(stream: Readable, session: SMTPServerSession, done: Done): void;
  }
  export class SMTPServer extends EventEmitter {
    constructor(options: SMTPServerOptions);
    readonly server: Server;
    listen(port: number, host: string, listening: () => void): void;
    close(): void;
  }
}
