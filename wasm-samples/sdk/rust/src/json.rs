use crate::{Error, Result};
use std::fmt::{self, Write};
use std::ops::Index;

/// A JSON value. `to_string` writes it; members keep their order.
#[derive(Clone, PartialEq, Debug)]
pub enum Json {
    /// `null`; what indexing a member that is not there gives, too.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, exact up to 2^53; one that is not finite is written as `null`.
    Number(f64),
    /// A text.
    String(String),
    /// Values in order.
    Array(Vec<Json>),
    /// Members in order; of members with one name the last counts.
    Object(Vec<(String, Json)>),
}

static NULL: Json = Json::Null;
/// What is nested deeper is refused: parsing recurses.
const DEPTH_MAX: usize = 64;

impl Json {
    /// `Json::object([("text", "hi".into()), ("n", 1.0.into())])`.
    pub fn object<const N: usize>(members: [(&str, Json); N]) -> Json {
        Json::Object(members.into_iter().map(|(name, value)| (name.to_string(), value)).collect())
    }

    /// `EINVAL`: no JSON, something after it, or nested more than 64 deep.
    pub fn parse(text: &str) -> Result<Json> {
        let mut parser = Parser { text, at: 0 };
        let value = parser.value(0)?;
        parser.blanks();
        if parser.at == text.len() { Ok(value) } else { Err(Error::EINVAL) }
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        if let Json::String(text) = self { Some(text) } else { None }
    }

    /// The value of a number.
    pub fn as_f64(&self) -> Option<f64> {
        if let Json::Number(number) = self { Some(*number) } else { None }
    }

    /// The value of a truth value.
    pub fn as_bool(&self) -> Option<bool> {
        if let Json::Bool(value) = self { Some(*value) } else { None }
    }

    /// The values of an array; none for anything else.
    pub fn items(&self) -> &[Json] {
        if let Json::Array(items) = self { items } else { &[] }
    }
}

/// The member of an object; `Null` if it has none, or is no object.
impl Index<&str> for Json {
    type Output = Json;
    fn index(&self, name: &str) -> &Json {
        let Json::Object(members) = self else { return &NULL };
        members.iter().rev().find(|(one, _)| one == name).map_or(&NULL, |(_, value)| value)
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Json {
        Json::String(text.to_string())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Json {
        Json::String(text)
    }
}

impl From<f64> for Json {
    fn from(number: f64) -> Json {
        Json::Number(number)
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Json {
        Json::Bool(value)
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Json::Null => f.write_str("null"),
            Json::Bool(value) => write!(f, "{value}"),
            Json::Number(number) if number.is_finite() => write!(f, "{number}"),
            Json::Number(_) => f.write_str("null"),
            Json::String(text) => quote(text, f),
            Json::Array(items) => list(f, '[', ']', items, |item, f| write!(f, "{item}")),
            Json::Object(members) => list(f, '{', '}', members, |(name, value), f| {
                quote(name, f)?;
                write!(f, ":{value}")
            }),
        }
    }
}

fn list<T>(f: &mut fmt::Formatter<'_>, open: char, close: char, items: &[T], each: impl Fn(&T, &mut fmt::Formatter<'_>) -> fmt::Result) -> fmt::Result {
    f.write_char(open)?;
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            f.write_char(',')?;
        }
        each(item, f)?;
    }
    f.write_char(close)
}

fn quote(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' | '\\' => write!(f, "\\{c}")?,
            c if c < ' ' => write!(f, "\\u{:04x}", c as u32)?,
            c => f.write_char(c)?,
        }
    }
    f.write_char('"')
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl Parser<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn take(&mut self, token: &str) -> bool {
        self.blanks();
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn expect(&mut self, token: &str) -> Result<()> {
        if self.take(token) { Ok(()) } else { Err(Error::EINVAL) }
    }

    fn value(&mut self, depth: usize) -> Result<Json> {
        self.blanks();
        match self.peek().ok_or(Error::EINVAL)? {
            b'{' | b'[' if depth == DEPTH_MAX => Err(Error::EINVAL),
            b'{' => self.object(depth),
            b'[' => self.array(depth),
            b'"' => Ok(Json::String(self.string()?)),
            b'n' => self.expect("null").map(|_| Json::Null),
            b't' => self.expect("true").map(|_| Json::Bool(true)),
            b'f' => self.expect("false").map(|_| Json::Bool(false)),
            _ => self.number(),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json> {
        self.expect("{")?;
        let mut members = Vec::new();
        if self.take("}") {
            return Ok(Json::Object(members));
        }
        loop {
            self.blanks();
            let name = self.string()?;
            self.expect(":")?;
            members.push((name, self.value(depth + 1)?));
            if !self.take(",") {
                return self.expect("}").map(|_| Json::Object(members));
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Json> {
        self.expect("[")?;
        let mut items = Vec::new();
        if self.take("]") {
            return Ok(Json::Array(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if !self.take(",") {
                return self.expect("]").map(|_| Json::Array(items));
            }
        }
    }

    fn number(&mut self) -> Result<Json> {
        let length = self.rest().find(|c: char| !matches!(c, '0'..='9' | '+' | '-' | '.' | 'e' | 'E')).unwrap_or(self.rest().len());
        let digits = &self.rest()[..length];
        let plain = digits.strip_prefix('-').unwrap_or(digits).as_bytes();
        let valid = matches!(plain, [b'0'] | [b'0', b'.' | b'e' | b'E', ..] | [b'1'..=b'9', ..]) && !digits.ends_with('.') && !digits.contains(".e");
        let number = digits.parse().map_err(|_| Error::EINVAL)?;
        self.at += length;
        if valid { Ok(Json::Number(number)) } else { Err(Error::EINVAL) }
    }

    fn string(&mut self) -> Result<String> {
        if self.peek() != Some(b'"') {
            return Err(Error::EINVAL);
        }
        self.at += 1;
        let mut out = String::new();
        loop {
            let plain = self.rest().find(|c: char| c == '"' || c == '\\' || c < ' ').ok_or(Error::EINVAL)?;
            out.push_str(&self.rest()[..plain]);
            self.at += plain + 1;
            match self.text.as_bytes()[self.at - 1] {
                b'"' => return Ok(out),
                b'\\' => out.push(self.escape()?),
                _ => return Err(Error::EINVAL),
            }
        }
    }

    fn escape(&mut self) -> Result<char> {
        let c = self.peek().ok_or(Error::EINVAL)?;
        self.at += 1;
        Ok(match c {
            b'"' | b'\\' | b'/' => c as char,
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode(),
            _ => return Err(Error::EINVAL),
        })
    }

    /// A pair of surrogates is one character; a lone one is U+FFFD.
    fn unicode(&mut self) -> Result<char> {
        let first = self.hex4()?;
        if !(0xd800..0xdc00).contains(&first) || !self.rest().starts_with("\\u") {
            return Ok(char::from_u32(first).unwrap_or('\u{fffd}'));
        }
        let before = self.at;
        self.at += 2;
        let second = self.hex4()?;
        if !(0xdc00..0xe000).contains(&second) {
            self.at = before;
            return Ok('\u{fffd}');
        }
        Ok(char::from_u32(0x10000 + ((first & 0x3ff) << 10) + (second & 0x3ff)).unwrap_or('\u{fffd}'))
    }

    fn hex4(&mut self) -> Result<u32> {
        let digits = self.rest().get(..4).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit())).ok_or(Error::EINVAL)?;
        let value = u32::from_str_radix(digits, 16).map_err(|_| Error::EINVAL)?;
        self.at += 4;
        Ok(value)
    }
}
