export type { SetKeepAlive } from "./keep-alive-options.ts";
export { createKernelHost, type KernelHost, type KernelHostSettings, localAddressTowards } from "./kernel-host.ts";
export { LiveError, type LiveErrorCode } from "./live-error.ts";
export { LiveScheduler, type LiveSchedulerOptions } from "./live-scheduler.ts";
export { systemRandom } from "./system-random.ts";
export { createTapCard, type TapCard, type TapCardSettings } from "./tap-card.ts";
export type { TapSettings } from "./tap-device.ts";
