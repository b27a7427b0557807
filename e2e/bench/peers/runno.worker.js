import { WASI } from '@runno/wasi';

function run(module, args) {
  const chunks = [];
  let stdoutBytes = 0;
  const host = new WASI({
    args: ['bench', ...args],
    env: {},
    fs: {},
    isTTY: false,
    stdin: () => null,
    stdout: (text) => (stdoutBytes += text.length),
    stderr: (text) => chunks.push(text),
  });
  const instance = new WebAssembly.Instance(module, host.getImportObject());
  const result = { code: null, error: undefined };
  try {
    result.code = host.start({ module, instance }).exitCode;
  } catch (error) {
    result.error = String(error);
  }
  return { ...result, stderr: chunks.join(''), stdoutBytes };
}

onmessage = ({ data }) => postMessage(run(data.module, data.args));
