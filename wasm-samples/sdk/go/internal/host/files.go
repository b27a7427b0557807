//go:build !wasip1

package host

import (
	"encoding/binary"
	"maps"
	"path"
	"slices"
	"strings"
)

type token struct {
	holder, maker, rights uint32
	until                 int64
	path                  string
	revoked, redeemed     bool
}

func (m *mock) file(handle int32) (*open, Errno) {
	one := m.handles[handle]
	if one == nil || one.path == "" {
		return nil, EBADF
	}
	return one, 0
}

// resolve gives the whole path and the directory. EPERM where the path would lead out.
func (m *mock) resolve(dir int32, name string) (string, *open, Errno) {
	base, errno := m.file(dir)
	if errno != 0 {
		return "", nil, errno
	}
	if node, there := m.nodes[base.path]; name != "" && (!there || node != nil) {
		return "", nil, ENOTDIR
	}
	whole := path.Join(base.path, name)
	if strings.HasPrefix(name, "/") || whole != base.path && !strings.HasPrefix(whole, base.path+"/") {
		return "", nil, EPERM
	}
	return whole, base, 0
}

func Preopen(handle int32) (string, Errno) {
	if handle != 3 {
		return "", EBADF
	}
	return "/home", 0
}

func VfsOpenDir(dir int32, name string, rights uint32) (int32, Errno) {
	whole, base, errno := m.resolve(dir, name)
	if errno = first(m.fails("vfs_open_dir"), errno); errno != 0 {
		return 0, errno
	}
	node, there := m.nodes[whole]
	if !there {
		return 0, ENOENT
	}
	if node != nil {
		return 0, ENOTDIR
	}
	return m.add(&open{path: whole, rights: base.rights & rights}), 0
}

func VfsOpen(dir int32, name string, flags uint32) (int32, Errno) {
	whole, base, errno := m.resolve(dir, name)
	if errno = first(m.fails("vfs_open"), errno); errno != 0 {
		return 0, errno
	}
	node, there := m.nodes[whole]
	parent, inside := m.nodes[path.Dir(whole)]
	create := flags&4 != 0 && inside && parent == nil
	needed := flags & 1
	if flags&(2|16|32) != 0 {
		needed |= 2
	}
	if !there && flags&4 != 0 {
		needed |= 4
	}
	switch {
	case needed&^base.rights != 0:
		return 0, ENOTCAPABLE
	case there && flags&8 != 0:
		return 0, EEXIST
	case !there && !create:
		return 0, ENOENT
	case there && node == nil && flags&2 != 0:
		return 0, EISDIR
	case !there:
		m.nodes[whole] = &[]byte{}
	case node != nil && flags&16 != 0:
		*node = nil
	}
	return m.add(&open{path: whole, rights: flags & 3, append: flags&32 != 0}), 0
}

func VfsRead(handle int32, room []byte, offset int64) (int, Errno) {
	one, errno := m.file(handle)
	if errno != 0 {
		return 0, errno
	}
	node := m.nodes[one.path]
	if node == nil {
		return 0, EISDIR
	}
	if one.rights&1 == 0 {
		return 0, EBADF
	}
	at := offset
	if offset < 0 {
		at = one.offset
	}
	count := copy(room, (*node)[min(at, int64(len(*node))):])
	if offset < 0 {
		one.offset += int64(count)
	}
	return count, 0
}

func VfsWrite(handle int32, bytes []byte, offset int64) (int, Errno) {
	one, errno := m.file(handle)
	if errno = first(m.fails("vfs_write"), errno); errno != 0 {
		return 0, errno
	}
	node := m.nodes[one.path]
	if node == nil || one.rights&2 == 0 {
		return 0, EBADF
	}
	at := offset
	if offset < 0 {
		at = one.offset
	}
	if one.append {
		at = int64(len(*node))
	}
	if missing := at + int64(len(bytes)) - int64(len(*node)); missing > 0 {
		*node = append(*node, make([]byte, missing)...)
	}
	copy((*node)[at:], bytes)
	if offset < 0 {
		one.offset = at + int64(len(bytes))
	}
	return len(bytes), 0
}

func kind(node *[]byte) byte {
	if node == nil {
		return 3
	}
	return 4
}

func VfsStat(dir int32, name string, stat *[64]byte) Errno {
	whole, _, errno := m.resolve(dir, name)
	if errno != 0 {
		return errno
	}
	node, there := m.nodes[whole]
	if !there {
		return ENOENT
	}
	stat[16], stat[24] = kind(node), 1
	if node != nil {
		binary.LittleEndian.PutUint64(stat[32:], uint64(len(*node)))
	}
	return 0
}

func VfsList(dir int32, cookie uint64, room []byte) (int, Errno) {
	base, errno := m.file(dir)
	if errno != 0 {
		return 0, errno
	}
	le := binary.LittleEndian
	var all []byte
	index := uint64(0)
	for _, whole := range slices.Sorted(maps.Keys(m.nodes)) {
		name, below := strings.CutPrefix(whole, base.path+"/")
		if !below || strings.Contains(name, "/") {
			continue
		}
		if index++; index > cookie {
			all = le.AppendUint32(le.AppendUint64(le.AppendUint64(all, index), index), uint32(len(name)))
			all = append(append(all, kind(m.nodes[whole]), 0, 0, 0), name...)
		}
	}
	return copy(room, all), 0
}

func checkKey(call, key string) Errno {
	if errno := m.fails(call); errno != 0 {
		return errno
	}
	if len(key) < 1 {
		return EINVAL
	}
	if len(key) > 1024 {
		return ENAMETOOLONG
	}
	return 0
}

func KvGet(ns, key string, room []byte) (int, Errno) {
	if errno := checkKey("kv_get", key); errno != 0 {
		return 0, errno
	}
	value, there := m.pairs[ns][key]
	if !there {
		return 0, ENOENT
	}
	if len(value) > len(room) {
		return len(value), ERANGE
	}
	return copy(room, value), 0
}

func put(ns, key string, value []byte) {
	if m.pairs[ns] == nil {
		m.pairs[ns] = map[string][]byte{}
	}
	m.pairs[ns][key] = slices.Clone(value)
}

func KvSet(ns, key string, value []byte, _ bool) Errno {
	errno := checkKey("kv_set", key)
	if errno == 0 {
		put(ns, key, value)
	}
	return errno
}

func KvDelete(ns, key string, _ bool) Errno {
	if errno := checkKey("kv_delete", key); errno != 0 {
		return errno
	}
	if _, there := m.pairs[ns][key]; !there {
		return ENOENT
	}
	delete(m.pairs[ns], key)
	return 0
}

func KvHas(ns, key string) (bool, Errno) {
	errno := checkKey("kv_has", key)
	_, there := m.pairs[ns][key]
	return there && errno == 0, errno
}

func KvScan(ns, prefix, after string, room []byte) (int, Errno) {
	le := binary.LittleEndian
	var out []byte
	for _, key := range slices.Sorted(maps.Keys(m.pairs[ns])) {
		if !strings.HasPrefix(key, prefix) || after != "" && key <= after {
			continue
		}
		value := m.pairs[ns][key]
		whole := 8 + len(key) + len(value)
		if len(out)+whole > len(room) {
			if len(out) == 0 {
				return whole, ERANGE
			}
			break
		}
		out = le.AppendUint32(le.AppendUint32(out, uint32(len(key))), uint32(len(value)))
		out = append(append(out, key...), value...)
	}
	return copy(room, out), 0
}

// KvBatch goes through once to check, once to do it.
func KvBatch(ns string, records []byte, _ bool) Errno {
	if errno := m.fails("kv_batch"); errno != 0 {
		return errno
	}
	le := binary.LittleEndian
	for pass := range 2 {
		for rest := records; len(rest) > 0; {
			if len(rest) < 8 {
				return EINVAL
			}
			key, value := uint64(le.Uint32(rest)), uint64(le.Uint32(rest[4:]))
			remove := value == 0xffffffff
			if remove {
				value = 0
			}
			if key < 1 || key > 1024 || 8+key+value > uint64(len(rest)) {
				return EINVAL
			}
			name := string(rest[8 : 8+key])
			if pass == 1 && remove {
				delete(m.pairs[ns], name)
			} else if pass == 1 {
				put(ns, name, rest[8+key:8+key+value])
			}
			rest = rest[8+key+value:]
		}
	}
	return 0
}

// find knows a token by a number, and the mark that it is the mock's.
func find(bytes [96]byte) *token {
	number := binary.LittleEndian.Uint32(bytes[:])
	if string(bytes[4:8]) != "mock" || number >= uint32(len(m.tokens)) {
		return nil
	}
	return m.tokens[number]
}

func TokenCreate(handle int32, holder, rights uint32, lifetime int64) (bytes [96]byte, errno Errno) {
	one, errno := m.file(handle)
	if errno != 0 {
		return bytes, errno
	}
	if rights&^one.rights != 0 {
		return bytes, ENOTCAPABLE
	}
	binary.LittleEndian.PutUint32(bytes[:], uint32(len(m.tokens)))
	copy(bytes[4:], "mock")
	m.tokens = append(m.tokens, &token{holder: holder, maker: m.pid, rights: rights, until: m.now + lifetime, path: one.path})
	return bytes, 0
}

func TokenRedeem(bytes [96]byte) (int32, Errno) {
	one := find(bytes)
	switch {
	case one == nil:
		return 0, EBADMSG
	case one.holder != m.pid:
		return 0, EACCES
	case one.revoked:
		return 0, ENOTCAPABLE
	case m.now > one.until:
		return 0, ETIMEDOUT
	case one.redeemed:
		return 0, EALREADY
	}
	one.redeemed = true
	return m.add(&open{path: one.path, rights: one.rights}), 0
}

func TokenRevoke(bytes [96]byte) Errno {
	one := find(bytes)
	if one == nil {
		return EBADMSG
	}
	if one.maker != m.pid {
		return EACCES
	}
	one.revoked = true
	return 0
}
