//! The mock's files, keys and tokens.
use super::mock::{with, Host, Open};
use crate::{Error, Result};
use std::collections::BTreeMap;
use std::ops::Bound;

const PREOPEN: i32 = 3;

/// By whole path; `None` for a directory. Keys by namespace and key.
pub(crate) struct Files {
    nodes: BTreeMap<String, Option<Vec<u8>>>,
    pairs: BTreeMap<(String, String), Vec<u8>>,
    tokens: Vec<Token>,
}

struct Token { holder: u32, maker: u32, rights: u32, until: i64, path: String, revoked: bool, redeemed: bool }

impl Files {
    pub(crate) fn new() -> Files {
        Files { nodes: BTreeMap::from([("/home".to_string(), None)]), pairs: BTreeMap::new(), tokens: Vec::new() }
    }
}

fn place(host: &mut Host, handle: i32) -> Result<(String, u32)> {
    if handle == PREOPEN {
        return Ok(("/home".to_string(), 15));
    }
    if let Open::File { path, rights, .. } = host.handle(handle)? { Ok((path.clone(), *rights)) } else { Err(Error::EBADF) }
}

/// The whole path and the rights of the directory. `EPERM` where the path would lead out.
fn resolve(host: &mut Host, dir: i32, path: &str) -> Result<(String, u32)> {
    let (base, rights) = place(host, dir)?;
    if !path.is_empty() && host.files.nodes.get(&base) != Some(&None) {
        return Err(Error::ENOTDIR);
    }
    if path.starts_with('/') {
        return Err(Error::EPERM);
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => parts.pop().map(|_| ()).ok_or(Error::EPERM)?,
            part => parts.push(part),
        }
    }
    Ok((parts.iter().fold(base, |whole, part| whole + "/" + part), rights))
}

pub(crate) fn preopen(handle: i32) -> Result<String> {
    if handle == PREOPEN { Ok("/home".to_string()) } else { Err(Error::EBADF) }
}

pub(crate) fn vfs_open_dir(dir: i32, path: &str, wanted: u32) -> Result<i32> {
    with(|host| {
        host.fails("vfs_open_dir")?;
        let (path, rights) = resolve(host, dir, path)?;
        match host.files.nodes.get(&path) {
            None => Err(Error::ENOENT),
            Some(Some(_)) => Err(Error::ENOTDIR),
            Some(None) => Ok(host.open(Open::File { path, rights: rights & wanted, offset: 0, append: false })),
        }
    })
}

pub(crate) fn vfs_open(dir: i32, path: &str, flags: u32) -> Result<i32> {
    with(|host| {
        host.fails("vfs_open")?;
        let (path, rights) = resolve(host, dir, path)?;
        let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent).to_string();
        let nodes = &mut host.files.nodes;
        let (there, create) = (nodes.get(&path).is_some(), flags & 4 != 0);
        let needed = (flags & 1) | if flags & (2 | 16 | 32) != 0 { 2 } else { 0 } | if !there && create { 4 } else { 0 };
        if needed & !rights != 0 {
            return Err(Error::ENOTCAPABLE);
        }
        if there && flags & 8 != 0 {
            return Err(Error::EEXIST);
        }
        if !there && !(create && nodes.get(&parent) == Some(&None)) {
            return Err(Error::ENOENT);
        }
        match nodes.entry(path.clone()).or_insert_with(|| Some(Vec::new())) {
            None if flags & 2 != 0 => return Err(Error::EISDIR),
            Some(bytes) if flags & 16 != 0 => bytes.clear(),
            _ => {}
        }
        Ok(host.open(Open::File { path, rights: flags & 3, offset: 0, append: flags & 32 != 0 }))
    })
}

pub(crate) fn vfs_read(handle: i32, room: &mut [u8], at: i64) -> Result<usize> {
    with(|host| {
        let (path, rights) = place(host, handle)?;
        let bytes = host.files.nodes.get(&path).cloned().ok_or(Error::ENOENT)?.ok_or(Error::EISDIR)?;
        let Open::File { offset, .. } = host.handle(handle)? else { return Err(Error::EBADF) };
        if rights & 1 == 0 {
            return Err(Error::EBADF);
        }
        let from = bytes.len().min(if at < 0 { *offset as usize } else { at as usize });
        let count = room.len().min(bytes.len() - from);
        room[..count].copy_from_slice(&bytes[from..from + count]);
        if at < 0 {
            *offset = (from + count) as u64;
        }
        Ok(count)
    })
}

pub(crate) fn vfs_write(handle: i32, new: &[u8], at: i64) -> Result<usize> {
    with(|host| {
        host.fails("vfs_write")?;
        let (path, rights) = place(host, handle)?;
        let mut bytes = host.files.nodes.get(&path).cloned().ok_or(Error::ENOENT)?.ok_or(Error::EISDIR)?;
        let Open::File { offset, append, .. } = host.handle(handle)? else { return Err(Error::EBADF) };
        if rights & 2 == 0 {
            return Err(Error::EBADF);
        }
        let from = if *append { bytes.len() } else if at < 0 { *offset as usize } else { at as usize };
        bytes.resize(bytes.len().max(from + new.len()), 0);
        bytes[from..from + new.len()].copy_from_slice(new);
        if at < 0 {
            *offset = (from + new.len()) as u64;
        }
        host.files.nodes.insert(path, Some(bytes));
        Ok(new.len())
    })
}

pub(crate) fn vfs_stat(dir: i32, path: &str, stat: &mut [u8; 64]) -> Result<()> {
    with(|host| {
        let (path, _) = resolve(host, dir, path)?;
        let node = host.files.nodes.get(&path).ok_or(Error::ENOENT)?;
        stat[16] = if node.is_none() { 3 } else { 4 };
        stat[24] = 1;
        stat[32..40].copy_from_slice(&(node.as_ref().map_or(0, Vec::len) as u64).to_le_bytes());
        Ok(())
    })
}

pub(crate) fn vfs_list(dir: i32, cookie: u64, room: &mut [u8]) -> Result<usize> {
    with(|host| {
        let (base, _) = place(host, dir)?;
        let prefix = base + "/";
        let mut all = Vec::new();
        let names = host.files.nodes.iter().filter_map(|(path, node)| path.strip_prefix(&prefix).filter(|name| !name.contains('/')).map(|name| (name, node.is_none())));
        for (index, (name, directory)) in names.enumerate().skip(cookie as usize) {
            all.extend((index as u64 + 1).to_le_bytes());
            all.extend((index as u64 + 1).to_le_bytes());
            all.extend((name.len() as u32).to_le_bytes());
            all.extend([if directory { 3 } else { 4 }, 0, 0, 0]);
            all.extend(name.as_bytes());
        }
        let count = all.len().min(room.len());
        room[..count].copy_from_slice(&all[..count]);
        Ok(count)
    })
}

fn check_key(host: &mut Host, call: &str, key: &str) -> Result<()> {
    host.fails(call)?;
    match key.len() {
        0 => Err(Error::EINVAL),
        1..=1024 => Ok(()),
        _ => Err(Error::ENAMETOOLONG),
    }
}

fn of(ns: &str, key: &str) -> (String, String) {
    (ns.to_string(), key.to_string())
}

pub(crate) fn kv_get(ns: &str, key: &str, room: &mut [u8], size: &mut usize) -> Result<()> {
    with(|host| {
        check_key(host, "kv_get", key)?;
        let value = host.files.pairs.get(&of(ns, key)).ok_or(Error::ENOENT)?;
        *size = value.len();
        room.get_mut(..value.len()).ok_or(Error::ERANGE)?.copy_from_slice(value);
        Ok(())
    })
}

pub(crate) fn kv_set(ns: &str, key: &str, value: &[u8], _relaxed: bool) -> Result<()> {
    with(|host| {
        check_key(host, "kv_set", key)?;
        host.files.pairs.insert(of(ns, key), value.to_vec());
        Ok(())
    })
}

pub(crate) fn kv_delete(ns: &str, key: &str, _relaxed: bool) -> Result<()> {
    with(|host| {
        check_key(host, "kv_delete", key)?;
        host.files.pairs.remove(&of(ns, key)).map(|_| ()).ok_or(Error::ENOENT)
    })
}

pub(crate) fn kv_has(ns: &str, key: &str) -> Result<bool> {
    with(|host| {
        check_key(host, "kv_has", key)?;
        Ok(host.files.pairs.contains_key(&of(ns, key)))
    })
}

pub(crate) fn kv_scan(ns: &str, prefix: &str, after: &str, room: &mut [u8], used: &mut usize) -> Result<()> {
    with(|host| {
        let mut out = Vec::new();
        let from = of(ns, if after > prefix { after } else { prefix });
        for ((space, key), value) in host.files.pairs.range((Bound::Included(from), Bound::Unbounded)) {
            if space != ns || !key.starts_with(prefix) {
                break;
            }
            if key.as_str() <= after && !after.is_empty() {
                continue;
            }
            let whole = 8 + key.len() + value.len();
            if out.len() + whole > room.len() {
                *used = whole;
                if out.is_empty() {
                    return Err(Error::ERANGE);
                }
                break;
            }
            out.extend((key.len() as u32).to_le_bytes());
            out.extend((value.len() as u32).to_le_bytes());
            out.extend(key.as_bytes());
            out.extend(value);
        }
        *used = out.len();
        room[..out.len()].copy_from_slice(&out);
        Ok(())
    })
}

pub(crate) fn kv_batch(ns: &str, records: &[u8], _relaxed: bool) -> Result<()> {
    with(|host| {
        host.fails("kv_batch")?;
        let mut changes = Vec::new();
        let mut rest = records;
        while !rest.is_empty() {
            let length = |at: usize| rest.get(at..at + 4).map(|bytes| u32::from_le_bytes(bytes.try_into().unwrap())).ok_or(Error::EINVAL);
            let (key, value) = (length(0)? as usize, length(4)?);
            let kept = if value == u32::MAX { 0 } else { value as usize };
            let bytes = rest.get(8..8 + key + kept).filter(|_| (1..=1024).contains(&key)).ok_or(Error::EINVAL)?;
            let name = std::str::from_utf8(&bytes[..key]).map_err(|_| Error::EINVAL)?;
            changes.push((of(ns, name), (value != u32::MAX).then(|| bytes[key..].to_vec())));
            rest = &rest[8 + key + kept..];
        }
        for (key, value) in changes {
            match value {
                Some(value) => drop(host.files.pairs.insert(key, value)),
                None => drop(host.files.pairs.remove(&key)),
            }
        }
        Ok(())
    })
}

/// A number, and the mark that it is the mock's.
fn token_of<'a>(host: &'a mut Host, token: &[u8; 96]) -> Result<&'a mut Token> {
    let number = u32::from_le_bytes(token[..4].try_into().unwrap()) as usize;
    host.files.tokens.get_mut(number).filter(|_| &token[4..8] == b"mock").ok_or(Error::EBADMSG)
}

pub(crate) fn token_create(handle: i32, holder: u32, rights: u32, lifetime: i64) -> Result<[u8; 96]> {
    with(|host| {
        let (path, own) = place(host, handle)?;
        if rights & !own != 0 {
            return Err(Error::ENOTCAPABLE);
        }
        let (maker, until, number) = (host.pid, host.now.saturating_add(lifetime), host.files.tokens.len() as u32);
        host.files.tokens.push(Token { holder, maker, rights, until, path, revoked: false, redeemed: false });
        let mut token = [0; 96];
        token[..4].copy_from_slice(&number.to_le_bytes());
        token[4..8].copy_from_slice(b"mock");
        Ok(token)
    })
}

pub(crate) fn token_redeem(token: &[u8; 96]) -> Result<i32> {
    with(|host| {
        let (pid, now) = (host.pid, host.now);
        let one = token_of(host, token)?;
        let refused = [(one.holder != pid, Error::EACCES), (one.revoked, Error::ENOTCAPABLE), (now > one.until, Error::ETIMEDOUT), (one.redeemed, Error::EALREADY)];
        if let Some((_, error)) = refused.into_iter().find(|(refused, _)| *refused) {
            return Err(error);
        }
        one.redeemed = true;
        let open = Open::File { path: one.path.clone(), rights: one.rights, offset: 0, append: false };
        Ok(host.open(open))
    })
}

pub(crate) fn token_revoke(token: &[u8; 96]) -> Result<()> {
    with(|host| {
        let pid = host.pid;
        let one = token_of(host, token)?;
        if one.maker != pid {
            return Err(Error::EACCES);
        }
        one.revoked = true;
        Ok(())
    })
}
