export { type ExtcapInterface, type ExtcapSetting, extcapConfig, extcapInterfaces, extcapLinkTypes } from "./extcap.ts";
export { LUA_VERDICTS, luaPlugin } from "./lua-plugin.ts";
