import { Fd, File, OpenFile, PreopenDirectory, WASI, wasi } from '@bjorn3/browser_wasi_shim';

/** Swallows what is written; keeps it where `chunks` is given. */
class Sink extends Fd {
  bytes = 0;
  constructor(chunks) {
    super();
    this.chunks = chunks;
  }
  fd_fdstat_get() {
    return { ret: 0, fdstat: new wasi.Fdstat(wasi.FILETYPE_CHARACTER_DEVICE, 0) };
  }
  fd_write(data) {
    this.bytes += data.byteLength;
    this.chunks?.push(new TextDecoder().decode(data));
    return { ret: 0, nwritten: data.byteLength };
  }
}

function run(module, args) {
  const stdout = new Sink(null);
  const stderr = new Sink([]);
  const fds = [new OpenFile(new File([])), stdout, stderr, new PreopenDirectory('/', new Map())];
  const host = new WASI(['bench', ...args], [], fds, { debug: false });
  const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: host.wasiImport });
  const result = { code: null, error: undefined };
  try {
    result.code = host.start(instance);
  } catch (error) {
    result.error = String(error);
  }
  return { ...result, stderr: stderr.chunks.join(''), stdoutBytes: stdout.bytes };
}

onmessage = ({ data }) => postMessage(run(data.module, data.args));
