//! `gzip gunzip zcat tar` over the crates flate2 and tar. Called as `NAME ARGUMENTS…`, or `archive NAME ARGUMENTS…`.

mod gzip;
mod tar_command;

use std::env;
use std::path::Path;
use std::process::ExitCode;

/// What went wrong, for people: `path: reason`.
pub type Outcome = Result<(), String>;

/// The reason as other commands say it, without `(os error 44)`.
pub fn told(path: &str, error: &std::io::Error) -> String {
    let text = error.to_string();
    format!("{path}: {}", text.split(" (os error").next().unwrap_or(&text))
}

fn main() -> ExitCode {
    // Preview 1 has no working directory: the host names it in PWD, and libc keeps it.
    if let Some(directory) = env::var_os("PWD") {
        let _ = env::set_current_dir(directory);
    }
    let mut args: Vec<String> = env::args_os().map(|arg| arg.to_string_lossy().into_owned()).collect();
    let stem = |path: &str| Path::new(path).file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    if args.first().is_some_and(|name| stem(name) == "archive") {
        args.remove(0);
    }
    let name = args.first().map(|name| stem(name)).unwrap_or_default();
    let rest = args.get(1..).unwrap_or_default();
    match name.as_str() {
        "gzip" | "gunzip" | "zcat" => gzip::main(&name, rest),
        "tar" => tar_command::main(rest),
        _ => {
            eprintln!("usage: archive gzip|gunzip|zcat|tar ARGUMENTS…");
            ExitCode::from(2)
        }
    }
}
