// Drives authority.worker.js: `globalThis.bench.authority(task, options)`.
export async function authority(task, options) {
  const worker = new Worker(new URL('./authority.worker.js', import.meta.url), { type: 'module' });
  try {
    return await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => ('error' in data ? reject(new Error(data.error)) : resolve(data.result));
      worker.onerror = (event) => reject(new Error(event.message || 'the worker failed'));
      worker.postMessage({ task, options });
    });
  } finally {
    worker.terminate();
  }
}
