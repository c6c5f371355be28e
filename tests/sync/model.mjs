// A model server that keeps the protocol to the letter: checks every record, commits, and only then signs a true receipt.
// `bugs` plants errors that the simulator must catch.
import { canonical } from "../../static/js/lib/canonical.js";
import * as p from "../../static/js/lib/protocol.js";
import { serverPair, sha256, signText, verifyText } from "./subtle.mjs";

const QUARTER = p.RECEIVED_AT_STEP_MS;

export class Model {
  constructor(world, { backups, bugs = {} }) {
    this.world = world;
    this.bugs = bugs;
    this.root = serverPair(0);
    this.signer = serverPair(1);
    this.stranger = serverPair(2);
    this.signerThumb = thumb(this.signer.jwk);
    this.epochs = ["e1"];
    this.rows = new Map();
    this.keys = new Map();
    this.later = new Map();
    this.outcomes = new Map();
    this.backups = backups;
    this.backup = null;
    this.through = null;
    this.uncommitted = [];
    const text = canonical({ key: this.signer.jwk, not_before: 0, root: thumb(this.root.jwk), type: "server_key", v: 1 });
    this.certificate = { text, sig: signText(this.root.privateKey, p.DOMAIN_SERVER_KEY, text) };
  }

  get epoch() {
    return this.epochs.at(-1);
  }

  get log() {
    return `example.org/log/${this.epoch}`;
  }

  welcome() {
    return { log: this.log, epoch: this.epoch, root: this.root.jwk, server_keys: [this.certificate], log_key: "" };
  }

  headers() {
    const headers = { "fieldapp-time": String(this.world.now), "fieldapp-epoch": this.epoch };
    if (this.through !== null) headers["fieldapp-backed-up-through"] = String(this.through);
    return headers;
  }

  /** POST /api/v1/device of the person whose session it is. */
  register(person, { device, keys: offered }) {
    if (offered.length > p.MAX_WAITING_KEYS) throw new Error("too many keys");
    for (const { jwk, proof, witness } of offered) {
      const key = thumb(jwk);
      if (witness !== undefined && Buffer.from(witness, "base64url").includes("field_name")) throw new Error("a witness in the clear");
      if (!verifyText(jwk, p.DOMAIN_DEVICE_KEY, canonical({ key, person, v: 1 }), proof)) throw new Error("a proof for another person");
      if (this.keys.has(key) && this.keys.get(key).person !== person) throw new Error("a key of another person");
      this.keys.set(key, { person, jwk });
    }
    return { device: device ?? `device of ${person}`, keys: offered.map(({ jwk }) => thumb(jwk)) };
  }

  takeBackup() {
    this.backup = { rows: new Map(this.rows), keys: new Map(this.keys), through: this.world.now };
    this.through = this.backup.through;
  }

  /** The database comes back as it was; everything since is gone, and a new epoch begins. */
  restore() {
    this.rows = new Map(this.backup.rows);
    this.keys = new Map(this.backup.keys);
    this.epochs.push(`e${this.epochs.length + 1}`);
    this.through = this.backup.through;
    this.uncommitted = [];
  }

  /** The process dies: what is not committed is gone. */
  crash() {
    this.uncommitted = [];
  }

  has(key, id, digest) {
    return this.rows.get(`${key} ${id}`)?.digest === digest;
  }

  sync(text) {
    if (Buffer.byteLength(text) > p.MAX_BATCH_BYTES) return error(413, "too_large");
    const { v, records } = JSON.parse(text);
    if (v !== 1 || !records.length) return error(400, "bad_shape");
    if (records.length > p.MAX_BATCH_RECORDS) return error(413, "too_many");
    if (records.some((one) => openValue(one, "/poison") === "crash")) return error(500, "internal");
    const results = records.map((one) => this.accept(one));
    return { status: 200, headers: this.headers(), body: canonical({ v: 1, results }) };
  }

  accept(envelope) {
    const { body, digest, sig, open, sealed } = envelope;
    const said = JSON.parse(body);
    const { id } = said;
    const refuse = (code) => ({ id, digest, outcome: `refused/${code}` });
    if (canonical(said) !== body) return refuse("not_canonical");
    if (sha256(body) !== digest) return refuse("digest_mismatch");
    const key = this.keys.get(said.key);
    if (!key) return refuse("unknown_key");
    if (!verifyText(key.jwk, p.DOMAIN_RECORD, body, sig)) return refuse("bad_signature");
    if (openValue(envelope, "/poison") === "refuse") return refuse("bad_shape");
    if (!disclosed(said, open)) return refuse("disclosure_mismatch");
    for (const { box, sha256: hash } of said.files) if (sha256(Buffer.from(sealed[box], "base64url")) !== hash) return refuse("file_mismatch");
    const name = `${said.key} ${id}`;
    const row = this.rows.get(name);
    if (row && row.digest !== digest) return { id, digest, outcome: "conflict", stored: row.digest };
    if (row) return { id, digest, outcome: "duplicate", receipt: row.receipt };
    if (openValue(envelope, "/later") === true && !this.later.has(name)) {
      this.later.set(name, true);
      return { id, digest, outcome: "later", not_before: this.world.now + 5000 };
    }
    const receipt = this.receipt(said, digest);
    this.outcomes.set(id, JSON.parse(receipt.text).outcome);
    const commit = () => this.rows.set(name, { digest, receipt, envelope, key: said.key });
    if (this.bugs.receiptBeforeCommit) {
      this.uncommitted.push(commit);
      this.world.post(null, "server commits late", () => this.uncommitted.splice(0).forEach((one) => one()));
    } else commit();
    return { id, digest, outcome: JSON.parse(receipt.text).outcome, receipt };
  }

  receipt(said, digest) {
    const evidence = p.EVIDENCE_KINDS.includes(said.kind);
    const now = this.world.now;
    const outcome = evidence ? (said.place === "unknown" ? "quarantined" : "stored") : this.apply(said, now);
    return this.sign(said.id, digest, evidence ? leaf(said) : null, outcome, evidence ? Math.ceil(now / QUARTER) * QUARTER : now);
  }

  apply(said, now) {
    if (said.void_after < now) return "not_applied/void";
    return said.shift === "full" ? "not_applied/full" : "stored";
  }

  sign(id, digest, leafHash, outcome, received_at) {
    const text = canonical({
      v: 1, type: "receipt", log: this.log, epoch: this.epoch, server_key: this.signerThumb, id, digest, leaf: leafHash, received_at, outcome,
    });
    return { text, sig: signText(this.signer.privateKey, p.DOMAIN_RECEIPT, text) };
  }
}

function thumb(jwk) {
  const { crv, kty, x, y } = jwk;
  return sha256(canonical({ crv, kty, x, y }));
}

function leaf(said) {
  return sha256(Buffer.concat([Buffer.from([0]), Buffer.from(canonical(said))]));
}

function disclosed(said, open) {
  const commitments = new Set(said.commitments);
  return open.length === said.open && open.every((one) => commitments.has(sha256(canonical(one)))) && said.commitments.length % 16 === 0;
}

export function openValue(envelope, path) {
  return envelope.open.find((one) => one[1] === path)?.[2];
}

export function error(status, code, headers = {}) {
  return { status, headers, body: JSON.stringify({ error: { code, message: code, safe: "", do: "" } }) };
}
