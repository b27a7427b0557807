use std::fmt;

/// An errno of preview 1, never 0. The constants are those that this interface gives; others may come from below it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Error(u16);

/// What every call of this crate returns.
pub type Result<T> = std::result::Result<T, Error>;

macro_rules! errors {
    ($($name:ident $number:literal $about:literal)*) => {
        impl Error {
            $(#[doc = $about] pub const $name: Error = Error($number);)*

            /// `"ENOENT"`; `"errno"` for one that has no constant here.
            pub fn name(self) -> &'static str {
                match self.0 {
                    $($number => stringify!($name),)*
                    _ => "errno",
                }
            }

            fn about(self) -> &'static str {
                match self.0 {
                    $($number => $about,)*
                    _ => "an error of the system",
                }
            }
        }
    };
}

errors! {
    E2BIG 1 "too much at once"
    EACCES 2 "refused by the policy or the user"
    EAGAIN 6 "not now: it would have to wait, or a mailbox is full"
    EALREADY 7 "the token was used before"
    EBADF 8 "no such handle, or not for this"
    EBADMSG 9 "the token is forged or was changed"
    ECHILD 12 "no such child"
    EDEADLK 16 "it would wait for ever (only the mock says so)"
    EDQUOT 19 "a budget or quota is used up"
    EEXIST 20 "it is there already"
    EFAULT 21 "a bad pointer"
    EFBIG 22 "the value is too large"
    EHOSTUNREACH 23 "nobody listens, or no connection"
    EILSEQ 25 "no UTF-8"
    EINVAL 28 "not valid"
    EIO 29 "input or output failed"
    EISDIR 31 "a directory"
    EMSGSIZE 35 "too large"
    ENAMETOOLONG 37 "the key is too long"
    ENOENT 44 "no such thing"
    ENOSPC 51 "no room on the disk"
    ENOSYS 52 "this host does not know the call"
    ENOTDIR 54 "no directory"
    ENOTSUP 58 "not for this program"
    EPERM 63 "the path leads out of its directory, or only the kernel may"
    EPROTO 65 "what came is not what the protocol says"
    ERANGE 68 "the buffer is too small"
    ETIMEDOUT 73 "nobody answered in time"
    ENOTCAPABLE 76 "not granted, or revoked"
}

impl Error {
    /// `0` is no error.
    #[cfg(target_arch = "wasm32")]
    pub(crate) fn check(errno: i32) -> Result<()> {
        if errno == 0 { Ok(()) } else { Err(Error(errno as u16)) }
    }

    /// Its number in preview 1.
    pub fn errno(self) -> u16 {
        self.0
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", self.name(), self.0)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name(), self.about())
    }
}

impl std::error::Error for Error {}

impl From<Error> for std::io::Error {
    fn from(error: Error) -> Self {
        std::io::Error::other(error)
    }
}
