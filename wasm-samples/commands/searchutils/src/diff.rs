//! `diff` and `cmp` over the library of uutils diffutils, whose own `main` is not part of it.

use diffutilslib::cmp::{self, Cmp};
use diffutilslib::params::{Format, Params, parse_params};
use diffutilslib::{context_diff, ed_diff, normal_diff, side_by_side_diff, unified_diff, utils};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Read, Write};

const SAME: i32 = 0;
const DIFFERENT: i32 = 1;
const TROUBLE: i32 = 2;

fn contents(path: &OsStr) -> io::Result<Vec<u8>> {
    if path != "-" {
        return fs::read(path);
    }
    let mut bytes = Vec::new();
    io::stdin().read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn trouble(message: impl std::fmt::Display) -> i32 {
    eprintln!("{message}");
    TROUBLE
}

fn changes(from: &[u8], to: &[u8], params: &Params) -> Result<Vec<u8>, String> {
    Ok(match params.format {
        Format::Normal => normal_diff(from, to, params),
        Format::Unified => unified_diff(from, to, params),
        Format::Context => context_diff(from, to, params),
        Format::Ed => ed_diff(from, to, params).map_err(|error| error.to_string())?,
        // Writes by itself; what it returns only tells whether there was something.
        Format::SideBySide => side_by_side_diff(from, to, &mut io::stdout().lock(), params),
    })
}

pub fn main(args: Vec<OsString>) -> i32 {
    let params = match parse_params(args.into_iter().peekable()) {
        Ok(params) => params,
        Err(error) => return trouble(error),
    };
    let mut sides = Vec::new();
    for path in [&params.from, &params.to] {
        match contents(path) {
            Ok(bytes) => sides.push(bytes),
            Err(error) => utils::report_failure_to_read_input_file(&params.executable, path, &error),
        }
    }
    let [from, to] = sides.as_slice() else { return TROUBLE };
    let result = match changes(from, to, &params) {
        Ok(result) => result,
        Err(error) => return trouble(error),
    };
    let (one, other) = (params.from.to_string_lossy(), params.to.to_string_lossy());
    if result.is_empty() {
        if params.report_identical_files {
            println!("Files {one} and {other} are identical");
        }
        return SAME;
    }
    if params.brief {
        println!("Files {one} and {other} differ");
    } else if io::stdout().write_all(&result).is_err() {
        return TROUBLE;
    }
    DIFFERENT
}

pub fn cmp(args: Vec<OsString>) -> i32 {
    let outcome = cmp::parse_params(args.into_iter().peekable()).and_then(|params| cmp::cmp(&params));
    match outcome {
        Ok(Cmp::Equal) => SAME,
        Ok(Cmp::Different) => DIFFERENT,
        Err(error) => trouble(error),
    }
}
