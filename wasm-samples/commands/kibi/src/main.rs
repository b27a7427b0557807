//! The editor kibi on a terminal of this system: `kibi [FILE]`. Raw mode is asked for in `/dev/consctl`, as in Plan 9.

use std::env;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::process::ExitCode;

/// The terminal is raw as long as the file is open.
fn raw_mode() -> io::Result<File> {
    let mut control = OpenOptions::new().write(true).open("/dev/consctl")?;
    control.write_all(b"rawon")?;
    Ok(control)
}

fn edit(path: Option<&str>) -> Result<(), editor::Error> {
    let _raw = raw_mode()?;
    editor::run(path, &mut editor::stdin()?)
}

fn main() -> ExitCode {
    // Preview 1 has no working directory: the host names it in PWD, and libc keeps it.
    if let Some(directory) = env::var_os("PWD") {
        let _ = env::set_current_dir(directory);
    }
    let args: Vec<String> = env::args().skip(1).collect();
    let path = match args.as_slice() {
        [] => None,
        [path] if !path.starts_with('-') => Some(path.as_str()),
        _ => {
            eprintln!("usage: kibi [FILE]");
            return ExitCode::from(2);
        }
    };
    match edit(path) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("kibi: {error:?}");
            ExitCode::FAILURE
        }
    }
}
