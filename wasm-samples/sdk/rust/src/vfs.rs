use crate::message::nanoseconds;
use crate::{host, Error, Result, Token};
use std::io;
use std::ops::BitOr;
use std::time::Duration;

macro_rules! bits {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $bit:ident = $value:literal,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub struct $name(pub(crate) u32);
        impl $name {
            $($(#[$doc])* pub const $bit: $name = $name($value);)*

            /// Whether all of `other` are in it.
            pub fn contains(self, other: $name) -> bool {
                self.0 & other.0 == other.0
            }
        }
        impl BitOr for $name {
            type Output = $name;
            fn bitor(self, other: $name) -> $name {
                $name(self.0 | other.0)
            }
        }
    };
}

bits! {
    /// What may be done below a directory.
    Rights {
        /// Contents, names and records.
        READ = 1,
        /// Contents and times of what is there.
        WRITE = 2,
        /// New names.
        CREATE = 4,
        /// Names go.
        DELETE = 8,
    }
}

bits! {
    /// How a file is opened.
    Flags {
        /// To read.
        READ = 1,
        /// To write.
        WRITE = 2,
        /// Make it if it is not there.
        CREATE = 4,
        /// `EEXIST` if it is there.
        NEW = 8,
        /// Cut it to nothing.
        TRUNCATE = 16,
        /// Each write goes to the end.
        APPEND = 32,
    }
}

/// What a name stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A directory.
    Directory,
    /// A file.
    File,
    /// A symbolic link.
    Symlink,
    /// A device, socket or something else.
    Other,
}

impl Kind {
    fn of(filetype: u8) -> Kind {
        match filetype {
            3 => Kind::Directory,
            4 => Kind::File,
            7 => Kind::Symlink,
            _ => Kind::Other,
        }
    }
}

/// What is known of a file. Times are nanoseconds since 1970.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub struct Stat {
    pub kind: Kind,
    pub inode: u64,
    pub links: u64,
    pub size: u64,
    pub accessed: u64,
    pub modified: u64,
    pub changed: u64,
}

fn stat(handle: i32, path: &str) -> Result<Stat> {
    let mut raw = [0; 64];
    host::vfs_stat(handle, path, &mut raw)?;
    let number = |at: usize| u64::from_le_bytes(raw[at..at + 8].try_into().unwrap());
    Ok(Stat { kind: Kind::of(raw[16]), inode: number(8), links: number(24), size: number(32), accessed: number(40), modified: number(48), changed: number(56) })
}

/// A name in a directory.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub struct Entry {
    pub name: String,
    pub kind: Kind,
    pub inode: u64,
}

/// A directory handle. Paths are relative to it and never lead out of it (`EPERM`). Dropping it closes it, if it was opened.
#[derive(Debug)]
pub struct Dir {
    handle: i32,
    given: bool,
}

impl Dir {
    /// The directory that was given at the start under this name, such as `/home`. `ENOENT`: it was not.
    pub fn preopen(name: &str) -> Result<Dir> {
        let mut handle = 3;
        loop {
            match host::preopen(handle) {
                Ok(one) if one == name => return Ok(Dir { handle, given: true }),
                Ok(_) => handle += 1,
                Err(Error::EBADF) => return Err(Error::ENOENT),
                Err(error) => return Err(error),
            }
        }
    }

    /// A directory below, with at most these of the rights of this one.
    pub fn open_dir(&self, path: &str, rights: Rights) -> Result<Dir> {
        host::vfs_open_dir(self.handle, path, rights.0).map(|handle| Dir { handle, given: false })
    }

    /// A file below.
    pub fn open(&self, path: &str, flags: Flags) -> Result<File> {
        host::vfs_open(self.handle, path, flags.0).map(|handle| File { handle })
    }

    /// The whole of a file.
    pub fn read(&self, path: &str) -> Result<Vec<u8>> {
        let file = self.open(path, Flags::READ)?;
        let mut bytes = Vec::new();
        let mut part = [0; 16384];
        loop {
            match host::vfs_read(file.handle, &mut part, -1)? {
                0 => return Ok(bytes),
                count => bytes.extend(&part[..count]),
            }
        }
    }

    /// Makes or replaces a file.
    pub fn write(&self, path: &str, bytes: impl AsRef<[u8]>) -> Result<()> {
        let file = self.open(path, Flags::WRITE | Flags::CREATE | Flags::TRUNCATE)?;
        let mut rest = bytes.as_ref();
        while !rest.is_empty() {
            rest = &rest[host::vfs_write(file.handle, rest, -1)?..];
        }
        Ok(())
    }

    /// An empty path: the directory itself.
    pub fn stat(&self, path: &str) -> Result<Stat> {
        stat(self.handle, path)
    }

    /// Its names, without `.` and `..`, in no order. Names that are no UTF-8 are left out.
    pub fn list(&self) -> Result<Vec<Entry>> {
        let mut entries = Vec::new();
        let mut cookie = 0;
        let mut room = vec![0; 16384];
        loop {
            let used = host::vfs_list(self.handle, cookie, &mut room)?;
            let before = cookie;
            let mut at = 0;
            while let Some(record) = room[at..used].get(..24) {
                let length = u32::from_le_bytes(record[16..20].try_into().unwrap()) as usize;
                let Some(name) = room[at..used].get(24..24 + length) else { break };
                cookie = u64::from_le_bytes(record[..8].try_into().unwrap());
                let kept = std::str::from_utf8(name).ok().filter(|name| *name != "." && *name != "..");
                let inode = u64::from_le_bytes(record[8..16].try_into().unwrap());
                entries.extend(kept.map(|name| Entry { name: name.to_string(), kind: Kind::of(record[20]), inode }));
                at += 24 + length;
            }
            if used < room.len() || cookie == before {
                return Ok(entries);
            }
        }
    }

    /// For another process: a token that only `holder` can redeem, with at most the rights of this handle.
    pub fn token(&self, holder: u32, rights: Rights, lifetime: Duration) -> Result<Token> {
        host::token_create(self.handle, holder, rights.0, nanoseconds(lifetime)).map(Token)
    }

    pub(crate) fn opened(handle: i32) -> Dir {
        Dir { handle, given: false }
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        if !self.given {
            let _ = host::close(self.handle);
        }
    }
}

/// An open file; dropping it closes it. `Read` and `Write` go on from where it stands.
#[derive(Debug)]
pub struct File {
    handle: i32,
}

impl File {
    /// 0: the end.
    pub fn read_at(&self, room: &mut [u8], offset: u64) -> Result<usize> {
        host::vfs_read(self.handle, room, offset as i64)
    }

    /// How many bytes were written.
    pub fn write_at(&self, bytes: &[u8], offset: u64) -> Result<usize> {
        host::vfs_write(self.handle, bytes, offset as i64)
    }

    /// What is known of it.
    pub fn stat(&self) -> Result<Stat> {
        stat(self.handle, "")
    }

    /// As [`Dir::token`].
    pub fn token(&self, holder: u32, rights: Rights, lifetime: Duration) -> Result<Token> {
        host::token_create(self.handle, holder, rights.0, nanoseconds(lifetime)).map(Token)
    }

    pub(crate) fn opened(handle: i32) -> File {
        File { handle }
    }
}

impl io::Read for File {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        Ok(host::vfs_read(self.handle, room, -1)?)
    }
}

impl io::Write for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(host::vfs_write(self.handle, bytes, -1)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = host::close(self.handle);
    }
}
