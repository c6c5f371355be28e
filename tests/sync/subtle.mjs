// WebCrypto for the world: real P-256, SHA-256 and AES-GCM, computed at once by node:crypto, delivered when the seed says.
// Keys are plain handles, so that they can be kept in the fake IndexedDB and a private one cannot be exported.
import { createCipheriv, createDecipheriv, createHash, createPublicKey, generateKeyPairSync, randomBytes, sign, verify } from "node:crypto";

const u8 = (data) => (data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
const buffer = (bytes) => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);

const spares = new Map();
/** P-256 pairs take 0.1 ms to make and are not what is tested: made once, given out again in other worlds. */
function pairNumber(n) {
  if (!spares.has(n)) spares.set(n, generateKeyPairSync("ec", { namedCurve: "P-256" }));
  return spares.get(n);
}

export function simulatedSubtle(world, tab, keyring) {
  const later = (label, compute) => world.effect(tab, label, compute);
  const soon = (label, compute) => (tab?.dead || world.chance(0.25) ? later(label, compute) : Promise.resolve(compute()));
  const give = (type, extractable, usages, secret) => {
    const handle = keyring.list.length;
    keyring.list.push(secret);
    return { simulated: handle, type, extractable, usages };
  };
  const of = (key) => {
    const secret = keyring.list[key?.simulated];
    if (!secret) throw new TypeError("not a key");
    return secret;
  };
  return {
    digest: (_name, data) => soon("digest", () => buffer(createHash("sha256").update(u8(data)).digest())),
    generateKey: (algorithm, extractable, usages) =>
      later("generateKey", () => {
        if (algorithm.name === "AES-GCM") return give("secret", extractable, usages, { aes: randomBytes(32) });
        const pair = pairNumber(keyring.pairs++);
        return { privateKey: give("private", extractable, ["sign"], pair), publicKey: give("public", true, ["verify"], pair) };
      }),
    exportKey: (_format, key) =>
      soon("exportKey", () => {
        if (!key.extractable) throw new DOMException("not extractable", "InvalidAccessError");
        return { ...of(key).publicKey.export({ format: "jwk" }) };
      }),
    importKey: (format, data, _algorithm, extractable, usages) =>
      soon("importKey", () => {
        if (format === "raw") return give("secret", extractable, usages, { aes: Buffer.from(u8(data)) });
        const { crv, kty, x, y } = data;
        return give("public", extractable, usages, { publicKey: publicKey({ crv, kty, x, y }) });
      }),
    sign: (_algorithm, key, data) => later("sign", () => buffer(sign("sha256", u8(data), { key: of(key).privateKey, dsaEncoding: "ieee-p1363" }))),
    verify: (_algorithm, key, sig, data) =>
      later("verify", () => verify("sha256", u8(data), { key: of(key).publicKey, dsaEncoding: "ieee-p1363" }, u8(sig))),
    encrypt: ({ iv, additionalData }, key, data) =>
      soon("encrypt", () => {
        const cipher = createCipheriv("aes-256-gcm", of(key).aes, u8(iv)).setAAD(u8(additionalData));
        return buffer(Buffer.concat([cipher.update(u8(data)), cipher.final(), cipher.getAuthTag()]));
      }),
    decrypt: ({ iv, additionalData }, key, data) =>
      soon("decrypt", () => {
        const all = u8(data);
        const open = createDecipheriv("aes-256-gcm", of(key).aes, u8(iv)).setAAD(u8(additionalData)).setAuthTag(all.subarray(-16));
        return buffer(Buffer.concat([open.update(all.subarray(0, -16)), open.final()]));
      }),
  };
}

/** The platform's own WebCrypto under the same scheduler, for the few worlds that use it. */
export function realSubtle(world, tab) {
  const names = ["digest", "generateKey", "exportKey", "importKey", "sign", "verify", "encrypt", "decrypt"];
  return Object.fromEntries(names.map((name) => [name, (...args) => world.realEffect(tab, name, () => crypto.subtle[name](...args))]));
}

/** Keys by handle; they survive a crash as those in a browser do. */
export function newKeyring() {
  return { list: [], pairs: 0 };
}

/** A key pair of the model server. */
export function serverPair(n) {
  const { privateKey, publicKey } = pairNumber(-1 - n);
  const { crv, kty, x, y } = publicKey.export({ format: "jwk" });
  return { privateKey, jwk: { crv, kty, x, y } };
}

export function signText(privateKey, domain, text) {
  return sign("sha256", Buffer.from(`${domain}\n${text}`), { key: privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url");
}

const publicKeys = new Map();
function publicKey(jwk) {
  const name = `${jwk.x} ${jwk.y}`;
  if (!publicKeys.has(name)) publicKeys.set(name, createPublicKey({ key: jwk, format: "jwk" }));
  return publicKeys.get(name);
}

export function verifyText(jwk, domain, text, sig) {
  const key = publicKey(jwk);
  return verify("sha256", Buffer.from(`${domain}\n${text}`), { key, dsaEncoding: "ieee-p1363" }, Buffer.from(sig, "base64url"));
}

export const sha256 = (data) => createHash("sha256").update(data).digest("base64url");
