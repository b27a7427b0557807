//! paths: what a Rust program finds under a name. It knows nothing of the working directory.

use std::fs;

fn list(path: &str) {
    match fs::read_dir(path) {
        Err(error) => println!("{path}: {:?}", error.kind()),
        Ok(entries) => {
            let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
            let mut names: Vec<String> = names.filter(|name| !name.starts_with('.')).collect();
            names.sort();
            println!("{path}: {}", names.join(" "));
        }
    }
}

fn show(path: &str) {
    match fs::read_to_string(path) {
        Err(error) => println!("{path}: {:?}", error.kind()),
        Ok(text) => println!("{path}: {text}"),
    }
}

fn put(path: &str) {
    if let Err(error) = fs::write(path, "made") {
        println!("{path}: {:?}", error.kind());
    }
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let verb = args.get(1).map_or("code", String::as_str);
    for path in args.iter().skip(2) {
        match verb {
            "list" => list(path),
            "put" => put(path),
            _ => show(path),
        }
    }
    if verb == "code" {
        for path in ["notes.txt", "/etc/motd", "/home/me/notes.txt", "./notes.txt", "../me/notes.txt"] {
            show(path);
        }
        list(".");
        list("/home/me");
    }
}
