//! Messages, key-value pairs, files by handle, capabilities, HTTP and processes for programs in the sandbox.
//!
//! On `wasm32-wasip1` this crate calls the host (module `astrid`, specified in `ABI.md`). On any other target it calls a host in memory,
//! [`mock`], so that `cargo test` tests a program's logic on the machine itself.
//!
//! ```
//! # fn main() -> astrid::Result<()> {
//! let chat = astrid::subscribe("chat.>")?;
//! astrid::publish("chat.room", "hello")?;
//! let message = chat.receive()?;
//! assert_eq!((message.subject(), message.text()), ("chat.room", Some("hello")));
//! # Ok(())
//! # }
//! ```
//!
//! Every call that leaves the sandbox may wait for the user, and be refused: [`Error::ENOTCAPABLE`] (nobody granted it),
//! [`Error::EACCES`] (the policy or the user said no), [`Error::ETIMEDOUT`] (nobody answered), [`Error::EDQUOT`] (a budget is used up).
#![warn(missing_docs)]

mod capability;
mod error;
mod host;
mod http;
mod json;
mod kv;
mod message;
mod payload;
mod process;
mod vfs;

pub use capability::{request_capability, Token};
pub use error::{Error, Result};
pub use http::{Request, Response};
pub use json::Json;
pub use kv::{Batch, Durability, Scan, Store};
pub use message::{publish, request, subscribe, Message, Pending, Policy, Publication, Subscribe, Subscription};
pub use payload::{ContentType, Payload};
pub use process::{log, log_fields, pid, spawn, Child, Level};
pub use vfs::{Dir, Entry, File, Flags, Kind, Rights, Stat};

#[cfg(not(target_arch = "wasm32"))]
pub use host::mock;
