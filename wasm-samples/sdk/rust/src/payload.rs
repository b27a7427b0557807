use crate::{Error, Json, Result};

/// How a payload is encoded. Its multicodec stands before the body.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ContentType {
    /// Bytes, or text.
    Raw,
    /// JSON (RFC 8259).
    Json,
    /// CBOR (RFC 8949).
    Cbor,
    /// MessagePack.
    MessagePack,
}

const CODES: [(ContentType, &[u8]); 4] = [
    (ContentType::Raw, &[0x55]),
    (ContentType::Json, &[0x80, 0x04]),
    (ContentType::Cbor, &[0x51]),
    (ContentType::MessagePack, &[0x81, 0x04]),
];

impl ContentType {
    pub(crate) fn split(payload: &[u8]) -> Result<(ContentType, usize)> {
        let found = CODES.iter().find(|(_, prefix)| payload.starts_with(prefix));
        found.map(|(content, prefix)| (*content, prefix.len())).ok_or(Error::EINVAL)
    }
}

/// A body with its content type, as it is sent. Up to 16 MiB.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Payload(Vec<u8>);

impl Payload {
    /// A body that is encoded already.
    pub fn new(content: ContentType, body: &[u8]) -> Payload {
        let (_, prefix) = CODES.iter().find(|(one, _)| *one == content).unwrap();
        Payload([prefix, body].concat())
    }

    /// Prefix and body.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Text, as [`ContentType::Raw`].
impl From<&str> for Payload {
    fn from(text: &str) -> Payload {
        Payload::new(ContentType::Raw, text.as_bytes())
    }
}

/// Text, as [`ContentType::Raw`].
impl From<String> for Payload {
    fn from(text: String) -> Payload {
        Payload::from(text.as_str())
    }
}

impl From<&[u8]> for Payload {
    fn from(bytes: &[u8]) -> Payload {
        Payload::new(ContentType::Raw, bytes)
    }
}

impl From<&Json> for Payload {
    fn from(json: &Json) -> Payload {
        Payload::new(ContentType::Json, json.to_string().as_bytes())
    }
}

impl From<Json> for Payload {
    fn from(json: Json) -> Payload {
        Payload::from(&json)
    }
}
