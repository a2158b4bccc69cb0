/**
 * A post-dissector for Wireshark in Lua (Wireshark Developer's Guide, "Lua Support in Wireshark"). It names push datagrams, the registration that
 * each follows, and what an ICMP error about one means. Numbers, times and verdicts come from the declarations that the dissectors and the
 * diagnosis use.
 *
 * Wireshark takes frames in order, so a verdict rests on the frames before it. `pushback diagnose` reads the whole capture and weighs more evidence.
 */

import { PTYPE } from "@pushback/dcerpc";
import {
  AFTER_END_US,
  ALIVE_AFTER_US,
  CONFLICT_US,
  DUPLICATE_US,
  HEARD_WITHIN_US,
  RECENT_DATAGRAMS,
  type Verdict,
} from "@pushback/diagnose";
import { AF_INET, EMSMDB_OP, EMSMDB_SYNTAX, MAX_CONTEXT_BYTES } from "@pushback/mapi";
import { ICMP_UNREACHABLE, UNREACHABLE_PORT } from "@pushback/wire";

/** Verdicts that the plugin can give. */
export const LUA_VERDICTS = [
  "stale-push",
  "link-monitor",
  "push-refused",
  "push-misdirected",
  "push-after-session",
  "address-conflict",
  "doubtful-errors",
  "orphan-errors",
] as const satisfies readonly Verdict[];

/** A verdict as a Lua string. */
const name = (verdict: (typeof LUA_VERDICTS)[number]): string => `"${verdict}"`;

/** The 16 bytes of a UUID in hexadecimal digits: as written, and in little-endian order (C706 appendix A, data representation of DCE/RPC). */
function uuidBytes(uuid: string): { readonly big: string; readonly little: string } {
  const [a, b, c, ...rest] = uuid.split("-");
  const turned = (text: string) => (text.match(/../g) ?? []).reverse().join("");
  return { big: uuid.replaceAll("-", ""), little: [turned(a), turned(b), turned(c), ...rest].join("") };
}

/** The plugin as a file; `version` is the product's. */
export function luaPlugin(version: string): string {
  const uuid = uuidBytes(EMSMDB_SYNTAX.uuid);
  return `-- Pushback ${version}: names the push datagrams of Microsoft Exchange Server in Wireshark.
-- Written by "pushback wireshark"; changes are lost when it is written again.

set_plugin_info({ version = "${version}", author = "Pushback", description = "Push notifications of Microsoft Exchange Server" })

local EMSMDB = { ["${uuid.little}"] = true, ["${uuid.big}"] = true }
local OP_CONNECT, OP_REGISTER = ${EMSMDB_OP.EcDoConnect}, ${EMSMDB_OP.EcRRegisterPushNotification}
local PTYPE_REQUEST, PTYPE_BIND, PTYPE_ALTER_CONTEXT = ${PTYPE.REQUEST}, ${PTYPE.BIND}, ${PTYPE.ALTER_CONTEXT}
local MAX_CONTEXT, AF_INET = ${MAX_CONTEXT_BYTES}, ${AF_INET}
local ICMP_UNREACHABLE, PORT_UNREACHABLE = ${ICMP_UNREACHABLE}, ${UNREACHABLE_PORT}
-- Seconds.
local HEARD_WITHIN, ALIVE_AFTER, AFTER_END = ${HEARD_WITHIN_US / 1e6}, ${ALIVE_AFTER_US / 1e6}, ${AFTER_END_US / 1e6}
local DUPLICATE_WITHIN, CONFLICT_WITHIN = ${DUPLICATE_US / 1e6}, ${CONFLICT_US / 1e6}
-- What is remembered at most.
local MAX_REGISTRATIONS, MAX_PER_SESSION, MAX_OWNERS, RECENT = 100000, 16, 16, ${RECENT_DATAGRAMS}

local p = Proto("pushback", "Pushback: push notifications of Exchange Server")
local F = {
  context = ProtoField.bytes("pushback.context", "Context"),
  address = ProtoField.ipv4("pushback.address", "Address of the registration"),
  port = ProtoField.uint16("pushback.port", "UDP port of the registration"),
  session = ProtoField.uint32("pushback.session", "TCP stream of the session"),
  registered_in = ProtoField.framenum("pushback.registered_in", "Registered in", base.NONE, frametype.REQUEST),
  number = ProtoField.uint32("pushback.datagram", "Push datagram of this registration"),
  datagram_in = ProtoField.framenum("pushback.datagram_in", "Push datagram in", base.NONE, frametype.REQUEST),
  refused_in = ProtoField.framenum("pushback.refused_in", "Refused in", base.NONE, frametype.RESPONSE),
  verdict = ProtoField.string("pushback.verdict", "Verdict"),
  harmless = ProtoField.bool("pushback.harmless", "Harmless"),
  because = ProtoField.string("pushback.because", "Because"),
}
p.fields = { F.context, F.address, F.port, F.session, F.registered_in, F.number, F.datagram_in, F.refused_in, F.verdict, F.harmless, F.because }

local dcerpc = Field.new("dcerpc")
local ip_src, ip_dst, ip_id = Field.new("ip.src"), Field.new("ip.dst"), Field.new("ip.id")
local eth_src = Field.new("eth.src")
local stream = Field.new("tcp.stream")
local tcp_flags = Field.new("tcp.flags")
local udp_port, udp_payload = Field.new("udp.dstport"), Field.new("udp.payload")
local icmp_type, icmp_code, icmp_checksum = Field.new("icmp.type"), Field.new("icmp.code"), Field.new("icmp.checksum")
local arp_sender, arp_target, arp_mac = Field.new("arp.src.proto_ipv4"), Field.new("arp.dst.proto_ipv4"), Field.new("arp.src.hw_mac")

local state
local function reset()
  state = { frames = {}, by_target = {}, by_ports = {}, by_client = {}, streams = {}, owners = {}, count = 0 }
end
reset()
function p.init() reset() end

local function reader(little)
  return {
    u16 = function(r, at) if little then return r(at, 2):le_uint() end return r(at, 2):uint() end,
    u32 = function(r, at) if little then return r(at, 4):le_uint() end return r(at, 4):uint() end,
  }
end

local function up(at, to) return math.floor((at + to - 1) / to) * to end

-- The stub of EcRRegisterPushNotification: handle, iRpc, counted context and its length, advise bits, counted address (a sockaddr).

local function parse_registration(r, read)
  local len = r:len()
  if len < 28 then return nil end
  local size = read.u32(r, 24)
  if size > MAX_CONTEXT then return nil end
  local at = 28 + size
  if at + 2 > len then return nil end
  local context = size > 0 and r(28, size):bytes():tohex() or ""
  at = up(up(at, 2) + 2, 4) + 4
  if at + 4 > len then return nil end
  local address_len = read.u32(r, at)
  if address_len < 8 or at + 4 + address_len > len then return nil end
  at = at + 4
  if r(at, 2):le_uint() ~= AF_INET then return nil end
  return { context = context, port = r(at + 2, 2):uint(), address = tostring(r(at + 4, 4):ipv4()) }
end

local function note(number, key, value)
  local frame = state.frames[number] or {}
  frame[key] = value
  state.frames[number] = frame
end

local function take_pdu(pinfo, r, s)
  if r:len() < 28 or r(0, 1):uint() ~= 5 then return end
  local ptype = r(2, 1):uint()
  local read = reader(r(4, 1):bitfield(3, 1) == 1)
  s.bound = s.bound or {}
  if ptype == PTYPE_BIND or ptype == PTYPE_ALTER_CONTEXT then
    local at, n = 28, r(24, 1):uint()
    for _ = 1, n do
      if at + 24 > r:len() then return end
      local uuid = r(at + 4, 16):bytes():tohex():lower()
      s.bound[read.u16(r, at)] = EMSMDB[uuid]
      at = at + 24 + 20 * r(at + 2, 1):uint()
    end
  elseif ptype == PTYPE_REQUEST then
    s.request_in = pinfo.number
    if not s.bound[read.u16(r, 20)] then return end
    local opnum = read.u16(r, 22)
    local stub_at = r(3, 1):bitfield(0, 1) == 1 and 40 or 24 -- an object UUID may stand before the stub
    if stub_at >= r:len() then return end
    local stub = r(stub_at)
    if opnum == OP_CONNECT then
      s.is_monitor = stub:bytes():raw():lower():find("system attendant", 1, true) ~= nil
    elseif opnum == OP_REGISTER then
      local found = parse_registration(stub, read)
      s.registrations = s.registrations or {}
      if not found or state.count >= MAX_REGISTRATIONS or #s.registrations >= MAX_PER_SESSION then return end
      state.count = state.count + 1
      found.frame = pinfo.number
      found.stream = s.id
      found.session = s
      found.client = tostring(ip_src().value)
      found.server = tostring(ip_dst().value)
      found.count, found.heard, found.recent = 0, 0, {}
      local key = found.address .. ":" .. found.port .. ":" .. found.context
      state.by_target[key] = found
      table.insert(s.registrations, found)
      local at_client = state.by_client[found.client] or {}
      for _, earlier in ipairs(at_client) do
        if earlier.session ~= s and earlier.port == found.port and earlier.context ~= found.context then
          earlier.gone = earlier.gone or "a new session registers the same port in frame " .. pinfo.number
        end
      end
      table.insert(at_client, found)
      state.by_client[found.client] = at_client
      note(pinfo.number, "registration", found)
    end
  end
end

local function take_segment(pinfo)
  if not ip_src() then return end
  local id = stream().value
  local s = state.streams[id]
  if not s then s = { id = id } state.streams[id] = s end
  for _, pdu in ipairs({ dcerpc() }) do
    if pdu.range then take_pdu(pinfo, pdu.range, s) end
  end
  if not s.registrations then return end
  if #s.registrations == 0 then return end
  local flags = tcp_flags().value
  local from_client = tostring(ip_src().value) == s.registrations[1].client
  local ends = bit.band(flags, 5) ~= 0
  for _, r in ipairs(s.registrations) do
    if ends and not r.ended_at then
      r.ended_at, r.ended_in = pinfo.abs_ts, pinfo.number
    end
    if from_client and s.request_in == pinfo.number and r.last and r.frame ~= pinfo.number then
      if not r.last_refused and pinfo.abs_ts - r.last_at <= HEARD_WITHIN and r.heard_last ~= r.last then
        r.heard, r.heard_last = r.heard + 1, r.last
        r.recent[#r.recent].heard = true
      end
      if r.error_at and pinfo.abs_ts > r.error_at + ALIVE_AFTER then r.alive_in = pinfo.number end
    end
  end
end

local function take_datagram(pinfo)
  local payload = udp_payload()
  if not payload or payload.len > MAX_CONTEXT or not ip_dst() then return end
  local key = tostring(ip_dst().value) .. ":" .. udp_port().value .. ":" .. payload.range:bytes():tohex()
  local r = state.by_target[key]
  if not r then return end
  local id = ip_id().value
  if r.last and id == r.recent[#r.recent].id and pinfo.abs_ts - r.last_at < DUPLICATE_WITHIN then return end
  r.count = r.count + 1
  r.last, r.last_at, r.last_refused = pinfo.number, pinfo.abs_ts, false
  table.insert(r.recent, { id = id, frame = pinfo.number })
  if #r.recent > RECENT then table.remove(r.recent, 1) end
  local after_end = r.ended_at and pinfo.abs_ts - r.ended_at > AFTER_END
  if after_end then r.after_end = r.after_end or pinfo.number end
  state.by_ports[tostring(ip_src().value) .. ">" .. tostring(ip_dst().value) .. ":" .. udp_port().value] = r
  note(pinfo.number, "push", { registration = r, number = r.count })
  if after_end then
    note(pinfo.number, "finding", { name = ${name("push-after-session")}, because = "the session ended in frame " .. r.ended_in })
  end
end

-- Whether ARP shows that the first of two cards came back: both answer for the address.
local function is_contested(address)
  local owners = state.owners[address] or {}
  for i = 3, #owners do
    if owners[i].mac == owners[i - 2].mac and owners[i].at - owners[i - 1].at < CONFLICT_WITHIN then return true end
  end
  return false
end

-- Whether ARP shows cards for the address, and never this one.
local function is_foreign(address, mac)
  local owners = state.owners[address]
  if not owners or #owners == MAX_OWNERS then return false end
  for _, owner in ipairs(owners) do
    if owner.mac == mac then return false end
  end
  return true
end

-- The datagram that a quote stands for: the oldest with its identification that drew nothing, else the latest; some stacks swap its bytes.
local function quoted_datagram(r, id)
  local swapped = (id % 256) * 256 + math.floor(id / 256)
  local found
  for _, datagram in ipairs(r.recent) do
    if id == 0 or datagram.id == 0 or datagram.id == id or datagram.id == swapped then
      if not datagram.refused then return datagram end
      found = datagram
    end
  end
  return found
end

local function verdict_of(r)
  if r.after_end then
    return ${name("push-after-session")}, false, "a datagram after the session's end in frame " .. r.ended_in
  end
  if r.address ~= r.client then return ${name("push-misdirected")}, false, "the client speaks from " .. r.client end
  if r.alive_in then return ${name("push-refused")}, false, "the session that registered goes on in frame " .. r.alive_in end
  local name = r.session.is_monitor and ${name("link-monitor")} or ${name("stale-push")}
  if r.gone then return name, true, r.gone end
  if r.ended_in then return name, true, "the session ended in frame " .. r.ended_in end
  if r.heard > 0 then return name, true, "the port was open before, and the session is silent since" end
  return name, false, "no frame so far shows that the client went away"
end

local function take_error(pinfo)
  local sources, targets, ports = { ip_src() }, { ip_dst() }, { udp_port() }
  if #sources < 2 or #ports == 0 then return end
  local from, to = tostring(sources[#sources].value), tostring(targets[#targets].value)
  if tostring(sources[1].value) ~= to then return end
  local r = state.by_ports[from .. ">" .. to .. ":" .. ports[#ports].value]
  if not r then return end
  local ids = { ip_id() }
  local outer, id = ids[1].value, ids[#ids].value
  local checksum = icmp_checksum().value
  if r.error_at_last and outer == r.error_id and checksum == r.error_checksum and pinfo.abs_ts - r.error_at_last < DUPLICATE_WITHIN then
    return
  end
  r.error_at_last, r.error_id, r.error_checksum = pinfo.abs_ts, outer, checksum
  local found = { registration = r, harmless = false }
  note(pinfo.number, "finding", found)
  local card = eth_src() and tostring(eth_src().value)
  local datagram = quoted_datagram(r, id)
  if not datagram then
    found.name, found.because = ${name("orphan-errors")}, "it quotes a datagram that is not among the latest of frame " .. r.last
    return
  end
  found.datagram = datagram.frame
  if is_contested(r.address) then
    found.name, found.because = ${name("address-conflict")}, "two network cards answer for " .. r.address
    return
  elseif card and is_foreign(r.address, card) then
    found.name, found.because = ${name("doubtful-errors")}, "ARP never showed the sender's network card to have that address"
    return
  elseif datagram.refused then
    found.name, found.because = ${name("doubtful-errors")}, "a second error for a datagram that has drawn one"
    return
  elseif datagram.heard then
    found.name, found.because = ${name("doubtful-errors")}, "the client has heard the datagram"
    return
  end
  datagram.refused = true
  r.error_at = r.error_at or pinfo.abs_ts
  r.last_refused = datagram.frame == r.last
  local push = state.frames[datagram.frame] and state.frames[datagram.frame].push
  if push then push.refused_in = pinfo.number end
  found.name, found.harmless, found.because = verdict_of(r)
end

local function take_arp(pinfo)
  local sender, target, mac = arp_sender(), arp_target(), arp_mac()
  if not target or not mac then return end
  local address = tostring(sender.value)
  local owners = state.owners[address] or {}
  local latest = owners[#owners]
  if #owners < MAX_OWNERS and (not latest or latest.mac ~= tostring(mac.value)) then
    table.insert(owners, { mac = tostring(mac.value), at = pinfo.abs_ts })
    state.owners[address] = owners
  end
  if address ~= tostring(target.value) then return end
  for _, r in ipairs(state.by_client[address] or {}) do
    r.gone = r.gone or ("the machine announces its address again in frame " .. pinfo.number)
  end
end

local function say(pinfo, text)
  pinfo.cols.info:append(" [" .. text .. "]")
end

function p.dissector(tvb, pinfo, tree)
  if not pinfo.visited then
    if icmp_type() then
      if icmp_type().value == ICMP_UNREACHABLE and icmp_code().value == PORT_UNREACHABLE then take_error(pinfo) end
    elseif stream() then take_segment(pinfo)
    elseif udp_port() then take_datagram(pinfo)
    elseif arp_sender() then take_arp(pinfo) end
  end
  local frame = state.frames[pinfo.number]
  if not frame then return end
  local t = tree:add(p)
  if frame.registration then
    local r = frame.registration
    t:append_text(", registration of UDP port " .. r.port)
    t:add(F.context, ByteArray.new(r.context):tvb("context"):range()):set_generated()
    t:add(F.address, Address.ip(r.address)):set_generated()
    t:add(F.port, r.port):set_generated()
    t:add(F.session, r.stream):set_generated()
    say(pinfo, "registers UDP port " .. r.port .. " for push datagrams")
  end
  if frame.push then
    local r = frame.push.registration
    t:append_text(", push datagram " .. frame.push.number .. " of the registration in frame " .. r.frame)
    t:add(F.number, frame.push.number):set_generated()
    t:add(F.registered_in, r.frame):set_generated()
    t:add(F.session, r.stream):set_generated()
    if frame.push.refused_in then t:add(F.refused_in, frame.push.refused_in):set_generated() end
    say(pinfo, "push datagram " .. frame.push.number .. " of session " .. r.stream)
  end
  local finding = frame.finding
  if finding then
    local word = finding.harmless and "harmless" or "not shown to be harmless"
    t:append_text(", " .. finding.name .. ": " .. word)
    t:add(F.verdict, finding.name):set_generated()
    t:add(F.harmless, finding.harmless or false):set_generated()
    t:add(F.because, finding.because):set_generated()
    if finding.datagram then t:add(F.datagram_in, finding.datagram):set_generated() end
    if finding.registration then
      t:add(F.registered_in, finding.registration.frame):set_generated()
      t:add(F.session, finding.registration.stream):set_generated()
    end
    say(pinfo, finding.name .. ", " .. word)
  end
end

register_postdissector(p)
`;
}
