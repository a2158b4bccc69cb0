export type { BroadcastTopics, ReadTopics } from "./broadcast-board.ts";
export type { FrameMemory } from "./frame-memory.ts";
export { createRandom } from "./random.ts";
export { type FrameTap, Segment, SegmentCard, type SegmentOptions } from "./segment.ts";
export { Simulation, type SimulationOptions } from "./simulation.ts";
