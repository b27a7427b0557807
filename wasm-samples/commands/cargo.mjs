/** Builds commands from the crates of the registry. */
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inTemporaryDirectory, run, toolchains } from '../toolchains.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const TARGET = 'wasm32-wasip1';

/**
 * A home of cargo's own, so that only the crates of this set are unpacked in it: uucore's build script takes the messages
 * of every program that it finds beside itself. What was downloaded before is shared.
 */
function cargoHome(work) {
  const home = join(work, 'cargo');
  const usual = process.env.CARGO_HOME ?? join(homedir(), '.cargo');
  mkdirSync(join(home, 'registry'), { recursive: true });
  for (const name of ['config.toml', 'registry/index', 'registry/cache']) {
    if (existsSync(join(usual, name))) symlinkSync(join(usual, name), join(home, name));
  }
  return home;
}

/** Flags for objects in C: those that crates bring along, and our own. */
const OBJECT_FLAGS = ['-mcpu=mvp', '-mbulk-memory', '-msign-ext', '-mmutable-globals', '-Oz'];

function environment({ rust, c }, work) {
  const home = cargoHome(work);
  const flags = [`--remap-path-prefix=${home}=cargo`, `--remap-path-prefix=${work}=.`];
  const own = { RUSTC_BOOTSTRAP: '1', CARGO_TARGET_WASM32_WASIP1_LINKER: rust.linker };
  if (rust.linker) flags.push('-C', 'linker-flavor=wasm-ld', '-C', 'link-self-contained=no', '-L', rust.libc);
  return {
    ...process.env,
    ...(rust.linker ? own : {}),
    RUSTC: rust.rustc,
    CARGO_HOME: home,
    CARGO_TARGET_DIR: join(work, 'target'),
    RUSTFLAGS: flags.join(' '),
    CC_wasm32_wasip1: c.command,
    CFLAGS_wasm32_wasip1: [...c.flags, ...OBJECT_FLAGS].join(' '),
    CRATE_CC_NO_DEFAULTS: '1',
    // Which language of its messages uucore builds in.
    LANG: 'en_US.UTF-8',
  };
}

/** Compiles C of ours; `--wrap` for every `__wrap_NAME` that it defines. */
function compile({ c }, source, work) {
  const object = join(work, `${basename(source, '.c')}.o`);
  run(c.command, [...c.flags, ...OBJECT_FLAGS, '-Wall', '-Wextra', '-Werror', '-c', '-o', object, source]);
  const wrapped = readFileSync(source, 'utf8').matchAll(/^\w.*\b__wrap_(\w+)\(/gm);
  return [object, ...Array.from(wrapped, ([, name]) => `--wrap=${name}`)];
}

/** For the program alone, as some crates are libraries for C as well, and those have no main. */
function linkArguments(tools, directory, work) {
  const { libc, linker } = tools.rust;
  const start = linker ? [join(libc, 'crt1-command.o')] : [];
  const sources = readdirSync(directory).filter((name) => name.endsWith('.c')).map((name) => join(directory, name));
  const objects = [join(here, 'libc-extras.c'), ...sources].flatMap((source) => compile(tools, source, work));
  return ['--', ...[...start, ...objects].flatMap((argument) => ['-C', `link-arg=${argument}`])];
}

/** What cargo itself calls its registry in a lock file: asked of it, by a project with one dependency. */
function registryOf(cargo, work, env) {
  const probe = join(work, 'probe');
  mkdirSync(join(probe, 'src'), { recursive: true });
  writeFileSync(join(probe, 'Cargo.toml'), '[package]\nname = "probe"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\ncfg-if = "1"\n[workspace]\n');
  writeFileSync(join(probe, 'src/lib.rs'), '');
  run(cargo, ['generate-lockfile'], { cwd: probe, env });
  return /^source = "(.*)"$/m.exec(readFileSync(join(probe, 'Cargo.lock'), 'utf8'))[1];
}

/** Our lock files name no host: each `source` is `registry`, and becomes here what cargo calls that. */
function completeLock(file, registry) {
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('source = "registry"', `source = "${registry}"`));
}

/** A set of commands: a Cargo project that depends on crates of the registry, and is one binary. */
export const crates = {
  needs: `for Rust ${toolchains.rust.needs}; for C ${toolchains.c.needs}`,
  find() {
    const [rust, c] = [toolchains.rust.find(), toolchains.c.find()];
    return rust && c && { rust, c };
  },
  build(tools, { directory, output, name }) {
    inTemporaryDirectory((work) => {
      cpSync(directory, join(work, name), { recursive: true });
      const std = tools.rust.linker ? ['-Zbuild-std=std,panic_abort'] : [];
      const args = ['rustc', '--release', '--locked', '--bin', name, '--target', TARGET, ...std, ...linkArguments(tools, directory, work)];
      const cargo = tools.rust.cargo ?? 'cargo';
      const env = environment(tools, work);
      completeLock(join(work, name, 'Cargo.lock'), registryOf(cargo, work, env));
      run(cargo, args, { cwd: join(work, name), env });
      cpSync(join(work, 'target', TARGET, 'release', `${name}.wasm`), output);
    });
  },
};
