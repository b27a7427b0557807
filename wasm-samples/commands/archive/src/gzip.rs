//! `gzip`, `gunzip`, `zcat`: compress files in place, or the input to the output.

use crate::{Outcome, told};
use flate2::{Compression, read::MultiGzDecoder, write::GzEncoder};
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::process::ExitCode;

const USAGE: &str = "usage: gzip [-cdfkqtv] [-1 … -9] [FILE…]
Compresses each FILE to FILE.gz and removes it; without one, the input to the output.
-d (gunzip): uncompresses. -c: to the output, files stay. -k: files stay. -f: writes over files that are there. -t: only tests.
-v: says how much was saved. -1 is fast, -9 small. zcat: gzip -dc.";

struct Options {
    name: String,
    decompress: bool,
    stdout: bool,
    keep: bool,
    force: bool,
    test: bool,
    verbose: bool,
    level: u32,
}

enum Parsed {
    Run(Options, Vec<String>),
    Help,
}

fn parse(name: &str, args: &[String]) -> Result<Parsed, String> {
    let mut options = Options { name: name.to_owned(), decompress: name != "gzip", stdout: name == "zcat", keep: false, force: false, test: false, verbose: false, level: 6 };
    let mut files = Vec::new();
    let mut only_files = false;
    for arg in args {
        if only_files || arg == "-" || !arg.starts_with('-') {
            files.push(arg.clone());
            continue;
        }
        let letters = match arg.as_str() {
            "--" => {
                only_files = true;
                ""
            }
            "--help" => return Ok(Parsed::Help),
            "--stdout" | "--to-stdout" => "c",
            "--decompress" | "--uncompress" => "d",
            "--force" => "f",
            "--keep" => "k",
            "--test" => "t",
            "--verbose" => "v",
            "--quiet" | "--no-name" | "--name" => "q",
            "--fast" => "1",
            "--best" => "9",
            long if long.starts_with("--") => return Err(format!("unknown option {long}")),
            short => &short[1..],
        };
        for letter in letters.chars() {
            match letter {
                'c' => options.stdout = true,
                'd' => options.decompress = true,
                'f' => options.force = true,
                'k' => options.keep = true,
                't' => (options.test, options.decompress) = (true, true),
                'v' => options.verbose = true,
                'q' | 'n' | 'N' => {}
                '1'..='9' => options.level = letter as u32 - '0' as u32,
                _ => return Err(format!("unknown option -{letter}")),
            }
        }
    }
    Ok(Parsed::Run(options, files))
}

/// Copies through the coder. Bytes read and written.
fn convert(options: &Options, input: impl Read, mut output: impl Write) -> io::Result<(u64, u64)> {
    if options.decompress {
        let mut decoder = MultiGzDecoder::new(BufReader::with_capacity(1 << 16, input));
        let written = io::copy(&mut decoder, &mut output)?;
        output.flush()?;
        return Ok((0, written));
    }
    let mut counted = Counted { inner: output, bytes: 0 };
    let mut encoder = GzEncoder::new(BufWriter::with_capacity(1 << 16, &mut counted), Compression::new(options.level));
    let read = io::copy(&mut BufReader::with_capacity(1 << 16, input), &mut encoder)?;
    encoder.finish()?.flush()?;
    Ok((read, counted.bytes))
}

struct Counted<W> {
    inner: W,
    bytes: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(bytes)?;
        self.bytes += count as u64;
        Ok(count)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

fn sink(options: &Options) -> Box<dyn Write> {
    if options.test { Box::new(io::sink()) } else { Box::new(BufWriter::with_capacity(1 << 16, io::stdout().lock())) }
}

/// The name of what is made of `path`.
fn target(options: &Options, path: &str) -> Result<String, String> {
    if !options.decompress {
        return if path.ends_with(".gz") { Err(format!("{path} already has .gz suffix -- unchanged")) } else { Ok(format!("{path}.gz")) };
    }
    if let Some(stem) = path.strip_suffix(".tgz") {
        return Ok(format!("{stem}.tar"));
    }
    path.strip_suffix(".gz").map(str::to_owned).ok_or_else(|| format!("{path}: unknown suffix -- ignored"))
}

/// A file in place: what was made of it stays, then the file goes.
fn replace(options: &Options, path: &str) -> Outcome {
    let packed = format!("{path}.gz");
    let path = if options.decompress && fs::symlink_metadata(path).is_err() && fs::symlink_metadata(&packed).is_ok() { &packed } else { path };
    let to = target(options, path)?;
    let input = File::open(path).map_err(|error| told(path, &error))?;
    let info = input.metadata().map_err(|error| told(path, &error))?;
    if info.is_dir() {
        return Err(format!("{path} is a directory -- ignored"));
    }
    if !options.force && fs::symlink_metadata(&to).is_ok() {
        return Err(format!("{to} already exists; -f writes over it"));
    }
    let output = File::create(&to).map_err(|error| told(&to, &error))?;
    let (read, written) = match convert(options, input, &output) {
        Ok(sizes) => sizes,
        Err(error) => {
            let _ = fs::remove_file(&to);
            return Err(told(path, &error));
        }
    };
    if let Ok(time) = info.modified() {
        let _ = output.set_modified(time);
    }
    if options.verbose {
        let (plain, packed) = if options.decompress { (written, info.len()) } else { (read, written) };
        let saved = if plain == 0 { 0.0 } else { 100.0 - 100.0 * packed as f64 / plain as f64 };
        eprintln!("{path}:\t{saved:5.1}% -- {} {to}", if options.keep { "created" } else { "replaced with" });
    }
    if options.keep { Ok(()) } else { fs::remove_file(path).map_err(|error| told(path, &error)) }
}

fn one(options: &Options, path: &str) -> Outcome {
    if path == "-" {
        return convert(options, io::stdin().lock(), sink(options)).map(drop).map_err(|error| told("stdin", &error));
    }
    if !options.stdout && !options.test {
        return replace(options, path);
    }
    let found = File::open(path).or_else(|error| if options.decompress { File::open(format!("{path}.gz")) } else { Err(error) });
    let input = found.map_err(|error| told(path, &error))?;
    convert(options, input, sink(options)).map(drop).map_err(|error| told(path, &error))
}

pub fn main(name: &str, args: &[String]) -> ExitCode {
    let (options, mut files) = match parse(name, args) {
        Ok(Parsed::Run(options, files)) => (options, files),
        Ok(Parsed::Help) => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(message) => {
            eprintln!("{name}: {message}\n{USAGE}");
            return ExitCode::FAILURE;
        }
    };
    if files.is_empty() {
        files.push("-".to_owned());
    }
    let mut code = ExitCode::SUCCESS;
    for path in files {
        if let Err(message) = one(&options, &path) {
            eprintln!("{}: {message}", options.name);
            code = ExitCode::FAILURE;
        }
    }
    code
}
