//! The other programs of uutils coreutils in one binary: texts, encodings, checksums, numbers. Called as `NAME ARGUMENTS…`, or
//! `textutils NAME ARGUMENTS…`, or `textutils --list`.

use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::process::exit;

type Run = fn(std::vec::IntoIter<OsString>) -> i32;

const COMMANDS: &[(&str, Run)] = &[
    ("b2sum", uu_b2sum::uumain),
    ("base32", uu_base32::uumain),
    ("base64", uu_base64::uumain),
    ("basenc", uu_basenc::uumain),
    ("cksum", uu_cksum::uumain),
    ("csplit", uu_csplit::uumain),
    ("expand", uu_expand::uumain),
    ("factor", uu_factor::uumain),
    ("fmt", uu_fmt::uumain),
    ("fold", uu_fold::uumain),
    ("join", uu_join::uumain),
    ("md5sum", uu_md5sum::uumain),
    ("nl", uu_nl::uumain),
    ("nproc", uu_nproc::uumain),
    ("numfmt", uu_numfmt::uumain),
    ("od", uu_od::uumain),
    ("pr", uu_pr::uumain),
    ("sha1sum", uu_sha1sum::uumain),
    ("sha224sum", uu_sha224sum::uumain),
    ("sha256sum", uu_sha256sum::uumain),
    ("sha384sum", uu_sha384sum::uumain),
    ("sha512sum", uu_sha512sum::uumain),
    ("shuf", uu_shuf::uumain),
    ("split", uu_split::uumain),
    ("sum", uu_sum::uumain),
    ("tsort", uu_tsort::uumain),
    ("unexpand", uu_unexpand::uumain),
];

fn find(name: &str) -> Option<&'static (&'static str, Run)> {
    COMMANDS.iter().find(|(known, _)| *known == name)
}

fn call(args: Vec<OsString>) -> Option<i32> {
    let name = Path::new(args.first()?).file_name()?.to_str()?.to_owned();
    let (name, run) = find(&name)?;
    // Messages stay keys without it; the program's result is the same.
    let _ = uucore::locale::setup_localization(if *name == "[" { "test" } else { name });
    Some(run(args.into_iter()))
}

fn main() {
    // Preview 1 has no working directory: the host names it in PWD, and libc keeps it.
    if let Some(directory) = env::var_os("PWD") {
        let _ = env::set_current_dir(directory);
    }
    let mut args: Vec<OsString> = env::args_os().collect();
    let own = args.first().is_some_and(|name| Path::new(name).file_stem().is_some_and(|stem| stem == "textutils"));
    if own {
        uucore::set_utility_is_second_arg();
        args.remove(0);
    }
    if own && args.first().is_some_and(|arg| arg == "--list") {
        COMMANDS.iter().for_each(|(name, _)| println!("{name}"));
        return;
    }
    exit(call(args).unwrap_or_else(|| {
        eprintln!("usage: textutils NAME ARGUMENTS…, where NAME is one of textutils --list");
        127
    }));
}
