use crate::{host, Error, Result};
use std::io;

/// What a head of a response may have.
const HEAD_MAX: usize = 1 << 20;

/// An HTTP request.
#[must_use = "it is sent by `send`"]
pub struct Request {
    head: String,
    body: Vec<u8>,
}

impl Request {
    /// `url` is absolute.
    pub fn new(method: &str, url: &str) -> Request {
        Request { head: format!("{method} {url} HTTP/1.1\r\n"), body: Vec::new() }
    }

    /// `Request::new("GET", url)`.
    pub fn get(url: &str) -> Request {
        Request::new("GET", url)
    }

    /// Adds a field. What has a line break in it makes the host refuse the request.
    pub fn header(mut self, name: &str, value: &str) -> Request {
        self.head += &format!("{name}: {value}\r\n");
        self
    }

    /// Sends these bytes, with their length.
    pub fn body(mut self, bytes: impl Into<Vec<u8>>) -> Request {
        self.body = bytes.into();
        self
    }

    /// Sends it and waits for the head of the response. `EHOSTUNREACH`: no connection, or the server does not allow it (CORS).
    pub fn send(self) -> Result<Response> {
        let length = if self.body.is_empty() { String::new() } else { format!("content-length: {}\r\n", self.body.len()) };
        let handle = host::http_request(&[self.head.as_bytes(), length.as_bytes(), b"\r\n", &self.body].concat())?;
        let mut response = Response { handle, status: 0, headers: Vec::new(), rest: Vec::new() };
        response.read_head()?;
        Ok(response)
    }
}

/// A response; its body streams in through `Read`. Dropping it cancels what is not yet read.
#[derive(Debug)]
pub struct Response {
    handle: i32,
    status: u16,
    headers: Vec<(String, String)>,
    rest: Vec<u8>,
}

impl Response {
    fn read_head(&mut self) -> Result<()> {
        let mut bytes = Vec::new();
        let mut part = vec![0; 4096];
        let end = loop {
            let count = host::read(self.handle, &mut part)?;
            bytes.extend(&part[..count]);
            if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                break at;
            }
            if count == 0 || bytes.len() > HEAD_MAX {
                return Err(if count == 0 { Error::EPROTO } else { Error::EMSGSIZE });
            }
        };
        self.rest = bytes.split_off(end + 4);
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut lines = head.split("\r\n");
        self.status = status(lines.next().unwrap_or("")).ok_or(Error::EPROTO)?;
        self.headers = lines.filter_map(|line| line.split_once(':')).map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_string())).collect();
        Ok(())
    }

    /// Such as 200.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Names in lower case, in their order.
    pub fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    /// The first field of this name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(one, _)| one.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

fn status(line: &str) -> Option<u16> {
    let code = line.strip_prefix("HTTP/1.")?.get(1..5)?.strip_prefix(' ')?;
    if code.bytes().all(|digit| digit.is_ascii_digit()) { code.parse().ok() } else { None }
}

impl io::Read for Response {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        if self.rest.is_empty() {
            return Ok(host::read(self.handle, room)?);
        }
        let count = room.len().min(self.rest.len());
        room[..count].copy_from_slice(&self.rest[..count]);
        self.rest.drain(..count);
        Ok(count)
    }
}

impl Drop for Response {
    fn drop(&mut self) {
        let _ = host::close(self.handle);
    }
}
