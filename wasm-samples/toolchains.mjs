/** Finds the compilers and builds one sample with each. No dependencies; every build runs in a directory of its own. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

/** Runs a program; returns its standard output, or throws an Error with what it said. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 26, ...options });
  if (result.error) throw result.error;
  if (result.status !== 0) throw new Error(`${command} ${args.join(' ')}\n${result.stdout}${result.stderr}`);
  return result.stdout;
}

function works(command, args, options) {
  try {
    run(command, args, options);
    return true;
  } catch {
    return false;
  }
}

/** First of the candidates that is there, or undefined. */
function first(candidates, test) {
  return candidates.filter(Boolean).find(test);
}

/** Gives `use` a directory of its own, and removes it afterwards. */
export function inTemporaryDirectory(use) {
  const directory = mkdtempSync(join(tmpdir(), 'sample-'));
  try {
    return use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const cFlags = ['-mcpu=mvp', '-mbulk-memory', '-msign-ext', '-mmutable-globals', '-flto', '-Wall', '-Wextra', '-Werror', '-Wl,--strip-all'];

function findC() {
  const sdk = process.env.WASI_SDK_PATH;
  const candidates = [
    sdk && { command: join(sdk, 'bin/clang'), flags: ['--target=wasm32-wasi', `--sysroot=${join(sdk, 'share/wasi-sysroot')}`] },
    ...['clang', 'clang-21', 'clang-20', 'clang-19', 'clang-18', 'clang-17', 'clang-16', 'clang-15', 'clang-14'].map((command) => ({
      command,
      flags: ['--target=wasm32-wasi', '--sysroot=/usr'],
    })),
  ];
  return inTemporaryDirectory((directory) => {
    const source = join(directory, 'probe.c');
    writeFileSync(source, '#include <stdio.h>\nint main(void) { return puts("") < 0; }\n');
    return first(candidates, ({ command, flags }) => works(command, [...flags, ...cFlags, '-O1', '-o', join(directory, 'probe.wasm'), source]));
  });
}

const c = {
  needs: 'clang with lld, wasi-libc and the wasm32 compiler-rt (Debian: clang-19 lld-19 wasi-libc libclang-rt-19-dev-wasm32), or WASI_SDK_PATH',
  find: findC,
  build({ command, flags }, { directory, output, level = '-Oz', sources = readdirSync(directory).filter((name) => name.endsWith('.c')).toSorted() }) {
    run(command, [...flags, ...cFlags, level, '-o', output, ...sources], { cwd: directory });
  },
};

const bareFlags = ['-nostdlib', '-ffreestanding', '-mbulk-memory', '-mmutable-globals', '-Wall', '-Wextra', '-Werror', '-Wl,--strip-all'];
const threadFlags = [
  ...bareFlags, '-matomics', '-ftls-model=local-exec',
  '-Wl,--import-memory,--export-memory,--shared-memory,--max-memory=16777216',
];

/** Without a libc: Debian's is built for one thread. */
const cThreads = {
  needs: 'clang with lld',
  find: () => first(['clang', 'clang-21', 'clang-20', 'clang-19', 'clang-18'], (command) => works(command, ['--target=wasm32', '--version'])),
  build(command, { directory, output, level = '-Os' }) {
    run(command, ['--target=wasm32', ...threadFlags, level, '-o', output, 'main.c', '../common/thread-start.S'], { cwd: directory });
  },
};

/** Without a libc, with a memory of 40 000 pages. */
const cHigh = {
  ...cThreads,
  build(command, { directory, output, level = '-Os' }) {
    run(command, ['--target=wasm32', ...bareFlags, '-Wl,--initial-memory=2621440000', level, '-o', output, 'main.c'], { cwd: directory });
  },
};

const go = {
  needs: 'Go 1.21 or later',
  find: () => first([process.env.GO, 'go'], (command) => works(command, ['tool', 'dist', 'list', '-json'], { env: { ...process.env, GOTOOLCHAIN: 'local' } })),
  build(command, { directory, output, sources: [main] = ['.'] }) {
    const env = { ...process.env, GOOS: 'wasip1', GOARCH: 'wasm', GOFLAGS: '-mod=mod', GOTOOLCHAIN: 'local', GOWASM: '', CGO_ENABLED: '0' };
    run(command, ['build', '-trimpath', '-buildvcs=false', '-ldflags=-s -w -buildid=', '-o', output, main], { cwd: directory, env });
  },
};

/** rustc that has the target ready, as rustup's has after `rustup target add wasm32-wasip1`. */
function rustReady(command) {
  try {
    return existsSync(join(run(command, ['--print', 'target-libdir', '--target', 'wasm32-wasip1']).trim()));
  } catch {
    return false;
  }
}

/** cargo and rustc that have the sources of std, as Debian's rustc-web with rust-web-src has. */
function rustFromSource({ cargo, rustc }) {
  if (!works(cargo, ['--version'])) return false;
  try {
    return existsSync(join(run(rustc, ['--print', 'sysroot']).trim(), 'lib/rustlib/src/rust/library/std/Cargo.toml'));
  } catch {
    return false;
  }
}

function findRust() {
  const ready = first([process.env.RUSTC, 'rustc', '/usr/bin/rustc'], rustReady);
  if (ready) return { rustc: ready };
  const linker = first(['rust-lld', 'wasm-ld', 'wasm-ld-21', 'wasm-ld-20', 'wasm-ld-19'], (command) => works(command, ['-flavor', 'wasm', '--version']) || works(command, ['--version']));
  if (!linker) return undefined;
  const candidates = [{ cargo: 'cargo', rustc: 'rustc' }, { cargo: '/usr/bin/cargo', rustc: '/usr/bin/rustc' }];
  const source = first(candidates, rustFromSource);
  const libc = first([process.env.WASI_SDK_PATH && join(process.env.WASI_SDK_PATH, 'share/wasi-sysroot/lib/wasm32-wasi'), '/usr/lib/wasm32-wasi'], existsSync);
  return source && libc && { ...source, linker, libc };
}

const rust = {
  needs: 'rustc with the target wasm32-wasip1 (rustup target add wasm32-wasip1), or cargo, the sources of std and wasm-ld (Debian: rustc-web cargo-web rust-web-src lld-19)',
  find: findRust,
  build({ rustc, cargo, linker, libc }, { directory, output, name, sources: [main] = ['src/main.rs'] }) {
    const options = ['--target', 'wasm32-wasip1', '--edition', '2021', '-C', 'opt-level=z', '-C', 'lto=fat', '-C', 'panic=abort', '-C', 'strip=symbols', '-C', 'codegen-units=1'];
    inTemporaryDirectory((work) => {
      if (cargo) return buildStd({ rustc, cargo, linker, libc }, { directory, output, name, work, main });
      const library = join(work, 'libastrid.rlib');
      run(rustc, [...options, '--crate-type', 'rlib', '--crate-name', 'astrid', '-o', library, join(here, 'sdk/rust/src/lib.rs')]);
      run(rustc, [...options, '--extern', `astrid=${library}`, '-o', output, join(directory, main)]);
    });
  },
};

/** Such a rustc brings neither the standard library nor the libc below it. */
function buildStd({ rustc, cargo, linker, libc }, { directory, output, name, work, main }) {
  const env = {
    ...process.env,
    RUSTC: rustc,
    RUSTC_BOOTSTRAP: '1',
    CARGO_TARGET_DIR: join(work, 'target'),
    CARGO_TARGET_WASM32_WASIP1_LINKER: linker,
    RUSTFLAGS: `-C linker-flavor=wasm-ld -C link-self-contained=no -L ${libc} -C link-arg=${join(libc, 'crt1-command.o')} --remap-path-prefix=${work}=.`,
  };
  // Where a sample says that it is, with the SDK beside it.
  cpSync(join(here, 'sdk/rust'), join(work, 'sdk/rust'), { recursive: true });
  const inSdk = directory === join(here, 'sdk/rust');
  if (!inSdk) cpSync(directory, join(work, name), { recursive: true });
  const example = main.startsWith('examples/');
  const wanted = example ? ['--example', basename(main, '.rs')] : [];
  run(cargo, ['build', '--release', '--target', 'wasm32-wasip1', '-Zbuild-std=std,panic_abort', ...wanted], { cwd: inSdk ? join(work, 'sdk/rust') : join(work, name), env });
  cpSync(join(work, 'target/wasm32-wasip1/release', example ? main.replace('.rs', '.wasm') : `${name}.wasm`), output);
}

const zig = {
  needs: 'zig, or the Python package ziglang',
  find: () => first([process.env.ZIG && [process.env.ZIG], ['zig'], ['python3', '-m', 'ziglang']], ([command, ...args]) => works(command, [...args, 'version'])),
  build([command, ...args], { directory, output }) {
    inTemporaryDirectory((work) => {
      const options = ['build-exe', 'main.zig', '-target', 'wasm32-wasi', '-mcpu=mvp+bulk_memory+sign_ext+mutable_globals', '-O', 'ReleaseSmall', '-fstrip', `-femit-bin=${output}`, '--cache-dir', join(work, 'cache'), '--global-cache-dir', join(work, 'global')];
      run(command, [...args, ...options], { cwd: directory });
    });
  },
};

/**
 * Programs of one directory, with the SDK beside it. The compiler is installed from the lock file beside its package.json, into a temporary
 * directory.
 */
export function buildAssemblyScript(npm, directory, programs) {
  inTemporaryDirectory((work) => {
    for (const name of ['package.json', 'package-lock.json']) cpSync(join(here, 'assemblyscript-toolchain', name), join(work, name));
    cpSync(join(here, 'sdk/assemblyscript'), join(work, 'sdk/assemblyscript'), { recursive: true });
    cpSync(directory, join(work, relative(here, directory)), { recursive: true });
    run(npm, ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: work });
    const config = join('node_modules', '@assemblyscript', 'wasi-shim', 'asconfig.json');
    for (const { main, output } of programs) {
      const source = join(relative(here, directory), main);
      run(process.execPath, ['node_modules/assemblyscript/bin/asc.js', source, '--config', config, '-O3z', '--noAssert', '--converge', '--outFile', output], { cwd: work });
    }
  });
}

const assemblyscript = {
  needs: 'npm, with access to a package registry (assemblyscript and its WASI shim are installed into a temporary directory)',
  find: () => first(['npm'], (command) => works(command, ['--version'])),
  build(npm, { directory, output, sources: [main] = ['main.ts'] }) {
    buildAssemblyScript(npm, directory, [{ main, output }]);
  },
};

/** By the name that samples.mjs uses: find() gives what build() takes, or undefined; `needs` says what was missing. */
export const toolchains = { c, 'c-threads': cThreads, 'c-high': cHigh, go, rust, zig, assemblyscript };

/** wasm-opt for a smaller binary, where it is there; its result is used only when it is the smaller one. `level`: `-Oz` by default. */
export function optimise(path, level = '-Oz') {
  const command = first([process.env.WASM_OPT, 'wasm-opt'], (candidate) => works(candidate, ['--version']));
  if (!command) return;
  const smaller = `${path}.opt`;
  const features = ['--enable-bulk-memory', '--enable-sign-ext', '--enable-mutable-globals', '--enable-nontrapping-float-to-int', '--enable-simd', '--enable-threads'];
  const strip = ['--strip-debug', '--strip-producers', '--strip-target-features'];
  if (!works(command, [level, ...features, ...strip, path, '-o', smaller])) return;
  if (readFileSync(smaller).length < readFileSync(path).length) cpSync(smaller, path);
  rmSync(smaller);
}
