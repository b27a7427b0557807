use crate::message::nanoseconds;
use crate::{host, Dir, File, Json, Result};
use std::time::Duration;

/// A right as bytes that the kernel signed: of use to its holder only, once, until its time is over or its maker revokes it. It can be
/// sent in any message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token(pub [u8; 96]);

impl Token {
    /// From a message. `None`: not 96 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Token> {
        bytes.try_into().ok().map(Token)
    }

    /// `EACCES`: it is another's; `EBADMSG`: forged or changed; `ETIMEDOUT`: its time is over; `ENOTCAPABLE`: revoked; `EALREADY`: used.
    pub fn redeem_dir(&self) -> Result<Dir> {
        host::token_redeem(&self.0).map(Dir::opened)
    }

    /// The same for a token of a file.
    pub fn redeem_file(&self) -> Result<File> {
        host::token_redeem(&self.0).map(File::opened)
    }

    /// By who made it: what was opened with it fails from now on.
    pub fn revoke(&self) -> Result<()> {
        host::token_revoke(&self.0)
    }
}

/// Asks for a right that the program has not, with the reason that the user is shown. `action` is as grants are:
/// `{"kind": "file", "path": "/home/notes/**", "rights": ["read"], "reason": "…"}`. For `file` the token is to be redeemed.
/// `EACCES`: refused; `ETIMEDOUT`: nobody answered, which is not a no.
pub fn request_capability(action: &Json, deadline: Duration) -> Result<Token> {
    host::cap_request(&action.to_string(), nanoseconds(deadline)).map(Token)
}
