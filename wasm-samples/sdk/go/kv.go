package astrid

import (
	"encoding/binary"
	"iter"

	"astrid/internal/host"
)

// Store is a namespace of key-value pairs: "" is the program's own, others need a grant. Keys have 1 to 1024 bytes, values up to 8 MiB.
type Store struct {
	Name string
	// Relaxed does not wait until a change is on disk.
	Relaxed bool
}

// Get gives a value. ENOENT: no such key.
func (store Store) Get(key string) ([]byte, error) {
	value := make([]byte, 4096)
	for {
		size, errno := host.KvGet(store.Name, key, value)
		if errno == ERANGE {
			value = make([]byte, size)
			continue
		}
		if errno != 0 {
			return nil, errno
		}
		return value[:size], nil
	}
}

// Set sets a key. EDQUOT, ENOSPC: there is no room for it.
func (store Store) Set(key string, value []byte) error {
	return host.KvSet(store.Name, key, value, store.Relaxed).Err()
}

// Delete deletes a key. ENOENT: it was not there.
func (store Store) Delete(key string) error {
	return host.KvDelete(store.Name, key, store.Relaxed).Err()
}

// Has says whether a key is there.
func (store Store) Has(key string) (bool, error) {
	found, errno := host.KvHas(store.Name, key)
	return found, errno.Err()
}

// Entry is a key with its value.
type Entry struct {
	Key   string
	Value []byte
}

// Scan gives the entries whose keys begin with prefix, in key order, read 64 KiB at a time. It ends after an error, which it gives.
func (store Store) Scan(prefix string) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		after, room := "", make([]byte, 65536)
		for {
			used, errno := host.KvScan(store.Name, prefix, after, room)
			if errno == ERANGE && used > len(room) {
				room = make([]byte, used)
				continue
			}
			if errno != 0 {
				yield(Entry{}, errno)
			}
			if errno != 0 || used == 0 {
				return
			}
			for rest := room[:used]; len(rest) > 0; {
				entry, next, ok := cut(rest)
				if !ok {
					yield(Entry{}, EPROTO)
					return
				}
				if !yield(entry, nil) {
					return
				}
				after, rest = entry.Key, next
			}
		}
	}
}

func cut(records []byte) (Entry, []byte, bool) {
	if len(records) < 8 {
		return Entry{}, nil, false
	}
	key, value := uint64(binary.LittleEndian.Uint32(records)), uint64(binary.LittleEndian.Uint32(records[4:]))
	if 8+key+value > uint64(len(records)) {
		return Entry{}, nil, false
	}
	body := records[8:]
	return Entry{string(body[:key]), append([]byte(nil), body[key:key+value]...)}, body[key+value:], true
}

// Batch is changes that are made all or not at all.
type Batch struct{ records []byte }

func (batch *Batch) add(key string, value []byte, length uint32) {
	le := binary.LittleEndian
	batch.records = le.AppendUint32(le.AppendUint32(batch.records, uint32(len(key))), length)
	batch.records = append(append(batch.records, key...), value...)
}

// Set sets a key.
func (batch *Batch) Set(key string, value []byte) { batch.add(key, value, uint32(len(value))) }

// Delete deletes a key, which need not be there.
func (batch *Batch) Delete(key string) { batch.add(key, nil, 0xffffffff) }

// Commit makes all of the changes.
func (store Store) Commit(batch *Batch) error {
	return host.KvBatch(store.Name, batch.records, store.Relaxed).Err()
}
