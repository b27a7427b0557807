//! Searching, changing and comparing texts: several programs in one binary, called by their own names or as
//! `searchutils NAME ARGUMENTS…`.

mod awk;
mod diff;

use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::process::exit;

type Run = fn(Vec<OsString>) -> i32;

const COMMANDS: &[(&str, Run)] = &[
    ("awk", awk::main),
    ("cmp", diff::cmp),
    ("diff", diff::main),
    ("egrep", |args| grep(args, Some("-E"))),
    ("fgrep", |args| grep(args, Some("-F"))),
    ("find", find),
    ("grep", |args| grep(args, None)),
    ("sed", |args| sed::sed::uumain(args.into_iter())),
];

fn grep(mut args: Vec<OsString>, option: Option<&str>) -> i32 {
    if let Some(option) = option {
        args.splice(0..1, ["grep".into(), option.into()]);
    }
    uu_grep::uumain(args.into_iter())
}

fn find(args: Vec<OsString>) -> i32 {
    let args: Vec<String> = args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    findutils::find::find_main(&args, &findutils::find::StandardDependencies::new())
}

fn call(args: Vec<OsString>) -> Option<i32> {
    let name = Path::new(args.first()?).file_name()?.to_str()?.to_owned();
    let (_, run) = COMMANDS.iter().find(|(known, _)| *known == name)?;
    Some(run(args))
}

fn main() {
    // Preview 1 has no working directory: the host names it in PWD, and libc keeps it.
    if let Some(directory) = env::var_os("PWD") {
        let _ = env::set_current_dir(directory);
    }
    let mut args: Vec<OsString> = env::args_os().collect();
    let own = args.first().is_some_and(|name| Path::new(name).file_stem().is_some_and(|stem| stem == "searchutils"));
    if own {
        uucore::set_utility_is_second_arg();
        args.remove(0);
    }
    if own && args.first().is_some_and(|arg| arg == "--list") {
        COMMANDS.iter().for_each(|(name, _)| println!("{name}"));
        return;
    }
    exit(call(args).unwrap_or_else(|| {
        eprintln!("usage: searchutils NAME ARGUMENTS…, where NAME is one of searchutils --list");
        127
    }));
}
