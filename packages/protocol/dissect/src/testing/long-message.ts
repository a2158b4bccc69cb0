/** A scenario with answers longer than a segment, and with a short MTU requests too. */
export const LONG_MESSAGE = `
title: A long message
duration: 10m
network: { segments: [{ name: branch, mtu: 296 }] }
clients:
  - { name: near, platform: each }
  - { name: far, platform: windows-nt, segment: branch }
steps:
  - { at: 1m, logon: [near, far] }
  - { at: 2m, deliver: { to: [near, far], subject: Long, body: "${"All work and no play. ".repeat(220)}" } }
  - { at: 3m, read: [near, far] }
  - { at: 4m, logoff: [near, far] }
`;
