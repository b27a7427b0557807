//! `tar`: packs, lists and unpacks archives, compressed ones too.

use crate::{Outcome, told};
use flate2::{Compression, read::MultiGzDecoder, write::GzEncoder};
use std::ffi::CString;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tar::{Archive, Builder, Entry, EntryType, Header};

const USAGE: &str = "usage: tar c|x|t [vzkO] [f ARCHIVE] [-C DIRECTORY] [--strip-components=N] [--exclude=NAME] [FILE…]
c packs files and directories, x unpacks, t lists. z: compressed by gzip (x and t find out by themselves).
f: the archive (default, and -: the input or output). v: names what is done. k: what is there stays. O: files to the output.
-C: changes the directory first. As tar xzf a.tgz, or tar -x -z -f a.tgz.";

#[derive(Default)]
struct Options {
    mode: char,
    verbose: bool,
    compressed: bool,
    keep: bool,
    to_stdout: bool,
    archive: Option<String>,
    directory: Option<String>,
    strip: usize,
    exclude: Vec<String>,
    names: Vec<String>,
}

unsafe extern "C" {
    fn symlink(target: *const std::ffi::c_char, path: *const std::ffi::c_char) -> i32;
}

fn make_link(target: &Path, path: &Path) -> io::Result<()> {
    let text = |path: &Path| CString::new(path.to_string_lossy().as_bytes()).map_err(io::Error::other);
    let (target, path) = (text(target)?, text(path)?);
    // SAFETY: both are strings that end with a zero byte and outlive the call.
    if unsafe { symlink(target.as_ptr(), path.as_ptr()) } == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

impl Options {
    fn letter(&mut self, letter: char, value: &mut dyn FnMut() -> Option<String>) -> Outcome {
        match letter {
            'c' | 'x' | 't' if self.mode == '\0' || self.mode == letter => self.mode = letter,
            'c' | 'x' | 't' => return Err("only one of c, x and t".to_owned()),
            'v' => self.verbose = true,
            'z' => self.compressed = true,
            'k' => self.keep = true,
            'O' => self.to_stdout = true,
            'p' | 'o' | 'm' => {}
            'f' | 'C' => {
                let given = value().ok_or_else(|| format!("-{letter} needs a value"))?;
                if letter == 'f' { self.archive = Some(given).filter(|name| name != "-") } else { self.directory = Some(given) }
            }
            _ => return Err(format!("unknown option -{letter}")),
        }
        Ok(())
    }

    fn long(&mut self, name: &str, value: Option<String>, next: &mut dyn FnMut() -> Option<String>) -> Outcome {
        let letter = match name {
            "create" => 'c',
            "extract" | "get" => 'x',
            "list" => 't',
            "verbose" => 'v',
            "gzip" => 'z',
            "keep-old-files" => 'k',
            "to-stdout" => 'O',
            "file" => 'f',
            "directory" => 'C',
            "strip-components" => {
                let text = value.or_else(next).unwrap_or_default();
                self.strip = text.parse().map_err(|_| format!("--strip-components takes a number, not '{text}'"))?;
                return Ok(());
            }
            "exclude" => {
                self.exclude.push(value.or_else(next).ok_or("--exclude needs a name")?);
                return Ok(());
            }
            _ => return Err(format!("unknown option --{name}")),
        };
        let mut value = value;
        self.letter(letter, &mut || value.take().or_else(&mut *next))
    }
}

fn parse(args: &[String]) -> Result<Options, String> {
    let mut options = Options::default();
    let mut rest = args.iter().cloned();
    let mut first = true;
    while let Some(arg) = rest.next() {
        let mut next = || rest.next();
        if arg == "--" {
            options.names.extend(rest.by_ref());
        } else if let Some(long) = arg.strip_prefix("--") {
            let (name, value) = long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value.to_owned())));
            options.long(name, value, &mut next)?;
        } else if arg.len() > 1 && arg.starts_with('-') {
            // The rest of the word is the value of the letter that takes one.
            let mut letters = arg[1..].chars();
            while let Some(letter) = letters.next() {
                let word: String = letters.as_str().to_owned();
                let mut used = false;
                options.letter(letter, &mut || if word.is_empty() { next() } else { used = true; Some(word.clone()) })?;
                if used {
                    break;
                }
            }
        } else if first {
            for letter in arg.chars() {
                options.letter(letter, &mut next)?;
            }
        } else {
            options.names.push(arg);
        }
        first = false;
    }
    if options.mode == '\0' { Err("one of c, x and t is needed".to_owned()) } else { Ok(options) }
}

fn excluded(options: &Options, path: &Path) -> bool {
    let text = path.to_string_lossy();
    options.exclude.iter().any(|name| path.file_name().is_some_and(|last| last.to_string_lossy() == *name) || text == *name || text.starts_with(&format!("{name}/")))
}

/// Names on the output, or beside it where the archive goes there.
fn say(options: &Options, text: &str) {
    if !options.verbose {
        return;
    }
    if options.to_stdout || (options.mode == 'c' && options.archive.is_none()) { eprintln!("{text}") } else { println!("{text}") }
}

fn header(info: &fs::Metadata, kind: EntryType, mode: u32) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_size(0);
    let time = info.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).map_or(0, |time| time.as_secs());
    header.set_mtime(time);
    header
}

/// Packs what is at `path`, and all below. Links are packed as links.
fn pack(options: &Options, builder: &mut Builder<impl Write>, path: &Path) -> Outcome {
    if excluded(options, path) {
        return Ok(());
    }
    let text = path.to_string_lossy().into_owned();
    let failed = |error: io::Error| told(&text, &error);
    // Names in archives begin at no root.
    let name: PathBuf = path.components().filter(|part| !matches!(part, Component::RootDir | Component::CurDir)).collect();
    let info = fs::symlink_metadata(path).map_err(failed)?;
    if info.file_type().is_symlink() {
        say(options, &text);
        let target = fs::read_link(path).map_err(failed)?;
        return builder.append_link(&mut header(&info, EntryType::Symlink, 0o777), name, target).map_err(failed);
    }
    if !info.is_dir() {
        say(options, &text);
        let file = File::open(path).map_err(failed)?;
        let mut header = header(&info, EntryType::Regular, 0o644);
        header.set_size(info.len());
        return builder.append_data(&mut header, name, file.take(info.len())).map_err(failed);
    }
    // The working directory itself has no name.
    if !name.as_os_str().is_empty() {
        say(options, &format!("{}/", text.trim_end_matches('/')));
        builder.append_data(&mut header(&info, EntryType::Directory, 0o755), name.join(""), io::empty()).map_err(failed)?;
    }
    let mut inside = fs::read_dir(path).map_err(failed)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>().map_err(failed)?;
    inside.sort();
    inside.iter().try_for_each(|path| pack(options, builder, path))
}

/// Packs what was named. False if some of it is not there, which was said.
fn pack_all(options: &Options, builder: &mut Builder<impl Write>) -> Result<bool, String> {
    let mut all_there = true;
    for name in &options.names {
        if let Err(error) = fs::symlink_metadata(name) {
            eprintln!("tar: {}", told(name, &error));
            all_there = false;
        } else {
            pack(options, builder, Path::new(name))?;
        }
    }
    Ok(all_there)
}

fn create(options: &Options) -> Result<bool, String> {
    if options.names.is_empty() {
        return Err("nothing to pack was named".to_owned());
    }
    let output: Box<dyn Write> = match &options.archive {
        Some(path) => Box::new(File::create(path).map_err(|error| told(path, &error))?),
        None => Box::new(io::stdout().lock()),
    };
    enter(options)?;
    let output = BufWriter::with_capacity(1 << 16, output);
    let done = |error: io::Error| told("archive", &error);
    if options.compressed {
        let mut builder = Builder::new(GzEncoder::new(output, Compression::default()));
        let all_there = pack_all(options, &mut builder)?;
        return builder.into_inner().and_then(GzEncoder::finish).and_then(|mut output| output.flush()).map(|()| all_there).map_err(done);
    }
    let mut builder = Builder::new(output);
    let all_there = pack_all(options, &mut builder)?;
    builder.into_inner().and_then(|mut output| output.flush()).map(|()| all_there).map_err(done)
}

fn enter(options: &Options) -> Outcome {
    options.directory.as_ref().map_or(Ok(()), |path| std::env::set_current_dir(path).map_err(|error| told(path, &error)))
}

/// The archive, uncompressed if it begins as gzip's do.
fn input(options: &Options) -> Result<Box<dyn Read>, String> {
    let raw: Box<dyn Read> = match &options.archive {
        Some(path) => Box::new(File::open(path).map_err(|error| told(path, &error))?),
        None => Box::new(io::stdin().lock()),
    };
    let mut buffered = BufReader::with_capacity(1 << 16, raw);
    let mut magic = Vec::new();
    buffered.by_ref().take(2).read_to_end(&mut magic).map_err(|error| told("archive", &error))?;
    let whole = io::Cursor::new(magic.clone()).chain(buffered);
    Ok(if magic == [0x1f, 0x8b] { Box::new(BufReader::new(MultiGzDecoder::new(BufReader::new(whole)))) } else { Box::new(whole) })
}

/// Where an entry goes: below here. None: it has no part left, or would lie outside.
fn place(options: &Options, path: &Path) -> Option<PathBuf> {
    if path.components().any(|part| part == Component::ParentDir) {
        eprintln!("tar: {}: left out, as it has '..' in it", path.display());
        return None;
    }
    let parts: PathBuf = path.components().filter(|part| matches!(part, Component::Normal(_))).skip(options.strip).collect();
    (!parts.as_os_str().is_empty()).then_some(parts)
}

/// A link in the way of a path could lead outside: entries are written through none.
fn through_link(path: &Path) -> bool {
    path.ancestors().skip(1).any(|parent| fs::symlink_metadata(parent).is_ok_and(|info| info.file_type().is_symlink()))
}

fn unpack(options: &Options, entry: &mut Entry<impl Read>, path: &Path) -> io::Result<()> {
    if through_link(path) {
        return Err(io::Error::other("left out, as a link is in its way"));
    }
    let kind = entry.header().entry_type();
    if kind.is_dir() {
        return fs::create_dir_all(path);
    }
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    if fs::symlink_metadata(path).is_ok_and(|info| !info.is_dir()) {
        if options.keep {
            return Err(io::Error::other("is there already"));
        }
        fs::remove_file(path)?;
    }
    if kind.is_symlink() || kind.is_hard_link() {
        let target = entry.link_name()?.ok_or_else(|| io::Error::other("a link without a target"))?.into_owned();
        if kind.is_symlink() {
            return make_link(&target, path);
        }
        let target = place(options, &target).ok_or_else(|| io::Error::other("a link to outside"))?;
        return if through_link(&target) { Err(io::Error::other("a link in the way of its target")) } else { fs::hard_link(target, path) };
    }
    if !kind.is_file() && !kind.is_contiguous() && !kind.is_gnu_sparse() {
        return Err(io::Error::other("left out, as it is neither a file nor a directory nor a link"));
    }
    let file = File::create(path)?;
    io::copy(entry, &mut &file)?;
    let time: Option<SystemTime> = entry.header().mtime().ok().and_then(|seconds| UNIX_EPOCH.checked_add(Duration::from_secs(seconds)));
    time.map_or(Ok(()), |time| file.set_modified(time))
}

/// Whether an entry was asked for: all are if none was named.
fn wanted(options: &Options, path: &Path) -> bool {
    !excluded(options, path) && (options.names.is_empty() || options.names.iter().any(|name| path.starts_with(name.trim_end_matches('/'))))
}

fn read(options: &Options) -> Result<bool, String> {
    let failed = |error: io::Error| told(options.archive.as_deref().unwrap_or("stdin"), &error);
    let mut archive = Archive::new(input(options)?);
    enter(options)?;
    let mut all_done = true;
    for entry in archive.entries().map_err(failed)? {
        let mut entry = entry.map_err(failed)?;
        let path = entry.path().map_err(failed)?.into_owned();
        if !wanted(options, &path) {
            continue;
        }
        if options.mode == 't' {
            list(options, &entry, &path);
            continue;
        }
        let Some(to) = place(options, &path) else { continue };
        say(options, &path.to_string_lossy());
        let result = if !options.to_stdout { unpack(options, &mut entry, &to) } else if entry.header().entry_type().is_file() { io::copy(&mut entry, &mut io::stdout().lock()).map(drop) } else { Ok(()) };
        if let Err(error) = result {
            eprintln!("tar: {}", told(&to.to_string_lossy(), &error));
            all_done = false;
        }
    }
    Ok(all_done)
}

fn list(options: &Options, entry: &Entry<impl Read>, path: &Path) {
    if !options.verbose {
        println!("{}", path.display());
        return;
    }
    let header = entry.header();
    let kind = if header.entry_type().is_dir() { 'd' } else if header.entry_type().is_symlink() { 'l' } else { '-' };
    let target = entry.link_name().ok().flatten().map_or(String::new(), |target| format!(" -> {}", target.display()));
    println!("{kind} {:>10} {}{target}", header.size().unwrap_or(0), path.display());
}

pub fn main(args: &[String]) -> ExitCode {
    if args.iter().any(|arg| arg == "--help") {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let options = match parse(args) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("tar: {message}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let result = if options.mode == 'c' { create(&options) } else { read(&options) };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(2),
        Err(message) => {
            eprintln!("tar: {message}");
            ExitCode::from(2)
        }
    }
}
