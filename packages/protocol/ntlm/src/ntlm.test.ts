import { formatHex, parseHex } from "@pushback/bytes";
import { requireProgram } from "@pushback/judges";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createNtlmClient, createNtlmServer, lmHash, type NtlmOutcome, ntHash } from "./index.ts";
import { md4 } from "./md4.ts";
import { emitAuthenticate, emitChallenge, emitTargetInfo, parseAuthenticate, parseChallenge, parseNegotiate } from "./messages.ts";
import { blobV2, keyV2, lmKeyExchangeKey, lmResponseV2, responseV1, responseV1Extended, responseV2 } from "./responses.ts";
import { Rc4 } from "./session-security.ts";

const ascii = (text: string) => new TextEncoder().encode(text);

describe("MD4", () => {
  // RFC 1320, appendix A.5.
  it.each([
    ["", "31d6cfe0d16ae931b73c59d7e0c089c0"],
    ["a", "bde52cb31de33e46245e05fbdbd6fb24"],
    ["abc", "a448017aaf21d8525fc10ae87aa6729d"],
    ["message digest", "d9130a8164549fe818874806e1c7014b"],
    ["abcdefghijklmnopqrstuvwxyz", "d79e1c308aa5bbcdeea8ed63df412da9"],
    ["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "043f8582f241db351ce627e153e7f0e4"],
    ["1234567890".repeat(8), "e33b4ddc9c38f2199c3e7b164fcc0536"],
  ])("of %j", (text, digest) => {
    expect(formatHex(md4(ascii(text)))).toBe(digest);
  });
});

describe("responses", () => {
  // MS-NLMP 4.2: User, Domain, Password.
  const challenge = parseHex("0123456789abcdef");
  const clientChallenge = parseHex("aaaaaaaaaaaaaaaa");
  const hash = ntHash("Password");

  it("of version 1", () => {
    expect(formatHex(hash)).toBe("a4f49c406510bdcab6824ee7c30fd852");
    expect(formatHex(responseV1(hash, challenge))).toBe("67c43011f30298a2ad35ece64f16331c44bdbed927841f94");
    expect(formatHex(responseV1Extended(hash, challenge, clientChallenge))).toBe("7537f803ae367128ca458204bde7caf81e97ed2683267232");
  });

  it("of LM, and its session key", () => {
    const lm = lmHash("Password") as Uint8Array;
    expect(formatHex(lm)).toBe("e52cac67419a9a224a3b108f3fa6cb6d");
    const response = responseV1(lm, challenge);
    expect(formatHex(response)).toBe("98def7b87f88aa5dafe2df779688a172def11c7d5ccdef13");
    expect(formatHex(lmKeyExchangeKey(lm, response))).toBe("b09e379f7fbecb1eaf0afdcb0383c8a0");
    expect(lmHash("PASSWORD")).toEqual(lm);
    expect([lmHash("fifteen letters"), lmHash("日本")]).toEqual([null, null]);
  });

  it("of version 2", () => {
    const key = keyV2(hash, "User", "Domain");
    expect(formatHex(key)).toBe("0c868a403bfd7a93a3001ef22ef02e3f");
    expect(formatHex(lmResponseV2(key, challenge, clientChallenge))).toBe("86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa");
    const blob = blobV2(0n, clientChallenge, emitTargetInfo("Domain", "Server"));
    expect(formatHex(responseV2(key, challenge, blob)).slice(0, 32)).toBe("68cd0ab851e51c96aabc927bebef6a1c");
  });
});

const RANDOM = (len: number) => new Uint8Array(len).fill(0x5a);

function server(options: { allowVersion1?: boolean; allowLm?: boolean; withLmHash?: boolean } = {}) {
  const lm = options.withLmHash === false ? null : lmHash("Größe");
  const outcomes: NtlmOutcome[] = [];
  const authenticator = createNtlmServer({
    domain: "LAB",
    computer: "EXCHANGE1",
    allowVersion1: options.allowVersion1 ?? true,
    allowLm: options.allowLm ?? false,
    allowAnonymous: false,
    randomBytes: RANDOM,
    findAccount: (account) => (account.toLowerCase() === "ada" ? { name: "ada", ntHash: ntHash("Größe"), lmHash: lm } : null),
    onOutcome: (outcome) => outcomes.push(outcome),
  });
  return { authenticator, outcomes };
}

function client(version: "lm" | 1 | 2, account = "Ada", password = "Größe", domain = "LAB") {
  return createNtlmClient({
    credentials: { account, domain, ntHash: ntHash(password), lmHash: lmHash(password) },
    workstation: "DESK1",
    version,
    randomBytes: RANDOM,
    fileTime: () => 125_000_000_000_000_000n,
  });
}

function attempt(s: ReturnType<typeof server>, c: ReturnType<typeof client>): boolean {
  const challenge = s.authenticator.challenge(c.bindVerifier());
  const answer = challenge && c.answer(challenge);
  return answer !== null && s.authenticator.complete(answer);
}

describe("a server", () => {
  it.each([1, 2] as const)("accepts a client that knows the password, version %i", (version) => {
    const s = server();
    expect(attempt(s, client(version))).toBe(true);
    expect(s.authenticator.account).toBe("ada");
    expect(s.outcomes).toEqual([{ account: "Ada", domain: "LAB", workstation: "DESK1", version, refusal: null }]);
  });

  it.each([
    ["a wrong password", client(1, "ada", "größe"), "wrong-password"],
    ["a wrong password", client(2, "ada", "größe"), "wrong-password"],
    ["an account that is not there", client(2, "eve"), "unknown-account"],
    ["an account that is not there", client(1, "eve"), "unknown-account"],
    ["nobody", client(1, ""), "anonymous"],
  ] as const)("refuses %s", (_what, c, refusal) => {
    const s = server();
    expect(attempt(s, c)).toBe(false);
    expect(s.authenticator.account).toBe(null);
    expect(s.outcomes).toMatchObject([{ refusal }]);
  });

  it("refuses version 1 where that is asked for, right password or wrong", () => {
    const s = server({ allowVersion1: false });
    expect(attempt(s, client(1))).toBe(false);
    expect(s.outcomes).toMatchObject([{ refusal: "version-1" }]);
    expect(attempt(server({ allowVersion1: false }), client(2))).toBe(true);
  });

  it("accepts one AUTHENTICATE for a challenge, and gives one challenge, only at its own levels", () => {
    const s = server();
    const c = client(2);
    const challenge = s.authenticator.challenge(c.bindVerifier());
    const answer = challenge && c.answer(challenge);
    if (!answer) throw new Error("no answer");
    expect(s.authenticator.challenge(c.bindVerifier())).toBe(null);
    const bad = answer.value.slice();
    bad[bad.length - 20] ^= 1;
    expect(s.authenticator.complete({ ...answer, value: bad })).toBe(false);
    expect(s.authenticator.complete(answer)).toBe(false);
    expect(server().authenticator.challenge({ ...c.bindVerifier(), authLevel: 3 })).toBe(null);
    expect(server().authenticator.challenge({ ...c.bindVerifier(), authType: 9 })).toBe(null);
    expect(server().authenticator.complete(answer)).toBe(false);
  });

  it("survives tokens that lie", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(1, 2, 3), (tail, type) => {
        const value = new Uint8Array([...ascii("NTLMSSP\0"), type, 0, 0, 0, ...tail]);
        parseNegotiate(value);
        parseChallenge(value);
        parseAuthenticate(value, 1);
        const s = server();
        const c = client(2);
        s.authenticator.challenge(c.bindVerifier());
        expect(s.authenticator.complete({ ...c.bindVerifier(), value })).toBe(false);
      }),
    );
  });
});

describe("a logon with an LM response alone", () => {
  function tryLm(options: Parameters<typeof server>[0], password = "GRÖßE") {
    const s = server(options);
    const token = client(1).bindVerifier();
    s.authenticator.challenge(token);
    const fields = {
      flags: 0x8201,
      ntResponse: new Uint8Array(0),
      domain: "LAB",
      account: "Ada",
      workstation: "",
      sessionKey: new Uint8Array(0),
    };
    const lmResponse = responseV1(lmHash(password) as Uint8Array, RANDOM(8));
    const isIn = s.authenticator.complete({ ...token, value: emitAuthenticate({ ...fields, lmResponse }) });
    return [isIn, s.outcomes[0].refusal];
  }

  it("is refused unless it is asked for, and where the account has no LM hash", () => {
    expect(tryLm({})).toEqual([false, "lm-only"]);
    expect(tryLm({ allowLm: true, withLmHash: false })).toEqual([false, "lm-only"]);
    expect(tryLm({ allowLm: true, allowVersion1: false })).toEqual([false, "version-1"]);
  });

  it("is taken with the right password, small letters or capitals, and with no other", () => {
    expect(tryLm({ allowLm: true })).toEqual([true, null]);
    expect(tryLm({ allowLm: true }, "wrong")).toEqual([false, "wrong-password"]);
  });

  it("is what a client of version lm sends", () => {
    const s = server({ allowLm: true });
    const c = client("lm", "ada", "GRÖßE");
    const challenge = s.authenticator.challenge(c.bindVerifier());
    const answer = challenge && c.answer(challenge);
    const message = answer && parseAuthenticate(answer.value, 1);
    expect(message?.ntResponse).toHaveLength(0);
    expect(message?.lmResponse).toEqual(responseV1(lmHash("größe") as Uint8Array, RANDOM(8)));
    expect(answer && s.authenticator.complete(answer)).toBe(true);
    const refusing = server();
    expect(attempt(refusing, client("lm", "ada"))).toBe(false);
    expect(refusing.outcomes).toMatchObject([{ refusal: "lm-only" }]);
  });

  it("stands beside that of NT in version 1, in its own field; an NT response takes its place where the password has no LM hash", () => {
    const responses = (password: string) => {
      const s = server();
      const c = client(1, "ada", password);
      const challenge = s.authenticator.challenge(c.bindVerifier());
      const answer = challenge && c.answer(challenge);
      return answer && parseAuthenticate(answer.value, 1);
    };
    const [short, long] = ["Größe", "fifteen letters"];
    expect(responses(short)?.ntResponse).toEqual(responseV1(ntHash(short), RANDOM(8)));
    expect(responses(short)?.lmResponse).toEqual(responseV1(lmHash(short) as Uint8Array, RANDOM(8)));
    expect(responses(long)?.ntResponse).toEqual(responseV1(ntHash(long), RANDOM(8)));
    expect(responses(long)?.lmResponse).toEqual(responses(long)?.ntResponse);
  });

  it("needs the LM hash of the password", () => {
    expect(() => client("lm", "ada", "fifteen letters")).toThrow("LM hash");
  });
});

describe("messages", () => {
  it("come back as they went", () => {
    const challenge = { flags: 0x00800001, serverChallenge: RANDOM(8), targetName: "LAB", targetInfo: emitTargetInfo("LAB", "X") };
    expect(parseChallenge(emitChallenge(challenge))).toEqual(challenge);
    const message = {
      flags: 1,
      lmResponse: RANDOM(24),
      ntResponse: RANDOM(60),
      domain: "D",
      account: "ü",
      workstation: "",
      sessionKey: RANDOM(16),
    };
    expect(parseAuthenticate(emitAuthenticate(message), 1)).toEqual(message);
  });
});

describe("RC4", () => {
  it("gives the key stream of RFC 6229, section 2", () => {
    const stream = new Rc4(parseHex("0102030405")).apply(new Uint8Array(16));
    expect(formatHex(stream)).toBe("b2396305f03dc027ccc3524a0a1118a8");
  });
});

describe("an AUTHENTICATE with a header of 52 bytes", () => {
  it("has no session key and flags fields: payload begins at their offset", () => {
    const s = server();
    const c = client(1);
    const challenge = s.authenticator.challenge(c.bindVerifier());
    const answer = challenge && c.answer(challenge);
    if (!answer) throw new Error("no answer");
    // The same message without session key field and flags: every offset is twelve bytes less.
    const short = new Uint8Array(answer.value.length - 12);
    short.set(answer.value.subarray(0, 52));
    short.set(answer.value.subarray(64), 52);
    const view = new DataView(short.buffer);
    for (const at of [12, 20, 28, 36, 44]) view.setUint32(at + 4, view.getUint32(at + 4, true) - 12, true);
    expect(parseAuthenticate(short, 0x8201)).toMatchObject({ flags: 0x8201, account: "Ada" });
    expect(s.authenticator.complete({ ...answer, value: short })).toBe(true);
  });
});

describe("Impacket", () => {
  it("agrees with both versions, and on LM responses", (context) => {
    const python = requireProgram(context, "python3");
    const s = server();
    const challenge = s.authenticator.challenge(client(2).bindVerifier());
    const program = `
import sys
from impacket import ntlm
challenge = bytes.fromhex(sys.argv[1])
for v2 in (True, False):
    one = ntlm.getNTLMSSPType1('', '', False, use_ntlmv2=v2)
    three, _ = ntlm.getNTLMSSPType3(one, challenge, 'ada', 'Gr\\u00f6\\u00dfe', 'LAB', use_ntlmv2=v2)
    print(three.getData().hex())
lm = ntlm.compute_lmhash('Secret01')
print(ntlm.get_ntlmv1_response(lm, bytes.fromhex(sys.argv[2])).hex())
`;
    const answers = python
      .run(["-c", program, formatHex(challenge?.value ?? new Uint8Array(0)), formatHex(RANDOM(8))])
      .trim()
      .split("\n");
    for (const [i, version] of [2, 1].entries()) {
      const fresh = server();
      fresh.authenticator.challenge(client(2).bindVerifier());
      const token = { authType: 10, authLevel: 2, authContextId: 1, value: parseHex(answers[i]) };
      expect(fresh.authenticator.complete(token)).toBe(true);
      expect(fresh.outcomes).toMatchObject([{ version, refusal: null }]);
    }
    const lm = challenge && client("lm", "ada", "Secret01").answer(challenge);
    expect(formatHex((lm && parseAuthenticate(lm.value, 1)?.lmResponse) ?? RANDOM(1))).toBe(answers[2]);
  });
});
