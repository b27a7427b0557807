//! `jq` over the crate jaq: a program that filters JSON.

mod options;

use jaq_all::data::{self, Filter, Runner};
use jaq_all::fmts::read::json;
use jaq_all::fmts::write::{Writer, write};
use jaq_all::jaq_core::{Exn, Vars};
use jaq_all::json::Val;
use jaq_all::json::write::{Pp, Styles};
use jaq_all::{compile_with, defs, load::FileReportsDisp};
use options::{Options, parse};
use std::cell::Cell;
use std::fs;
use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::process::{ExitCode, exit};

/// Statuses as jq's: of usage and files, of a filter that does not compile, of no output with `-e`, of errors in a filter or an input.
const USAGE: u8 = 2;
const COMPILE: u8 = 3;
const NOTHING: u8 = 4;
const FAILED: u8 = 5;

type Input = Box<dyn Iterator<Item = Result<Val, String>>>;

/// What filters say of themselves: `stderr` and `halt_error` as errors, as they are, `debug` in a line.
struct Messages;

impl log::Log for Messages {
    fn enabled(&self, _: &log::Metadata) -> bool {
        true
    }
    fn log(&self, record: &log::Record) {
        match record.level() {
            log::Level::Error => eprint!("{}", record.args()),
            level => eprintln!("[\"{level}:\",{}]", record.args()),
        }
    }
    fn flush(&self) {}
}

fn told(path: &str, error: &io::Error) -> String {
    let text = error.to_string();
    format!("{path}: {}", text.split(" (os error").next().unwrap_or(&text))
}

/// Values of one source as they come.
fn values(options: &Options, source: Box<dyn BufRead>) -> Input {
    if !options.raw_input {
        return Box::new(json::read_many(source).map(|value| value.map_err(|error| error.to_string())));
    }
    let text = |line: io::Result<String>| line.map(Val::utf8_str).map_err(|error| error.to_string());
    if !options.slurp {
        return Box::new(source.lines().map(text));
    }
    let mut source = source;
    let mut all = String::new();
    let read = source.read_to_string(&mut all);
    Box::new(std::iter::once(text(read.map(|_| all))))
}

/// All that is read: the files one after another, or the input. What cannot be opened is told, and the status is no success then.
fn input(options: &Options, missing: &mut bool) -> Input {
    let mut sources: Vec<Box<dyn BufRead>> = Vec::new();
    for path in &options.files {
        match fs::File::open(path) {
            Ok(file) => sources.push(Box::new(io::BufReader::with_capacity(1 << 16, file))),
            Err(error) => {
                eprintln!("jq: error: Could not open {}", told(path, &error));
                *missing = true;
            }
        }
    }
    if options.files.is_empty() {
        sources.push(Box::new(io::BufReader::with_capacity(1 << 16, io::stdin())));
    }
    if options.raw_input && options.slurp {
        let first: Box<dyn BufRead> = Box::new(io::empty());
        return values(options, sources.into_iter().fold(first, |all, source| Box::new(all.chain(source))));
    }
    let parts: Vec<Input> = sources.into_iter().map(|source| values(options, source)).collect();
    let all = parts.into_iter().flatten();
    if options.slurp { Box::new(std::iter::once_with(move || all.collect())) } else { Box::new(all) }
}

fn variables(options: &Options) -> Result<(Vec<String>, Vec<Val>), String> {
    let mut named: Vec<(String, Val)> = Vec::new();
    for (name, text) in &options.args {
        named.push((name.clone(), Val::utf8_str(text.clone())));
    }
    for (name, text) in &options.json_args {
        let value = json::parse_single(text.as_bytes()).map_err(|error| format!("Invalid JSON text passed to --argjson {name}: {error}"))?;
        named.push((name.clone(), value));
    }
    for (name, path) in &options.slurp_files {
        let bytes = fs::read(path).map_err(|error| told(path, &error))?;
        let all: Result<Val, _> = json::parse_many(&bytes).collect();
        named.push((name.clone(), all.map_err(|error| format!("{path}: {error}"))?));
    }
    for (name, path) in &options.raw_files {
        named.push((name.clone(), Val::utf8_str(fs::read_to_string(path).map_err(|error| told(path, &error))?)));
    }
    let object = |pairs: Vec<(String, Val)>| Val::obj(pairs.into_iter().map(|(key, value)| (Val::utf8_str(key), value)).collect());
    let positional: Val = options.positional.iter().map(|text| Val::utf8_str(text.clone())).collect();
    let all = object(vec![("positional".to_owned(), positional), ("named".to_owned(), object(named.clone()))]);
    named.push(("ARGS".to_owned(), all));
    named.push(("ENV".to_owned(), object(std::env::vars().map(|(name, text)| (name, Val::utf8_str(text))).collect())));
    Ok(named.into_iter().unzip())
}

fn compile(options: &Options, names: &[String]) -> Result<Filter, u8> {
    let code = match &options.from_file {
        Some(path) => fs::read_to_string(path).map_err(|error| {
            eprintln!("jq: {}", told(path, &error));
            USAGE
        })?,
        None => options.filter.clone(),
    };
    compile_with(&code, defs(), data::funs(), names).map_err(|reports| {
        for report in &reports {
            eprint!("jq: {}", FileReportsDisp::new(report));
        }
        COMPILE
    })
}

fn runner(options: &Options) -> Runner {
    let colours = options.colour.unwrap_or_else(|| io::stdout().is_terminal());
    let indent = if options.tab { "\t".to_owned() } else { " ".repeat(options.indent) };
    let lines = !options.compact && (options.tab || options.indent > 0);
    let pp = Pp {
        indent: lines.then_some(indent),
        sort_keys: options.sort_keys,
        styles: if colours { Styles::ansi() } else { Styles::default() },
        sep_space: lines,
    };
    let format = if options.raw_output || options.join { "raw" } else { "json" };
    let writer = Writer { format: jaq_all::fmts::Format::parse(format).unwrap_or_default(), pp, join: options.join };
    Runner { null_input: options.null_input, color_err: false, writer }
}

/// Where nobody reads any more there is nothing to say.
fn or_leave(result: io::Result<()>) {
    if let Err(error) = result {
        if error.kind() != io::ErrorKind::BrokenPipe {
            eprintln!("jq: error: {}", told("output", &error));
        }
        exit(i32::from(USAGE));
    }
}

/// The status.
fn run(options: &Options, filter: &Filter, variables: Vec<Val>) -> u8 {
    let runner = runner(options);
    let mut missing = false;
    let inputs = input(options, &mut missing);
    let name = Val::utf8_str(options.files.first().map_or("<stdin>", String::as_str).to_owned());
    let failed = Cell::new(false);
    let last: Cell<Option<bool>> = Cell::new(None);
    let mut out = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let terminal = io::stdout().is_terminal();
    let result = data::run(&runner, filter, Vars::new(variables), (&name, inputs), |message| message, |value| {
        match value {
            Ok(value) => {
                last.set(Some(!matches!(value, Val::Null | Val::Bool(false))));
                or_leave(write(&mut out, &runner.writer, &value));
                if terminal || options.unbuffered {
                    or_leave(out.flush());
                }
            }
            Err(error) => {
                or_leave(out.flush());
                failed.set(true);
                match Exn::get_err(error) {
                    Ok(error) => eprintln!("jq: error: {error}"),
                    Err(halt) => exit(halt.get_halt().ok().unwrap_or(i32::from(FAILED))),
                }
            }
        }
        Ok::<(), String>(())
    });
    or_leave(out.flush());
    if let Err(message) = result {
        eprintln!("jq: error: {message}");
        return USAGE;
    }
    match last.get() {
        _ if failed.get() => FAILED,
        _ if missing => USAGE,
        None if options.exit_status => NOTHING,
        Some(false) if options.exit_status => 1,
        _ => 0,
    }
}

fn main() -> ExitCode {
    // Preview 1 has no working directory: the host names it in PWD, and libc keeps it.
    if let Some(directory) = std::env::var_os("PWD") {
        let _ = std::env::set_current_dir(directory);
    }
    if log::set_logger(&Messages).is_ok() {
        log::set_max_level(log::LevelFilter::Debug);
    }
    let options = match parse(std::env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => {
            println!("{}", options::USAGE);
            return ExitCode::SUCCESS;
        }
        Err(message) => {
            eprintln!("jq: {message}\n{}", options::USAGE);
            return ExitCode::from(USAGE);
        }
    };
    let (names, values) = match variables(&options) {
        Ok(variables) => variables,
        Err(message) => {
            eprintln!("jq: {message}");
            return ExitCode::from(USAGE);
        }
    };
    match compile(&options, &names) {
        Ok(filter) => ExitCode::from(run(&options, &filter, values)),
        Err(status) => ExitCode::from(status),
    }
}
