//! Rules as a program in Rust meets them, through its standard library.
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

type Outcome = Result<(), String>;

fn check(holds: bool, what: &str) -> Outcome {
    if holds { Ok(()) } else { Err(what.to_string()) }
}

fn said(error: io::Error) -> String {
    error.to_string()
}

fn files_are_written_read_and_appended_to(dir: &Path) -> Outcome {
    let path = dir.join("f");
    fs::write(&path, "one\n").map_err(said)?;
    let mut file = OpenOptions::new().append(true).open(&path).map_err(said)?;
    file.write_all(b"two\n").map_err(said)?;
    check(fs::read_to_string(&path).map_err(said)? == "one\ntwo\n", "content")
}

fn seeks_and_partial_reads_agree(dir: &Path) -> Outcome {
    let path = dir.join("f");
    fs::write(&path, "0123456789").map_err(said)?;
    let mut file = File::open(&path).map_err(said)?;
    file.seek(SeekFrom::End(-4)).map_err(said)?;
    let mut rest = String::new();
    file.read_to_string(&mut rest).map_err(said)?;
    check(rest == "6789" && file.stream_position().map_err(said)? == 10, "rest")
}

fn create_new_refuses_what_is_there(dir: &Path) -> Outcome {
    let path = dir.join("f");
    fs::write(&path, "").map_err(said)?;
    let refused = OpenOptions::new().write(true).create_new(true).open(&path);
    check(matches!(refused, Err(error) if error.kind() == ErrorKind::AlreadyExists), "create_new")
}

fn directories_are_made_listed_and_removed_whole(dir: &Path) -> Outcome {
    fs::create_dir_all(dir.join("a/b/c")).map_err(said)?;
    for name in 0..40 {
        fs::write(dir.join(format!("a/b/{name}")), "").map_err(said)?;
    }
    let listed = fs::read_dir(dir.join("a/b")).map_err(said)?.collect::<Result<Vec<_>, _>>().map_err(said)?;
    check(listed.len() == 41, "listing")?;
    check(listed.iter().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).count() == 1, "types")?;
    fs::remove_dir_all(dir.join("a")).map_err(said)?;
    check(!dir.join("a").exists(), "removed")
}

fn renames_and_links_keep_contents(dir: &Path) -> Outcome {
    fs::write(dir.join("a"), "text").map_err(said)?;
    fs::rename(dir.join("a"), dir.join("b")).map_err(said)?;
    fs::hard_link(dir.join("b"), dir.join("c")).map_err(said)?;
    fs::remove_file(dir.join("b")).map_err(said)?;
    check(fs::read_to_string(dir.join("c")).map_err(said)? == "text", "content")
}

fn metadata_tells_size_kind_and_times(dir: &Path) -> Outcome {
    let path = dir.join("f");
    fs::write(&path, "12345").map_err(said)?;
    let metadata = fs::metadata(&path).map_err(said)?;
    let age = SystemTime::now().duration_since(metadata.modified().map_err(said)?).unwrap_or_default();
    check(metadata.len() == 5 && metadata.is_file() && age < Duration::from_secs(60), "metadata")?;
    let file = OpenOptions::new().write(true).open(&path).map_err(said)?;
    let then = SystemTime::UNIX_EPOCH + Duration::new(1_000_000_000, 123_456_789);
    file.set_modified(then).map_err(said)?;
    file.set_len(2).map_err(said)?;
    file.set_modified(then).map_err(said)?;
    let metadata = file.metadata().map_err(said)?;
    check(metadata.len() == 2 && metadata.modified().map_err(said)? == then, "set")
}

fn errors_have_their_kinds(dir: &Path) -> Outcome {
    let missing = File::open(dir.join("no")).map_err(|error| error.kind());
    check(matches!(missing, Err(ErrorKind::NotFound)), "not found")?;
    fs::create_dir(dir.join("d")).map_err(said)?;
    fs::write(dir.join("d/f"), "").map_err(said)?;
    check(fs::remove_dir(dir.join("d")).is_err() && dir.join("d/f").exists(), "not empty")?;
    check(fs::remove_file(dir.join("d")).is_err(), "a directory is no file")
}

fn sleeps_and_clocks_agree(_: &Path) -> Outcome {
    let before = Instant::now();
    std::thread::sleep(Duration::from_millis(15));
    check(before.elapsed() >= Duration::from_millis(14), "sleep")
}

fn main() {
    let rules: &[(&str, fn(&Path) -> Outcome)] = &[
        ("files_are_written_read_and_appended_to", files_are_written_read_and_appended_to),
        ("seeks_and_partial_reads_agree", seeks_and_partial_reads_agree),
        ("create_new_refuses_what_is_there", create_new_refuses_what_is_there),
        ("directories_are_made_listed_and_removed_whole", directories_are_made_listed_and_removed_whole),
        ("renames_and_links_keep_contents", renames_and_links_keep_contents),
        ("metadata_tells_size_kind_and_times", metadata_tells_size_kind_and_times),
        ("errors_have_their_kinds", errors_have_their_kinds),
        ("sleeps_and_clocks_agree", sleeps_and_clocks_agree),
    ];
    let mut failures = 0;
    for (id, rule) in rules {
        let dir = Path::new("/scratch").join(id);
        let outcome = fs::create_dir(&dir).map_err(said).and_then(|()| rule(&dir));
        match outcome {
            Ok(()) => println!("ok rust_{id}"),
            Err(why) => {
                failures += 1;
                println!("not ok rust_{id} {why}");
            }
        }
    }
    std::process::exit(failures.min(1));
}
