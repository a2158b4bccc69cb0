// A plain event loop in JavaScript that only builds the bytes: the same scenario and packets as fleet.c, without stacks.
// usage: node fleet-loop.mjs N [style=data|closure]
const N = +(process.argv[2] ?? 1000),
  Q = "own",
  STYLE = process.argv[3] ?? "data";
const cpu0 = process.cpuUsage(),
  w0 = performance.now();
let seq = 0;
const mk = {
  // hand-written struct-of-arrays binary heap: Float64Array keys + Int32Array seq + slot indexes
  own: () => {
    let cap = 1024,
      k = new Float64Array(cap),
      sq = new Uint32Array(cap),
      v = new Array(cap),
      n = 0;
    return {
      push(t, e) {
        if (n === cap) {
          cap *= 2;
          const k2 = new Float64Array(cap);
          k2.set(k);
          k = k2;
          const s2 = new Uint32Array(cap);
          s2.set(sq);
          sq = s2;
          v.length = cap;
        }
        const s = seq++;
        let i = n++;
        while (i > 0) {
          const p = (i - 1) >> 1;
          if (!(t < k[p] || (t === k[p] && s < sq[p]))) break;
          k[i] = k[p];
          sq[i] = sq[p];
          v[i] = v[p];
          i = p;
        }
        k[i] = t;
        sq[i] = s;
        v[i] = e;
      },
      pop() {
        const top = v[0];
        n--;
        const t = k[n],
          s = sq[n],
          e = v[n];
        v[n] = undefined;
        if (n === 0) return top;
        let i = 0;
        for (;;) {
          let c = 2 * i + 1;
          if (c >= n) break;
          if (c + 1 < n && (k[c + 1] < k[c] || (k[c + 1] === k[c] && sq[c + 1] < sq[c]))) c++;
          if (!(k[c] < t || (k[c] === t && sq[c] < s))) break;
          k[i] = k[c];
          sq[i] = sq[c];
          v[i] = v[c];
          i = c;
        }
        k[i] = t;
        sq[i] = s;
        v[i] = e;
        return top;
      },
      get size() {
        return n;
      },
    };
  },
};
const q = mk[Q]();
const SRV = 0x0a000001,
  CB = 0x0a010000;
let ipid = 0;
const w16 = (b, o, v) => {
    b[o] = v >> 8;
    b[o + 1] = v;
  },
  w32 = (b, o, v) => {
    b[o] = v >>> 24;
    b[o + 1] = v >>> 16;
    b[o + 2] = v >>> 8;
    b[o + 3] = v;
  };
const r32 = (b, o) => ((b[o] << 24) | (b[o + 1] << 16) | (b[o + 2] << 8) | b[o + 3]) >>> 0;
const sum = (b, o, n, s) => {
  const e = o + (n & ~1);
  for (; o < e; o += 2) s += (b[o] << 8) | b[o + 1];
  if (n & 1) s += b[o] << 8;
  return s;
};
const fold = (s) => {
  s = (s & 0xffff) + (s >>> 16);
  s = (s & 0xffff) + (s >>> 16);
  return ~s & 0xffff;
};
const ps = (s, d, p, l) => (s >>> 16) + (s & 0xffff) + (d >>> 16) + (d & 0xffff) + p + l;
const eth = (b, s, d) => {
  b[0] = 2;
  w32(b, 2, d);
  b[6] = 2;
  w32(b, 8, s);
  b[12] = 8;
};
const ip = (b, s, d, proto, pl) => {
  b[14] = 0x45;
  w16(b, 16, 20 + pl);
  ipid = (ipid + 1) & 0xffff;
  w16(b, 18, ipid);
  b[22] = 128;
  b[23] = proto;
  w32(b, 26, s);
  w32(b, 30, d);
  w16(b, 24, fold(sum(b, 14, 20, 0)));
};
const bUdp = (c, k) => {
  const b = new Uint8Array(58),
    d = CB + c;
  eth(b, SRV, d);
  ip(b, SRV, d, 17, 24);
  w16(b, 34, 1055);
  w16(b, 36, 1100 + (c & 1023));
  w16(b, 38, 24);
  w32(b, 42, c);
  w32(b, 46, k);
  w16(b, 40, fold(sum(b, 34, 24, ps(SRV, d, 17, 24))) || 0xffff);
  return b;
};
const bIcmp = (o, c) => {
  const b = new Uint8Array(70),
    s = CB + c;
  eth(b, s, SRV);
  ip(b, s, SRV, 1, 36);
  b[34] = 3;
  b[35] = 3;
  for (let i = 0; i < 28; i++) b[42 + i] = o[14 + i];
  w16(b, 36, fold(sum(b, 34, 36, 0)));
  return b;
};
const bTcp = (s, d, sp, dp, sq, ak, fl) => {
  const b = new Uint8Array(54);
  eth(b, s, d);
  ip(b, s, d, 6, 20);
  w16(b, 34, sp);
  w16(b, 36, dp);
  w32(b, 38, sq);
  w32(b, 42, ak);
  b[46] = 0x50;
  b[47] = fl;
  w16(b, 48, 8760);
  w16(b, 50, fold(sum(b, 34, 20, ps(s, d, 6, 20))));
  return b;
};
const okIp = (b) => fold(sum(b, 14, 20, 0)) === 0,
  okL4 = (b) => {
    const l = ((b[16] << 8) | b[17]) - 20,
      p = b[23];
    return fold(sum(b, 34, l, p === 1 ? 0 : ps(r32(b, 26), r32(b, 30), p, l))) === 0;
  };
const IV = 60e6,
  END = 7200e6,
  LAT = 500;
let udp = 0,
  icmp = 0,
  tcp = 0,
  bad = 0,
  ev = 0,
  bytes = 0;
const cnt = new Uint32Array(N);
let now = 0;
if (STYLE === "data") {
  for (let i = 0; i < N; i++) {
    const t = (i * IV) / N + IV;
    q.push(t, { t, s: 0, type: 0, c: i, p: null });
    const tk = END + IV + (i * IV) / N;
    q.push(tk, { t: tk, s: 0, type: 3, c: i, p: null });
  }
  while (q.size) {
    const e = q.pop();
    ev++;
    now = e.t;
    const c = e.c;
    switch (e.type) {
      case 0: {
        const p = bUdp(c, ++cnt[c]);
        udp++;
        bytes += p.length;
        q.push(now + LAT, { t: now + LAT, s: 0, type: 1, c, p });
        if (now + IV < END + IV) {
          e.t = now + IV;
          q.push(e.t, e);
        }
        break;
      }
      case 3: {
        const p = bTcp(SRV, CB + c, 135, 1055, 999, 5000, 0x10);
        tcp++;
        bytes += p.length;
        q.push(now + LAT, { t: now + LAT, s: 0, type: 1, c, p });
        break;
      }
      case 1: {
        const p = e.p;
        if (!okIp(p) || !okL4(p)) bad++;
        let r;
        if (p[23] === 17) {
          r = bIcmp(p, c);
          icmp++;
        } else {
          r = bTcp(CB + c, SRV, 1055, 135, 5000, 0, 4);
          tcp++;
        }
        bytes += r.length;
        q.push(now + LAT, { t: now + LAT, s: 0, type: 2, c, p: r });
        break;
      }
      case 2: {
        const p = e.p;
        if (!okIp(p) || !okL4(p)) bad++;
        if (p[23] === 1 && r32(p, 58) !== CB + c) bad++;
        break;
      }
    }
  }
} else {
  // closure style: schedule(time, fn), what most hand-written simulators do
  const at = (t, fn) => q.push(t, { t, s: 0, fn });
  const atServer = (p, c) => {
    if (!okIp(p) || !okL4(p)) bad++;
    if (p[23] === 1 && r32(p, 58) !== CB + c) bad++;
  };
  const atClient = (p, c) => {
    if (!okIp(p) || !okL4(p)) bad++;
    let r;
    if (p[23] === 17) {
      r = bIcmp(p, c);
      icmp++;
    } else {
      r = bTcp(CB + c, SRV, 1055, 135, 5000, 0, 4);
      tcp++;
    }
    bytes += r.length;
    at(now + LAT, () => atServer(r, c));
  };
  const tick = (c) => {
    const p = bUdp(c, ++cnt[c]);
    udp++;
    bytes += p.length;
    at(now + LAT, () => atClient(p, c));
    if (now + IV < END + IV) at(now + IV, () => tick(c));
  };
  for (let i = 0; i < N; i++) {
    at((i * IV) / N + IV, () => tick(i));
    at(END + IV + (i * IV) / N, () => {
      const p = bTcp(SRV, CB + i, 135, 1055, 999, 5000, 0x10);
      tcp++;
      bytes += p.length;
      at(now + LAT, () => atClient(p, i));
    });
  }
  while (q.size) {
    const e = q.pop();
    ev++;
    now = e.t;
    e.fn();
  }
}
const w = (performance.now() - w0) / 1e3,
  cu = process.cpuUsage(cpu0),
  u = cu.user / 1e6,
  s = cu.system / 1e6,
  pk = udp + icmp + tcp;
console.log(
  JSON.stringify({
    peer: `js-${Q}-${STYLE}`,
    n: N,
    udp,
    icmp,
    tcp,
    packets: pk,
    bytes,
    events: ev,
    bad,
    wall_s: +w.toFixed(4),
    user_s: +u.toFixed(4),
    sys_s: +s.toFixed(4),
    packets_per_s: Math.round(pk / w),
    packets_per_cpu_s: Math.round(pk / (u + s)),
    events_per_s: Math.round(ev / w),
    process_wall_s: +(performance.now() / 1e3).toFixed(3),
    max_rss_kb: process.resourceUsage().maxRSS,
  }),
);
