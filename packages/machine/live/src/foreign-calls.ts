/** Calls into the C library through koffi, for what Node has no API. koffi is loaded at the first use, because most commands never need it. */

import { createRequire } from "node:module";
import type koffi from "koffi";
import { LiveError } from "./live-error.ts";

/** Each function returns what the C function returns; after a negative result, `errno` gives the reason. */
export interface ForeignCalls {
  readonly os: NodeJS.Platform;
  errno(): number;
  open(path: string, flags: number): number;
  close(fd: number): number;
  /** For most requests `argument` is a pointer. */
  ioctl(fd: number, request: number, argument: Uint8Array): number;
  socket(domain: number, type: number, protocol: number): number;
  setsockopt(fd: number, level: number, name: number, value: Int32Array): number;
  /** `name` is a `struct sockaddr`. */
  sendto(fd: number, b: Uint8Array, flags: number, name: Uint8Array): number;
  read(fd: number, into: Uint8Array): number;
  write(fd: number, from: Uint8Array): number;
  eventfd(): number;
  /** Waits on a separate thread until an event occurs on one of the `struct pollfd`. */
  poll(fds: Uint8Array, count: number, done: () => void): void;
}

let loaded: ForeignCalls | null = null;

/** Throws a LiveError if the operating system is not Linux or koffi can't be loaded. */
export function foreignCalls(): ForeignCalls {
  loaded ??= load();
  return loaded;
}

function load(): ForeignCalls {
  if (process.platform !== "linux") throw new LiveError("not-linux", `this needs Linux, and this is ${process.platform}`);
  try {
    return bind(createRequire(import.meta.url)("koffi") as typeof koffi);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new LiveError("no-foreign-calls", `the package koffi can't be loaded (${reason}): install the dependencies again`);
  }
}

function bind(lib: typeof koffi): ForeignCalls {
  // The C library is loaded in this process already; a look-up in the process works with glibc and musl alike.
  const libc = lib.load(null);
  const open = libc.func("int open(const char *path, int flags, ...)");
  const close = libc.func("int close(int fd)");
  const ioctl = libc.func("int ioctl(int fd, unsigned long request, ...)");
  const socket = libc.func("int socket(int domain, int type, int protocol)");
  const setsockopt = libc.func("int setsockopt(int fd, int level, int name, const void *value, uint32_t length)");
  const sendto = libc.func("int64_t sendto(int fd, const void *b, size_t length, int flags, const void *name, uint32_t nameLength)");
  const read = libc.func("int64_t read(int fd, void *into, size_t length)");
  const write = libc.func("int64_t write(int fd, const void *from, size_t length)");
  const eventfd = libc.func("int eventfd(unsigned int initial, int flags)");
  const poll = libc.func("int poll(void *fds, unsigned long count, int timeout)");
  return {
    os: process.platform,
    errno: () => lib.errno(),
    open: (path, flags) => open(path, flags),
    close: (fd) => close(fd),
    ioctl: (fd, request, argument) => ioctl(fd, request, "void *", argument),
    socket: (domain, type, protocol) => socket(domain, type, protocol),
    setsockopt: (fd, level, name, value) => setsockopt(fd, level, name, value, value.byteLength),
    sendto: (fd, b, flags, name) => Number(sendto(fd, b, b.length, flags, name, name.length)),
    read: (fd, into) => Number(read(fd, into, into.length)),
    write: (fd, from) => Number(write(fd, from, from.length)),
    eventfd: () => eventfd(0, EFD_FLAGS),
    poll: (fds, count, done) => poll.async(fds, count, -1, done),
  };
}

/** EFD_CLOEXEC | EFD_NONBLOCK, which have the values of O_CLOEXEC and O_NONBLOCK. */
const EFD_FLAGS = 0o2000000 | 0o4000;
