// A model of the media endpoint that keeps the contract (docs/protocol.md, section 13): what it holds it holds by bytes, and a receipt is true.
import { createHash } from "node:crypto";
import { canonical } from "../../static/js/lib/canonical.js";
import * as p from "../../static/js/lib/protocol.js";
import { signText, verifyText } from "./subtle.mjs";

const QUARTER = p.RECEIVED_AT_STEP_MS;

export class Tus {
  /** @param {import("./model.mjs").Model} model whose keys and signer it shares */
  constructor(model) {
    this.model = model;
    /** @type {Map<string, {bytes: Buffer, length: number|null, token: string}>} */
    this.items = new Map();
    /** Every request that arrived: method, path, headers, size of the body. */
    this.requests = [];
  }

  /** The database comes back without what came since. */
  restore() {
    this.items.clear();
  }

  /** @returns {{status: number, headers: Record<string, string>, body: string}} */
  answer(url, { method, headers, body }) {
    const sent = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    this.requests.push({ method, url, headers: sent, bytes: body?.length ?? 0 });
    if (sent["tus-resumable"] !== "1.0.0") return this.error(412, "tus_version");
    const token = this.token(sent.authorization ?? "");
    if (typeof token === "string") return this.error(401, token);
    const [, id, leaf] = /^\/api\/v1\/media(?:\/([^/]+))?(\/receipt)?$/.exec(url) ?? [];
    if (id !== undefined && id !== token.media) return this.error(401, "bad_token");
    if (method === "POST") return this.create(token.media, sent);
    const item = this.items.get(token.media);
    if (!item) return this.error(404, "unknown_media");
    if (method === "HEAD") return this.ok(200, this.where(item));
    if (method === "GET" && leaf) return item.length === item.bytes.length ? this.ok(200, {}, { receipt: this.receipt(token.media, item) }) : this.error(409, "incomplete");
    return this.patch(item, sent, Buffer.from(body ?? []));
  }

  token(header) {
    const [, text, sig] = /^Fieldapp ([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/.exec(header) ?? [];
    if (!text) return "bad_token";
    const said = JSON.parse(Buffer.from(text, "base64url").toString());
    if (canonical(said) !== Buffer.from(text, "base64url").toString() || said.type !== "media" || said.v !== 1) return "bad_token";
    const key = this.model.keys.get(said.key);
    if (!key) return "unknown_key";
    return verifyText(key.jwk, p.DOMAIN_MEDIA, canonical(said), sig) ? said : "bad_token";
  }

  create(id, sent) {
    const length = sent["upload-length"] === undefined ? null : Number(sent["upload-length"]);
    if (length === null && sent["upload-defer-length"] !== "1") return this.error(400, "bad_request");
    if (!this.items.has(id)) this.items.set(id, { bytes: Buffer.alloc(0), length, token: sent.authorization });
    if (length !== null) this.items.get(id).length = length;
    return this.ok(201, { location: `/api/v1/media/${id}` });
  }

  patch(item, sent, body) {
    if (body.length > p.MAX_MEDIA_PATCH_BYTES) return this.error(413, "too_large");
    if (Number(sent["upload-offset"]) !== item.bytes.length) return this.error(409, "wrong_offset");
    const sum = `sha256 ${createHash("sha256").update(body).digest("base64")}`;
    if (sent["upload-checksum"] !== undefined && sent["upload-checksum"] !== sum) return this.error(460, "checksum");
    if (sent["upload-length"] !== undefined) item.length = Number(sent["upload-length"]);
    item.bytes = Buffer.concat([item.bytes, body]);
    return this.ok(204, this.where(item));
  }

  where(item) {
    return { "upload-offset": String(item.bytes.length), ...(item.length === null ? { "upload-defer-length": "1" } : { "upload-length": String(item.length) }) };
  }

  receipt(id, item, changes = {}, signer = this.model.signer) {
    const { log, epoch, signerThumb, world } = this.model;
    const sha256 = createHash("sha256").update(item.bytes).digest("base64url");
    const text = canonical({
      v: 1, type: "media_receipt", log, epoch, server_key: signerThumb, media: id, sha256, size: item.bytes.length,
      received_at: Math.ceil(world.now / QUARTER) * QUARTER, ...changes,
    });
    return { text, sig: signText(signer.privateKey, p.DOMAIN_MEDIA_RECEIPT, text) };
  }

  ok(status, headers, body = null) {
    return { status, headers: { "tus-resumable": "1.0.0", ...headers }, body: body ? JSON.stringify(body) : "" };
  }

  error(status, code) {
    return { status, headers: { "tus-resumable": "1.0.0", "fieldapp-error": code }, body: JSON.stringify({ error: { code } }) };
  }
}
