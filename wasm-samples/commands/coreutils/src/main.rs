//! The everyday programs of uutils coreutils in one binary. Called as `NAME ARGUMENTS…`, or
//! `coreutils NAME ARGUMENTS…`, or `coreutils --list`.

use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::process::exit;

type Run = fn(std::vec::IntoIter<OsString>) -> i32;

const COMMANDS: &[(&str, Run)] = &[
    ("[", uu_test::uumain),
    ("arch", uu_arch::uumain),
    ("basename", uu_basename::uumain),
    ("cat", uu_cat::uumain),
    ("comm", uu_comm::uumain),
    ("cp", uu_cp::uumain),
    ("cut", uu_cut::uumain),
    ("date", uu_date::uumain),
    ("dirname", uu_dirname::uumain),
    ("echo", uu_echo::uumain),
    ("expr", uu_expr::uumain),
    ("false", uu_false::uumain),
    ("head", uu_head::uumain),
    ("link", uu_link::uumain),
    ("ln", uu_ln::uumain),
    ("ls", uu_ls::uumain),
    ("mkdir", uu_mkdir::uumain),
    ("mktemp", uu_mktemp::uumain),
    ("mv", uu_mv::uumain),
    ("paste", uu_paste::uumain),
    ("printenv", uu_printenv::uumain),
    ("printf", uu_printf::uumain),
    ("pwd", uu_pwd::uumain),
    ("readlink", uu_readlink::uumain),
    ("realpath", uu_realpath::uumain),
    ("rm", uu_rm::uumain),
    ("rmdir", uu_rmdir::uumain),
    ("seq", uu_seq::uumain),
    ("sleep", uu_sleep::uumain),
    ("sort", uu_sort::uumain),
    ("tac", uu_tac::uumain),
    ("tail", uu_tail::uumain),
    ("tee", uu_tee::uumain),
    ("test", uu_test::uumain),
    ("touch", uu_touch::uumain),
    ("tr", uu_tr::uumain),
    ("true", uu_true::uumain),
    ("truncate", uu_truncate::uumain),
    ("tty", uu_tty::uumain),
    ("uname", uu_uname::uumain),
    ("uniq", uu_uniq::uumain),
    ("unlink", uu_unlink::uumain),
    ("wc", uu_wc::uumain),
    ("yes", uu_yes::uumain),
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
    // Rust's std panics when it is asked for this place in preview 1. Only tac would use it, for a file to map into memory; where
    // none can be made it keeps its input instead.
    let _ = tempfile::env::override_temp_dir(Path::new("/dev/null/none"));
    let mut args: Vec<OsString> = env::args_os().collect();
    let own = args.first().is_some_and(|name| Path::new(name).file_stem().is_some_and(|stem| stem == "coreutils"));
    if own {
        uucore::set_utility_is_second_arg();
        args.remove(0);
    }
    if own && args.first().is_some_and(|arg| arg == "--list") {
        COMMANDS.iter().for_each(|(name, _)| println!("{name}"));
        return;
    }
    exit(call(args).unwrap_or_else(|| {
        eprintln!("usage: coreutils NAME ARGUMENTS…, where NAME is one of coreutils --list");
        127
    }));
}
