/**
 * A platform's mail client in real time: a machine with its own stack on a TAP interface, or on this computer's sockets, and the actions of its
 * user.
 */
export { KernelMachine } from "./kernel-machine.ts";
export { LiveClient } from "./live-client.ts";
export { createTapMachine, type LiveMachine, type MachineEventListener } from "./live-machine.ts";
export { type LiveRecording, startRecording } from "./live-recording.ts";
