use crate::{host, Error, Result};

/// Whether a change is on disk when the call returns.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Durability {
    /// It is.
    Durable,
    /// It will be soon.
    Relaxed,
}

/// A namespace of key-value pairs. Keys have 1 to 1024 bytes, values up to 8 MiB.
#[derive(Clone, Debug)]
pub struct Store {
    name: String,
    durability: Durability,
}

impl Store {
    /// The program's own namespace.
    pub fn own() -> Store {
        Store::named("")
    }

    /// Another namespace, which needs a grant. Nothing is asked until the first call.
    pub fn named(name: &str) -> Store {
        Store { name: name.to_string(), durability: Durability::Durable }
    }

    /// How later changes by this value are made. At the start: durable.
    pub fn durability(mut self, durability: Durability) -> Store {
        self.durability = durability;
        self
    }

    /// `None`: no such key.
    pub fn get(&self, key: &str) -> Result<Option<Vec<u8>>> {
        let mut value = vec![0; 4096];
        loop {
            let mut size = 0;
            match host::kv_get(&self.name, key, &mut value, &mut size) {
                Ok(()) => {
                    value.truncate(size);
                    return Ok(Some(value));
                }
                Err(Error::ENOENT) => return Ok(None),
                Err(Error::ERANGE) => value.resize(size, 0),
                Err(error) => return Err(error),
            }
        }
    }

    /// `EDQUOT`, `ENOSPC`: there is no room for it.
    pub fn set(&self, key: &str, value: impl AsRef<[u8]>) -> Result<()> {
        host::kv_set(&self.name, key, value.as_ref(), self.relaxed())
    }

    /// Whether it was there.
    pub fn delete(&self, key: &str) -> Result<bool> {
        match host::kv_delete(&self.name, key, self.relaxed()) {
            Err(Error::ENOENT) => Ok(false),
            done => done.map(|_| true),
        }
    }

    /// Whether it is there.
    pub fn has(&self, key: &str) -> Result<bool> {
        host::kv_has(&self.name, key)
    }

    /// The entries whose keys begin with `prefix`, in key order, read 64 KiB at a time.
    pub fn scan<'a>(&'a self, prefix: &'a str) -> Scan<'a> {
        Scan { store: self, prefix, after: String::new(), room: vec![0; 65536], at: 0, used: 0, done: false }
    }

    /// Changes that are made all or not at all.
    pub fn batch(&self) -> Batch<'_> {
        Batch { store: self, records: Vec::new() }
    }

    fn relaxed(&self) -> bool {
        self.durability == Durability::Relaxed
    }
}

/// See [`Store::batch`].
#[must_use = "it is made by `commit`"]
pub struct Batch<'a> {
    store: &'a Store,
    records: Vec<u8>,
}

impl Batch<'_> {
    fn record(mut self, key: &str, value: &[u8], length: u32) -> Self {
        self.records.extend((key.len() as u32).to_le_bytes());
        self.records.extend(length.to_le_bytes());
        self.records.extend(key.as_bytes());
        self.records.extend(value);
        self
    }

    /// Sets a key.
    pub fn set(self, key: &str, value: impl AsRef<[u8]>) -> Self {
        let value = value.as_ref();
        self.record(key, value, value.len() as u32)
    }

    /// Deletes a key, which need not be there.
    pub fn delete(self, key: &str) -> Self {
        self.record(key, &[], u32::MAX)
    }

    /// Makes all of them.
    pub fn commit(self) -> Result<()> {
        host::kv_batch(&self.store.name, &self.records, self.store.relaxed())
    }
}

/// See [`Store::scan`].
pub struct Scan<'a> {
    store: &'a Store,
    prefix: &'a str,
    after: String,
    room: Vec<u8>,
    at: usize,
    used: usize,
    done: bool,
}

impl Scan<'_> {
    fn fill(&mut self) -> Result<bool> {
        loop {
            let mut used = 0;
            match host::kv_scan(&self.store.name, self.prefix, &self.after, &mut self.room, &mut used) {
                Err(Error::ERANGE) => self.room.resize(used.max(self.room.len() + 1), 0),
                done => {
                    done?;
                    (self.at, self.used) = (0, used);
                    return Ok(used > 0);
                }
            }
        }
    }

    fn entry(&mut self) -> Result<Option<(String, Vec<u8>)>> {
        if self.at == self.used && !self.fill()? {
            return Ok(None);
        }
        let records = &self.room[self.at..self.used];
        let length = |at: usize| records.get(at..at + 4).map(|bytes| u32::from_le_bytes(bytes.try_into().unwrap()) as usize).ok_or(Error::EPROTO);
        let (key, value) = (length(0)?, length(4)?);
        let bytes = records.get(8..8 + key + value).ok_or(Error::EPROTO)?;
        let name = std::str::from_utf8(&bytes[..key]).map_err(|_| Error::EPROTO)?;
        let entry = (name.to_string(), bytes[key..].to_vec());
        self.at += 8 + key + value;
        self.after.clone_from(&entry.0);
        Ok(Some(entry))
    }
}

impl Iterator for Scan<'_> {
    type Item = Result<(String, Vec<u8>)>;
    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let entry = self.entry().transpose();
        self.done = !matches!(entry, Some(Ok(_)));
        entry
    }
}
