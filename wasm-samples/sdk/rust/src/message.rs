use crate::{host, ContentType, Error, Json, Payload, Result};
use std::time::Duration;

const HEADER: usize = 48;

/// Sends a message to everyone who listens. `EINVAL`: the subject has wildcards, blanks or empty parts, or the message has not the
/// shape of its subject's registered type; `EAGAIN`: a mailbox that refuses is full; `EMSGSIZE`: more than 16 MiB.
pub fn publish(subject: &str, payload: impl Into<Payload>) -> Result<()> {
    Publication::new(subject, payload).send()
}

/// A message before it is sent, with what [`publish`] leaves out.
#[must_use = "it is sent by `send`"]
pub struct Publication<'a> {
    subject: &'a str,
    payload: Payload,
    kind: &'a str,
    retain: bool,
}

impl<'a> Publication<'a> {
    /// For `subject`, without a type.
    pub fn new(subject: &'a str, payload: impl Into<Payload>) -> Self {
        Publication { subject, payload: payload.into(), kind: "", retain: false }
    }

    /// The message's type, such as `UserInput.v1`. Without one: that of the subject, if it is registered.
    pub fn kind(mut self, kind: &'a str) -> Self {
        self.kind = kind;
        self
    }

    /// Keeps it as the subject's last value, for those who subscribe later.
    pub fn retain(mut self) -> Self {
        self.retain = true;
        self
    }

    /// As [`publish`].
    pub fn send(self) -> Result<()> {
        host::publish(self.subject, self.payload.as_bytes(), self.kind, self.retain)
    }
}

/// What happens when a mailbox is full.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Policy {
    /// The oldest message goes, and is counted: [`Message::lost`].
    DropOldest = 0,
    /// Publishers wait.
    Block = 1,
    /// Publishers get `EAGAIN`.
    Refuse = 2,
}

/// A subscription before it is opened, with what [`subscribe`] leaves out.
#[must_use = "it is opened by `open`"]
pub struct Subscribe<'a> {
    pub(crate) pattern: &'a str,
    pub(crate) last_values: bool,
    pub(crate) policy: Policy,
    pub(crate) capacity: u32,
    pub(crate) group: &'a str,
}

impl<'a> Subscribe<'a> {
    /// All subjects that match: `*` stands for one part, `>` for the rest. 64 KiB, the oldest is dropped.
    pub fn new(pattern: &'a str) -> Self {
        Subscribe { pattern, last_values: false, policy: Policy::DropOldest, capacity: 0, group: "" }
    }

    /// First the last values of the subjects that match.
    pub fn last_values(mut self) -> Self {
        self.last_values = true;
        self
    }

    /// When the mailbox is full.
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Size of the mailbox in bytes: a power of two from 4 KiB to 16 MiB.
    pub fn capacity(mut self, bytes: u32) -> Self {
        self.capacity = bytes;
        self
    }

    /// A queue group: one of its members gets each message.
    pub fn group(mut self, name: &'a str) -> Self {
        self.group = name;
        self
    }

    /// `EINVAL`: no valid pattern or capacity.
    pub fn open(self) -> Result<Subscription> {
        host::subscribe(&self).map(|handle| Subscription { handle })
    }
}

/// `Subscribe::new(pattern).open()`.
pub fn subscribe(pattern: &str) -> Result<Subscription> {
    Subscribe::new(pattern).open()
}

/// A mailbox; dropping it ends the subscription. As an iterator it gives each message, and never ends.
#[derive(Debug)]
pub struct Subscription {
    handle: i32,
}

impl Subscription {
    /// The next message; waits for it.
    pub fn receive(&self) -> Result<Message> {
        read_message(self.handle)
    }

    /// `ETIMEDOUT`: none came in that time.
    pub fn receive_timeout(&self, timeout: Duration) -> Result<Message> {
        if host::wait(self.handle, nanoseconds(timeout))? { self.receive() } else { Err(Error::ETIMEDOUT) }
    }

    /// `None`: there is none now.
    pub fn try_receive(&self) -> Result<Option<Message>> {
        if host::wait(self.handle, 0)? { self.receive().map(Some) } else { Ok(None) }
    }

    /// The descriptor, for `poll_oneoff`. It stays this subscription's.
    pub fn descriptor(&self) -> i32 {
        self.handle
    }
}

impl Iterator for &Subscription {
    type Item = Result<Message>;
    fn next(&mut self) -> Option<Self::Item> {
        Some(self.receive())
    }
}

impl Iterator for Subscription {
    type Item = Result<Message>;
    fn next(&mut self) -> Option<Self::Item> {
        Some(self.receive())
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let _ = host::close(self.handle);
    }
}

/// Asks, and waits for the one reply. `EHOSTUNREACH`: nobody listens; `ETIMEDOUT`: nobody answered by the deadline.
pub fn request(subject: &str, payload: impl Into<Payload>, deadline: Duration) -> Result<Message> {
    Pending::send(subject, payload, deadline)?.receive()
}

/// A question that waits for its reply. Dropping it gives up.
#[derive(Debug)]
pub struct Pending {
    handle: i32,
}

impl Pending {
    /// Sends the question.
    pub fn send(subject: &str, payload: impl Into<Payload>, deadline: Duration) -> Result<Pending> {
        host::request(subject, payload.into().as_bytes(), nanoseconds(deadline)).map(|handle| Pending { handle })
    }

    /// Waits for the reply, at most to the deadline: `ETIMEDOUT`.
    pub fn receive(self) -> Result<Message> {
        read_message(self.handle)
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        let _ = host::close(self.handle);
    }
}

pub(crate) fn nanoseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)
}

/// A message that is larger than the room stays, and its size is told.
fn read_message(handle: i32) -> Result<Message> {
    let mut frame = vec![0; 4096];
    loop {
        match host::read(handle, &mut frame) {
            Ok(count) => {
                frame.truncate(count);
                return Message::parse(frame);
            }
            Err(Error::EMSGSIZE) => frame.resize(host::size(handle)?.max(frame.len()), 0),
            Err(error) => return Err(error),
        }
    }
}

/// What was received, with the attributes of CloudEvents.
#[derive(Clone, Debug)]
pub struct Message {
    frame: Vec<u8>,
    kind_at: usize,
    payload_at: usize,
    body_at: usize,
    content: ContentType,
}

impl Message {
    fn parse(frame: Vec<u8>) -> Result<Message> {
        if frame.len() < HEADER || frame[4] != 1 {
            return Err(Error::EPROTO);
        }
        let half = |at: usize| u16::from_le_bytes([frame[at], frame[at + 1]]) as usize;
        let kind_at = HEADER + half(6);
        let payload_at = kind_at + half(12);
        let whole = payload_at + u32::from_le_bytes(frame[40..44].try_into().unwrap()) as usize;
        let text = frame.get(HEADER..payload_at).filter(|_| whole == frame.len()).ok_or(Error::EPROTO)?;
        std::str::from_utf8(text).map_err(|_| Error::EPROTO)?;
        let (content, prefix) = ContentType::split(&frame[payload_at..])?;
        Ok(Message { kind_at, payload_at, body_at: payload_at + prefix, content, frame })
    }

    fn number<const N: usize>(&self, at: usize) -> [u8; N] {
        self.frame[at..at + N].try_into().unwrap()
    }

    fn text_between(&self, from: usize, to: usize) -> &str {
        std::str::from_utf8(&self.frame[from..to]).unwrap_or("")
    }

    /// Where it was published.
    pub fn subject(&self) -> &str {
        self.text_between(HEADER, self.kind_at)
    }

    /// Its type, such as `UserInput.v1`; empty for none.
    pub fn kind(&self) -> &str {
        self.text_between(self.kind_at, self.payload_at)
    }

    /// How the body is encoded.
    pub fn content(&self) -> ContentType {
        self.content
    }

    /// Without the content type.
    pub fn body(&self) -> &[u8] {
        &self.frame[self.body_at..]
    }

    /// The body of a [`ContentType::Raw`] or JSON message as text, if it is UTF-8.
    pub fn text(&self) -> Option<&str> {
        let readable = matches!(self.content, ContentType::Raw | ContentType::Json);
        std::str::from_utf8(self.body()).ok().filter(|_| readable)
    }

    /// The body as JSON. `EINVAL`: it is none.
    pub fn json(&self) -> Result<Json> {
        if self.content != ContentType::Json {
            return Err(Error::EINVAL);
        }
        Json::parse(std::str::from_utf8(self.body()).map_err(|_| Error::EINVAL)?)
    }

    /// Pid of the sender; 0 the kernel or the page.
    pub fn source(&self) -> u32 {
        u32::from_le_bytes(self.number(8))
    }

    /// The sender's count; unique together with the source.
    pub fn id(&self) -> u64 {
        u64::from_le_bytes(self.number(16))
    }

    /// Nanoseconds since 1970.
    pub fn time(&self) -> u64 {
        u64::from_le_bytes(self.number(24))
    }

    /// Messages that the mailbox dropped just before this one.
    pub fn lost(&self) -> u32 {
        u32::from_le_bytes(self.number(44))
    }

    /// A last value, from before the subscription.
    pub fn is_retained(&self) -> bool {
        self.frame[5] & 1 != 0
    }

    /// It can be answered.
    pub fn is_request(&self) -> bool {
        self.frame[5] & 2 != 0
    }

    /// Answers a request; that needs no grant. `EINVAL`: it was none; `ENOENT`: it was answered, or nobody waits any more.
    pub fn reply(&self, payload: impl Into<Payload>) -> Result<()> {
        host::reply(&self.frame, payload.into().as_bytes())
    }
}
