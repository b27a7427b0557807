import type { Job } from './budget.ts';
import { hashing, sha256Of, type Summary } from './digest.ts';
import { writeTar } from './export-tar.ts';
import { gathering, gzipping, type ClosingSink, type Sink } from './streams.ts';
import { TarWriter } from './tar-writer.ts';
import { allEntries, changedEntries } from './tree-entries.ts';
import type { TreeSource } from './tree-source.ts';
import type { Remark } from './unpacker.ts';

/** A layer of the image: what `above` changes against `under`, or all of it. */
export interface OciLayer {
  name: string;
  under: TreeSource | null;
  above: TreeSource;
}

export interface OciOptions {
  job: Job;
  layers: readonly OciLayer[];
  /** What the image says of itself: `workspace` where its whiteouts are meant for the base layer too. */
  kind: 'workspace' | 'folder';
  /** Milliseconds since the epoch. */
  created: number;
}

interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  annotations?: Record<string, string>;
}

const MediaType = {
  INDEX: 'application/vnd.oci.image.index.v1+json', MANIFEST: 'application/vnd.oci.image.manifest.v1+json',
  CONFIG: 'application/vnd.oci.image.config.v1+json', LAYER: 'application/vnd.oci.image.layer.v1.tar+gzip',
} as const;
/** Of our own: what an image of a workspace is, and its layers' names. */
export const OciAnnotation = { KIND: 'org.palimpsest.kind', LAYER: 'org.palimpsest.layer', REF: 'org.opencontainers.image.ref.name', CREATED: 'org.opencontainers.image.created' } as const;
/** Parts of a compressed layer are joined at this size, so that the browser may keep them on disk. */
const SPOOL_PART = 8 * 1024 * 1024;

const encoder = new TextEncoder();

/** Writes an image layout (OCI image-spec 1.1) with one image, tagged `latest`, as one tar. Returns what is not in it as it was, and the manifest's digest. */
export async function writeOci(sink: Sink, options: OciOptions): Promise<{ remarks: Remark[]; digest: string }> {
  const { layers, job } = options;
  const writer = new TarWriter(sink, { coarse: true });
  const remarks: Remark[] = [];
  const mtime = BigInt(Math.trunc(options.created)) * 1_000_000n;
  const directory = (path: string): Promise<void> => writer.entry({ path, kind: 'directory', size: 0, mtime });
  const file = (path: string, bytes: Uint8Array): Promise<void> => writer.entry({ path, kind: 'file', size: bytes.length, mtime }, bytes);
  const seen = new Set<string>();
  const blob = async (mediaType: string, value: object): Promise<Descriptor> => {
    const bytes = encoder.encode(JSON.stringify(value));
    const hex = await sha256Of(bytes);
    await file(`blobs/sha256/${hex}`, bytes);
    return { mediaType, digest: `sha256:${hex}`, size: bytes.length };
  };
  await file('oci-layout', encoder.encode('{"imageLayoutVersion":"1.0.0"}'));
  await directory('blobs');
  await directory('blobs/sha256');
  const described: Descriptor[] = [];
  const diffs: string[] = [];
  for (const layer of layers) {
    const { packed, plain, spooled } = await packLayer(layer, job, remarks);
    // Layers that are the same, empty ones say, are one blob.
    if (!seen.has(packed.sha256)) {
      await writer.fileHead({ path: `blobs/sha256/${packed.sha256}`, kind: 'file', size: packed.bytes, mtime });
      await pour(spooled, sink, job);
      await writer.pad(packed.bytes);
    }
    seen.add(packed.sha256);
    described.push({ mediaType: MediaType.LAYER, digest: `sha256:${packed.sha256}`, size: packed.bytes, annotations: { [OciAnnotation.LAYER]: layer.name } });
    diffs.push(`sha256:${plain.sha256}`);
  }
  const created = new Date(options.created).toISOString();
  const config = await blob(MediaType.CONFIG, {
    // Programs that unpack images know no other system; `wasm` says that nothing in it is for their processor.
    created, architecture: 'wasm', os: 'linux', config: {}, rootfs: { type: 'layers', diff_ids: diffs },
    history: layers.map(({ name }) => ({ created, created_by: `palimpsest: layer ${name}` })),
  });
  const annotations = { [OciAnnotation.KIND]: options.kind, [OciAnnotation.CREATED]: created };
  const manifest = await blob(MediaType.MANIFEST, { schemaVersion: 2, mediaType: MediaType.MANIFEST, config, layers: described, annotations });
  const entry = { ...manifest, annotations: { [OciAnnotation.REF]: 'latest' } };
  await file('index.json', encoder.encode(JSON.stringify({ schemaVersion: 2, mediaType: MediaType.INDEX, manifests: [entry] })));
  await writer.end();
  return { remarks, digest: manifest.digest };
}

/** A layer, compressed and kept aside: its name in the archive is its digest, which is known at the end only. */
async function packLayer({ under, above }: OciLayer, job: Job, remarks: Remark[]): Promise<{ packed: Summary; plain: Summary; spooled: Blob }> {
  const spool = new Spool();
  const packed = await hashing(spool);
  const plain = await hashing(gzipping(packed));
  const out = gathering(plain);
  try {
    const entries = under ? changedEntries(under, above, (path) => remarks.push({ path, why: 'its name means that something is deleted, in a layer' })) : allEntries(above);
    remarks.push(...(await writeTar(above, entries, out.write, { job })));
    await out.close();
  } catch (error) {
    out.abort(error);
    throw error;
  }
  return { packed: packed.summary(), plain: plain.summary(), spooled: spool.blob() };
}

/** Bytes kept as parts of a Blob, which browsers move to disk. */
class Spool implements ClosingSink {
  readonly #parts: Blob[] = [];
  #open: Uint8Array<ArrayBuffer>[] = [];
  #size = 0;

  readonly write = async (bytes: Uint8Array): Promise<void> => {
    this.#open.push(bytes as Uint8Array<ArrayBuffer>);
    this.#size += bytes.length;
    if (this.#size >= SPOOL_PART) this.#seal();
  };

  #seal(): void {
    this.#parts.push(new Blob(this.#open));
    this.#open = [];
    this.#size = 0;
  }

  async close(): Promise<void> {
    this.#seal();
  }

  abort(): void {
    this.#parts.length = 0;
    this.#open = [];
  }

  blob(): Blob {
    return new Blob(this.#parts);
  }
}

async function pour(blob: Blob, sink: Sink, job: Job): Promise<void> {
  const reader = blob.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    job.check();
    await sink(value!);
  }
}
