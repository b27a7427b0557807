//! The host in memory, for unit tests. Each thread, so each test, has one of its own.
//!
//! One program, or several that take turns: what is called counts as called by the process that [`act_as`] named last. Nothing ever
//! waits: what would wait for ever is `EDEADLK`; what has a deadline moves the mock's clock there. There is one preopened directory,
//! `/home`, which is empty.

use super::files::Files;
use crate::{Error, Result};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, VecDeque};

pub(crate) struct Host {
    pub(crate) pid: u32,
    pub(crate) now: i64,
    failures: HashMap<String, Error>,
    handles: BTreeMap<i32, Open>,
    last_values: BTreeMap<String, Vec<u8>>,
    asked: HashMap<u32, i32>,
    sent: u64,
    responses: HashMap<String, Vec<u8>>,
    answer: Option<Error>,
    children: u32,
    exit_status: i32,
    logged: Vec<(i32, String)>,
    pub(crate) files: Files,
}

pub(crate) enum Open {
    Mailbox(Mailbox),
    Stream(VecDeque<u8>),
    File { path: String, rights: u32, offset: u64, append: bool },
}

#[derive(Default)]
pub(crate) struct Mailbox {
    pattern: String,
    group: String,
    policy: u32,
    capacity: usize,
    frames: VecDeque<Vec<u8>>,
    lost: u32,
    deadline: Option<i64>,
}

thread_local! {
    static HOST: RefCell<Host> = RefCell::new(Host::new());
}

pub(crate) fn with<T>(use_host: impl FnOnce(&mut Host) -> T) -> T {
    HOST.with(|host| use_host(&mut host.borrow_mut()))
}

/// Forgets everything.
pub fn reset() {
    with(|host| *host = Host::new());
}

/// The calls from here on are those of process `pid`. At the start: 1.
pub fn act_as(pid: u32) {
    with(|host| host.pid = pid);
}

/// The next call of the host's function of this name (`"publish"`, `"kv_set"`) fails.
pub fn fail_next(call: &str, error: Error) {
    with(|host| host.failures.insert(call.to_string(), error));
}

/// What a request for `url` gets: the response as it goes over the wire.
pub fn respond(url: &str, response: &str) {
    with(|host| host.responses.insert(url.to_string(), response.as_bytes().to_vec()));
}

/// What asking for a capability gets: a token for `/home`, or this error. At the start: `EACCES`.
pub fn answer(answer: Result<()>) {
    with(|host| host.answer = answer.err());
}

/// What programs that are started exit with. At the start: 0.
pub fn exit_status(status: i32) {
    with(|host| host.exit_status = status);
}

/// What was logged, with its level.
pub fn logged() -> Vec<(i32, String)> {
    with(|host| host.logged.clone())
}

impl Host {
    fn new() -> Host {
        Host {
            pid: 1, now: 0, failures: HashMap::new(), handles: BTreeMap::new(), last_values: BTreeMap::new(), asked: HashMap::new(), sent: 0,
            responses: HashMap::new(), answer: Some(Error::EACCES), children: 0, exit_status: 0, logged: Vec::new(), files: Files::new(),
        }
    }

    pub(crate) fn fails(&mut self, call: &str) -> Result<()> {
        self.failures.remove(call).map_or(Ok(()), Err)
    }

    pub(crate) fn open(&mut self, open: Open) -> i32 {
        let handle = self.handles.last_key_value().map_or(16, |(last, _)| last + 1);
        self.handles.insert(handle, open);
        handle
    }

    pub(crate) fn handle(&mut self, handle: i32) -> Result<&mut Open> {
        self.handles.get_mut(&handle).ok_or(Error::EBADF)
    }

    fn mailbox(&mut self, handle: i32) -> Result<&mut Mailbox> {
        if let Open::Mailbox(mailbox) = self.handle(handle)? { Ok(mailbox) } else { Err(Error::EBADF) }
    }

    fn frame(&mut self, subject: &str, kind: &str, payload: &[u8], flags: u8, which: u32) -> Vec<u8> {
        self.sent += 1;
        let size = 48 + subject.len() + kind.len() + payload.len();
        let mut frame = Vec::with_capacity(size);
        frame.extend((size as u32).to_le_bytes());
        frame.extend([1, flags]);
        frame.extend((subject.len() as u16).to_le_bytes());
        frame.extend(self.pid.to_le_bytes());
        frame.extend((kind.len() as u32).to_le_bytes());
        frame.extend(self.sent.to_le_bytes());
        frame.extend(self.now.to_le_bytes());
        frame.extend(((which > 0) as u32).to_le_bytes());
        frame.extend(which.to_le_bytes());
        frame.extend((payload.len() as u32).to_le_bytes());
        frame.extend([0; 4]);
        [&frame, subject.as_bytes(), kind.as_bytes(), payload].concat()
    }

    /// Those that get a message: all that match, of each group one, in turn.
    fn receivers(&self, subject: &str) -> Vec<i32> {
        let mut groups: BTreeMap<&str, Vec<i32>> = BTreeMap::new();
        let mut found = Vec::new();
        for (handle, open) in &self.handles {
            match open {
                Open::Mailbox(one) if one.deadline.is_some() || !matches(&one.pattern, subject) => {}
                Open::Mailbox(one) if one.group.is_empty() => found.push(*handle),
                Open::Mailbox(one) => groups.entry(&one.group).or_default().push(*handle),
                _ => {}
            }
        }
        found.extend(groups.values().map(|members| members[self.sent as usize % members.len()]));
        found
    }

    fn send(&mut self, frame: &[u8], subject: &str) -> Result<usize> {
        let to = self.receivers(subject);
        for handle in &to {
            let mailbox = self.mailbox(*handle)?;
            if mailbox.policy != 0 && !mailbox.fits(frame.len()) {
                return Err(if mailbox.policy == 2 { Error::EAGAIN } else { Error::EDEADLK });
            }
        }
        for handle in &to {
            self.mailbox(*handle)?.deliver(frame.to_vec());
        }
        Ok(to.len())
    }
}

impl Mailbox {
    fn fits(&self, size: usize) -> bool {
        self.frames.iter().map(Vec::len).sum::<usize>() + size <= self.capacity
    }

    fn deliver(&mut self, frame: Vec<u8>) {
        while !self.fits(frame.len()) && self.frames.pop_front().is_some() {
            self.lost += 1;
        }
        if self.fits(frame.len()) { self.frames.push_back(frame) } else { self.lost += 1 }
    }
}

fn valid(subject: &str, pattern: bool) -> Result<()> {
    let parts: Vec<&str> = subject.split('.').collect();
    let part = |(index, part): (usize, &&str)| match *part {
        "*" => pattern,
        ">" => pattern && index + 1 == parts.len(),
        part => !part.is_empty() && !part.chars().any(|c| c.is_whitespace() || c.is_control()),
    };
    if subject.len() <= 256 && parts.iter().enumerate().all(part) { Ok(()) } else { Err(Error::EINVAL) }
}

fn matches(pattern: &str, subject: &str) -> bool {
    let mut parts = subject.split('.');
    for one in pattern.split('.') {
        match (one, parts.next()) {
            (">", Some(_)) => return true,
            ("*", Some(_)) => {}
            (one, Some(part)) if one == part => {}
            _ => return false,
        }
    }
    parts.next().is_none()
}

fn check_payload(payload: &[u8]) -> Result<()> {
    if payload.len() > 16 << 20 {
        return Err(Error::EMSGSIZE);
    }
    crate::ContentType::split(payload).map(|_| ())
}

fn number(frame: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(frame[at..at + 4].try_into().unwrap())
}

pub(crate) mod calls {
    use super::*;
    use crate::Subscribe;

    pub(crate) fn publish(subject: &str, payload: &[u8], kind: &str, retain: bool) -> Result<()> {
        with(|host| {
            host.fails("publish")?;
            valid(subject, false)?;
            check_payload(payload)?;
            let mut frame = host.frame(subject, kind, payload, 0, 0);
            host.send(&frame, subject)?;
            if retain {
                frame[5] |= 1;
                host.last_values.insert(subject.to_string(), frame);
            }
            Ok(())
        })
    }

    pub(crate) fn subscribe(one: &Subscribe<'_>) -> Result<i32> {
        with(|host| {
            host.fails("subscribe")?;
            valid(one.pattern, true)?;
            if one.capacity > 0 && !(one.capacity.is_power_of_two() && (4096..=16 << 20).contains(&one.capacity)) {
                return Err(Error::EINVAL);
            }
            let capacity = if one.capacity == 0 { 65536 } else { one.capacity as usize };
            let mut mailbox = Mailbox { pattern: one.pattern.into(), group: one.group.into(), policy: one.policy as u32, capacity, ..Mailbox::default() };
            for (_, frame) in host.last_values.iter().filter(|(subject, _)| one.last_values && matches(one.pattern, subject)) {
                mailbox.deliver(frame.clone());
            }
            Ok(host.open(Open::Mailbox(mailbox)))
        })
    }

    pub(crate) fn request(subject: &str, payload: &[u8], deadline: i64) -> Result<i32> {
        with(|host| {
            host.fails("request")?;
            valid(subject, false)?;
            check_payload(payload)?;
            let which = host.sent as u32 + 1;
            let frame = host.frame(subject, "", payload, 2, which);
            if host.send(&frame, subject)? == 0 {
                return Err(Error::EHOSTUNREACH);
            }
            let until = host.now.saturating_add(deadline);
            let handle = host.open(Open::Mailbox(Mailbox { capacity: 17 << 20, deadline: Some(until), ..Mailbox::default() }));
            host.asked.insert(which, handle);
            Ok(handle)
        })
    }

    pub(crate) fn reply(frame: &[u8], payload: &[u8]) -> Result<()> {
        with(|host| {
            host.fails("reply")?;
            if frame[5] & 2 == 0 {
                return Err(Error::EINVAL);
            }
            check_payload(payload)?;
            let which = number(frame, 36);
            let handle = host.asked.remove(&which).ok_or(Error::ENOENT)?;
            let subject = String::from_utf8_lossy(&frame[48..48 + number(frame, 6) as usize % 65536]).into_owned();
            let answer = host.frame(&subject, "", payload, 0, which);
            host.mailbox(handle).map_err(|_| Error::ENOENT)?.deliver(answer);
            Ok(())
        })
    }

    pub(crate) fn read(handle: i32, room: &mut [u8]) -> Result<usize> {
        with(|host| {
            let now = host.now;
            let mailbox = match host.handle(handle)? {
                Open::Stream(bytes) => {
                    let count = room.len().min(bytes.len());
                    bytes.drain(..count).zip(room).for_each(|(byte, to)| *to = byte);
                    return Ok(count);
                }
                Open::File { .. } => return Err(Error::EBADF),
                Open::Mailbox(mailbox) => mailbox,
            };
            let Some(first) = mailbox.frames.front_mut() else {
                let until = mailbox.deadline.ok_or(Error::EDEADLK)?;
                host.now = now.max(until);
                return Err(Error::ETIMEDOUT);
            };
            let size = first.len();
            room.get_mut(..size).ok_or(Error::EMSGSIZE)?.copy_from_slice(first);
            room[44..48].copy_from_slice(&std::mem::take(&mut mailbox.lost).to_le_bytes());
            mailbox.frames.pop_front();
            Ok(size)
        })
    }

    pub(crate) fn close(handle: i32) -> Result<()> {
        with(|host| host.handles.remove(&handle).map(|_| ()).ok_or(Error::EBADF))
    }

    pub(crate) fn size(handle: i32) -> Result<usize> {
        with(|host| Ok(host.mailbox(handle)?.frames.front().map_or(0, Vec::len)))
    }

    pub(crate) fn wait(handle: i32, timeout: i64) -> Result<bool> {
        with(|host| {
            let until = host.now.saturating_add(timeout);
            let mailbox = host.mailbox(handle)?;
            let ready = !mailbox.frames.is_empty() || mailbox.deadline.is_some_and(|deadline| deadline <= until);
            if !ready {
                host.now = until;
            }
            Ok(ready)
        })
    }

    pub(crate) fn cap_request(action: &str, _deadline: i64) -> Result<[u8; 96]> {
        with(|host| {
            host.fails("cap_request")?;
            crate::Json::parse(action)?;
            host.answer.map_or(Ok(()), Err)
        })?;
        super::super::token_create(3, with(|host| host.pid), 15, i64::MAX / 2)
    }

    pub(crate) fn http_request(request: &[u8]) -> Result<i32> {
        with(|host| {
            host.fails("http_request")?;
            let text = String::from_utf8_lossy(request).into_owned();
            let url = text.split(' ').nth(1).ok_or(Error::EINVAL)?;
            let response = host.responses.get(url).cloned().ok_or(Error::ENOTCAPABLE)?;
            Ok(host.open(Open::Stream(response.into())))
        })
    }

    pub(crate) fn log(level: i32, fields: &str) -> Result<()> {
        if fields.len() > 16384 {
            return Err(Error::EMSGSIZE);
        }
        with(|host| host.logged.push((level, fields.to_string())));
        Ok(())
    }

    pub(crate) fn spawn(path: &str, _args: &str, _grants: &str) -> Result<u32> {
        with(|host| {
            host.fails("spawn")?;
            if path.is_empty() {
                return Err(Error::ENOENT);
            }
            host.children += 1;
            Ok(99 + host.children)
        })
    }

    pub(crate) fn wait_child(pid: u32) -> Result<i32> {
        with(|host| if (100..100 + host.children).contains(&pid) { Ok(host.exit_status) } else { Err(Error::ECHILD) })
    }

    pub(crate) fn pid() -> u32 {
        with(|host| host.pid)
    }
}
