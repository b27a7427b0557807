import './node-globals.js';
import { WASI } from '@tybys/wasm-util';
import { createFsFromVolume, Volume } from 'memfs';

function run(module, args) {
  const chunks = [];
  let stdoutBytes = 0;
  const volume = new Volume();
  volume.mkdirSync('/work');
  const host = new WASI({
    version: 'preview1',
    args: ['bench', ...args],
    env: {},
    fs: createFsFromVolume(volume),
    preopens: { '/': '/work' },
    returnOnExit: true,
    print: (text) => (stdoutBytes += text.length),
    printErr: (text) => chunks.push(text),
  });
  const instance = new WebAssembly.Instance(module, host.getImportObject());
  const result = { code: null, error: undefined };
  try {
    result.code = host.start(instance) ?? 0;
  } catch (error) {
    result.error = String(error);
  }
  return { ...result, stderr: chunks.join('\n'), stdoutBytes };
}

onmessage = ({ data }) => postMessage(run(data.module, data.args));
