import { damaged, tooMuch } from './archive-error.ts';
import { ByteReader, type Pull } from './byte-reader.ts';
import type { Job } from './budget.ts';
import { sha256Hasher, sha256Of } from './digest.ts';
import { OciAnnotation } from './oci-writer.ts';
import { decompress, pullFrom, sniffCompression } from './streams.ts';
import { TAR_BLOCK, hasChecksum, parseHeader, utf8 } from './tar-format.ts';
import { readTar } from './tar-reader.ts';
import type { Unpacker } from './unpacker.ts';

/** What a layout has at its top; a file of another name ends the search for one. */
const LAYOUT_NAMES = /^(?:\.\/?|oci-layout|index\.json|manifest\.json|repositories|blobs(?:\/.*)?)$/;
const BLOBS_MAX = 10_000;
const JSON_MAX = 4 * 1024 * 1024;
const LAYERS_MAX = 1000;
/** Indexes within indexes. */
const DEPTH_MAX = 4;

interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
}

type Layout = Map<string, { at: number; size: number }>;

/** Whether it is a plain tar of an OCI image layout. */
export async function isOciLayout(blob: Blob): Promise<boolean> {
  const layout = await readLayout(blob);
  return layout !== null && layout.has('oci-layout') && layout.has('index.json');
}

/** Where the files of the layout are; null for an archive that has others. */
async function readLayout(blob: Blob): Promise<Layout | null> {
  const layout: Layout = new Map();
  for (let at = 0; at + TAR_BLOCK <= blob.size;) {
    const block = new Uint8Array(await blob.slice(at, at + TAR_BLOCK).arrayBuffer());
    if (!hasChecksum(block)) return block.every((byte) => byte === 0) ? layout : null;
    const { name, type, size } = parseHeader(block, at);
    const path = (utf8(name) ?? '').replace(/^\.\//, '').replace(/\/$/, '');
    if (type !== 'x' && type !== 'g') {
      if (path !== '' && !LAYOUT_NAMES.test(path)) return null;
      if (layout.size >= BLOBS_MAX) throw tooMuch(`the image has more than ${BLOBS_MAX} blobs`);
      layout.set(path, { at: at + TAR_BLOCK, size });
    }
    at += TAR_BLOCK + Math.ceil(size / TAR_BLOCK) * TAR_BLOCK;
  }
  return layout;
}

/** Unpacks the first image of a layout, layer by layer, each blob checked against its digest. `sha256` is the manifest's. */
export async function readOci(blob: Blob, unpacker: Unpacker, job: Job): Promise<{ sha256: string; kind: string | undefined }> {
  const layout = await readLayout(blob);
  if (!layout) throw damaged('it is no image layout');
  const index = await jsonOf(fileOf(blob, layout, 'index.json'), 'index.json');
  const manifest = await findManifest(blob, layout, index, 0);
  const layers = descriptors(manifest.value['layers'], 'the manifest');
  if (layers.length > LAYERS_MAX) throw tooMuch(`the image has more than ${LAYERS_MAX} layers`);
  for (const layer of layers) {
    unpacker.nextLayer();
    await unpackLayer(blobOf(blob, layout, layer), layer, unpacker, job);
  }
  const annotations = manifest.value['annotations'];
  const kind = isRecord(annotations) ? annotations[OciAnnotation.KIND] : undefined;
  return { sha256: manifest.digest.slice('sha256:'.length), kind: typeof kind === 'string' ? kind : undefined };
}

async function unpackLayer(data: Blob, { mediaType, digest }: Descriptor, unpacker: Unpacker, job: Job): Promise<void> {
  if (!/\.tar(?:[.+](?:gzip|zstd))?$/.test(mediaType)) throw damaged(`a layer is of the type ${mediaType}, which is unknown`);
  const hasher = await sha256Hasher();
  const source = pullFrom(data.stream());
  const counted: Pull = async () => {
    const chunk = await source.pull();
    if (!chunk) return null;
    job.check();
    job.progress.bytes += chunk.length;
    hasher.update(chunk);
    return chunk;
  };
  const plain = await decompress(sniffCompression(new Uint8Array(await data.slice(0, 4).arrayBuffer())), counted);
  const reader = new ByteReader(plain.pull);
  try {
    for await (const member of readTar(reader)) await unpacker.add(member);
    await reader.drain();
    if (`sha256:${hasher.digest('hex')}` !== digest) throw damaged(`the layer ${digest} does not have its digest`);
  } finally {
    plain.cancel();
    source.cancel();
  }
}

async function findManifest(blob: Blob, layout: Layout, index: Record<string, unknown>, depth: number): Promise<{ value: Record<string, unknown>; digest: string }> {
  const [first] = descriptors(index['manifests'], 'the index');
  if (!first || depth > DEPTH_MAX) throw damaged('the image layout has no image');
  const data = blobOf(blob, layout, first);
  const value = await jsonOf(data, first.digest);
  if (`sha256:${await sha256Of(new Uint8Array(await data.arrayBuffer()))}` !== first.digest) throw damaged(`the blob ${first.digest} does not have its digest`);
  return Array.isArray(value['manifests']) ? findManifest(blob, layout, value, depth + 1) : { value, digest: first.digest };
}

function descriptors(value: unknown, where: string): Descriptor[] {
  if (!Array.isArray(value)) throw damaged(`${where} of the image lists nothing`);
  return value.map((one: unknown) => {
    if (!isRecord(one) || typeof one['digest'] !== 'string' || typeof one['size'] !== 'number') throw damaged(`${where} of the image is damaged`);
    return { mediaType: String(one['mediaType']), digest: one['digest'], size: one['size'] };
  });
}

function blobOf(blob: Blob, layout: Layout, { digest, size }: Descriptor): Blob {
  const hex = /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1];
  if (!hex) throw damaged(`the digest “${digest.slice(0, 80)}” is none that can be checked`);
  const data = fileOf(blob, layout, `blobs/sha256/${hex}`);
  if (data.size !== size) throw damaged(`the blob ${digest} has ${data.size} bytes instead of ${size}`);
  return data;
}

function fileOf(blob: Blob, layout: Layout, path: string): Blob {
  const place = layout.get(path);
  if (!place || place.at + place.size > blob.size) throw damaged(`the image lacks ${path}`);
  return blob.slice(place.at, place.at + place.size);
}

async function jsonOf(data: Blob, path: string): Promise<Record<string, unknown>> {
  if (data.size > JSON_MAX) throw tooMuch(`${path} of the image has ${data.size} bytes`);
  try {
    const value: unknown = JSON.parse(await data.text());
    if (isRecord(value)) return value;
  } catch {
    // Told below, as what is no object.
  }
  throw damaged(`${path} of the image is no JSON object`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
