use crate::{host, Json, Result};

/// How much a line of the log matters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Level {
    Trace = 0,
    Debug = 1,
    Info = 2,
    Warn = 3,
    Error = 4,
}

/// A line for whoever reads the logs (`log.<pid>`), up to 16 KiB.
pub fn log(level: Level, text: &str) -> Result<()> {
    host::log(level as i32, text)
}

/// The same as an object.
pub fn log_fields(level: Level, fields: &Json) -> Result<()> {
    host::log(level as i32, &fields.to_string())
}

/// The process's own number.
pub fn pid() -> u32 {
    host::pid()
}

/// A program that was started. Dropping it neither ends it nor waits for it.
#[derive(Debug)]
pub struct Child {
    pid: u32,
}

impl Child {
    /// Its number.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Waits for its end; gives its exit code.
    pub fn wait(self) -> Result<i32> {
        host::wait_child(self.pid)
    }
}

/// Starts the program at `path` with arguments (without its name) and `grants`, a JSON object with the members of `[grants]` in a
/// manifest: never more than one's own; `None` for none. `EINVAL`: an argument has a NUL in it.
pub fn spawn(path: &str, args: &[&str], grants: Option<&Json>) -> Result<Child> {
    if args.iter().any(|arg| arg.contains('\0')) {
        return Err(crate::Error::EINVAL);
    }
    let joined: String = args.iter().flat_map(|arg| [arg, "\0"]).collect();
    let grants = grants.map_or_else(String::new, Json::to_string);
    host::spawn(path, &joined, &grants).map(|pid| Child { pid })
}
