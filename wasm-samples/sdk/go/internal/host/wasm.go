//go:build wasip1

package host

import (
	"runtime"
	"unsafe"
)

type pointer = unsafe.Pointer

//go:wasmimport astrid astrid_publish
func astridPublish(subject string, payload pointer, payloadLen uint32, options pointer) uint32

//go:wasmimport astrid astrid_subscribe
func astridSubscribe(pattern string, options pointer, handle pointer) uint32

//go:wasmimport astrid astrid_request
func astridRequest(subject string, payload pointer, payloadLen uint32, deadline int64, handle pointer) uint32

//go:wasmimport astrid astrid_reply
func astridReply(message, payload pointer, payloadLen uint32) uint32

//go:wasmimport astrid astrid_kv_get
func astridKvGet(ns, key string, room pointer, roomLen uint32, size pointer) uint32

//go:wasmimport astrid astrid_kv_set
func astridKvSet(ns, key string, value pointer, valueLen, flags uint32) uint32

//go:wasmimport astrid astrid_kv_delete
func astridKvDelete(ns, key string, flags uint32) uint32

//go:wasmimport astrid astrid_kv_has
func astridKvHas(ns, key string, found pointer) uint32

//go:wasmimport astrid astrid_kv_scan
func astridKvScan(ns, prefix, after string, room pointer, roomLen uint32, used pointer) uint32

//go:wasmimport astrid astrid_kv_batch
func astridKvBatch(ns string, records pointer, recordsLen, flags uint32) uint32

//go:wasmimport astrid astrid_vfs_open_dir
func astridVfsOpenDir(dir int32, path string, rights uint32, handle pointer) uint32

//go:wasmimport astrid astrid_vfs_open
func astridVfsOpen(dir int32, path string, flags uint32, handle pointer) uint32

//go:wasmimport astrid astrid_vfs_read
func astridVfsRead(handle int32, room pointer, roomLen uint32, offset int64, size pointer) uint32

//go:wasmimport astrid astrid_vfs_write
func astridVfsWrite(handle int32, bytes pointer, bytesLen uint32, offset int64, size pointer) uint32

//go:wasmimport astrid astrid_vfs_stat
func astridVfsStat(dir int32, path string, stat pointer) uint32

//go:wasmimport astrid astrid_vfs_list
func astridVfsList(dir int32, cookie uint64, room pointer, roomLen uint32, used pointer) uint32

//go:wasmimport astrid astrid_token_create
func astridTokenCreate(handle int32, holder, rights uint32, lifetime int64, token pointer) uint32

//go:wasmimport astrid astrid_token_redeem
func astridTokenRedeem(token, handle pointer) uint32

//go:wasmimport astrid astrid_token_revoke
func astridTokenRevoke(token pointer) uint32

//go:wasmimport astrid astrid_cap_request
func astridCapRequest(action string, deadline int64, token pointer) uint32

//go:wasmimport astrid astrid_http_request
func astridHttpRequest(request pointer, requestLen uint32, handle pointer) uint32

//go:wasmimport astrid astrid_log
func astridLog(level int32, fields string) uint32

//go:wasmimport astrid astrid_spawn
func astridSpawn(path string, args pointer, argsLen uint32, grants string, pid pointer) uint32

//go:wasmimport astrid astrid_wait
func astridWait(pid uint32, status pointer) uint32

//go:wasmimport astrid astrid_pid
func astridPid() uint32

//go:wasmimport wasi_snapshot_preview1 fd_read
func fdRead(fd int32, parts pointer, count uint32, got pointer) uint32

//go:wasmimport wasi_snapshot_preview1 fd_close
func fdClose(fd int32) uint32

//go:wasmimport wasi_snapshot_preview1 fd_filestat_get
func fdFilestatGet(fd int32, stat pointer) uint32

//go:wasmimport wasi_snapshot_preview1 fd_prestat_get
func fdPrestatGet(fd int32, prestat pointer) uint32

//go:wasmimport wasi_snapshot_preview1 fd_prestat_dir_name
func fdPrestatDirName(fd int32, name pointer, length uint32) uint32

//go:wasmimport wasi_snapshot_preview1 poll_oneoff
func pollOneoff(wanted, events pointer, count uint32, got pointer) uint32

func at(bytes []byte) pointer { return pointer(unsafe.SliceData(bytes)) }

func size(bytes []byte) uint32 { return uint32(len(bytes)) }

// address is for what lies in a structure: Go's pointers have 64 bits, the host's 32. Whoever calls it keeps the text alive.
func address(text string) uint32 { return uint32(uintptr(pointer(unsafe.StringData(text)))) }

func flag(set bool) uint32 {
	if set {
		return 1
	}
	return 0
}

func Publish(one Publication) Errno {
	kind := one.Type
	options := &[4]uint32{flag(one.Retain), address(kind), uint32(len(kind)), 0}
	errno := astridPublish(one.Subject, at(one.Payload), size(one.Payload), pointer(options))
	runtime.KeepAlive(kind)
	return Errno(errno)
}

func Subscribe(one Subscription) (handle int32, errno Errno) {
	group := one.Group
	options := &[6]uint32{flag(one.LastValues), one.Policy, one.Capacity, address(group), uint32(len(group)), 0}
	errno = Errno(astridSubscribe(one.Pattern, pointer(options), pointer(&handle)))
	runtime.KeepAlive(group)
	return
}

func Request(subject string, payload []byte, deadline int64) (handle int32, errno Errno) {
	errno = Errno(astridRequest(subject, at(payload), size(payload), deadline, pointer(&handle)))
	return
}

func Reply(frame, payload []byte) Errno {
	return Errno(astridReply(at(frame), at(payload), size(payload)))
}

func Read(handle int32, room []byte) (int, Errno) {
	var got uint32
	part := &[2]uint32{uint32(uintptr(at(room))), size(room)}
	errno := fdRead(handle, pointer(part), 1, pointer(&got))
	runtime.KeepAlive(room)
	return int(got), Errno(errno)
}

func Close(handle int32) Errno { return Errno(fdClose(handle)) }

func Size(handle int32) (int, Errno) {
	var stat [8]uint64
	errno := fdFilestatGet(handle, pointer(&stat))
	return int(stat[4]), Errno(errno)
}

type wanted struct {
	user, tag uint64
	number    uint32 // The clock, or the descriptor.
	timeout   uint64
	rest      [2]uint64
}

type event struct {
	user   uint64
	error  uint16
	kind   uint8
	nbytes uint64
	flags  uint64
}

// Ready says whether it can be read within the time.
func Ready(handle int32, timeout int64) (bool, Errno) {
	const monotonic, fdReadable = 1, 1
	in := &[2]wanted{{user: 1, tag: fdReadable, number: uint32(handle)}, {number: monotonic, timeout: uint64(max(timeout, 0))}}
	var out [2]event
	var got uint32
	if errno := pollOneoff(pointer(in), pointer(&out), 2, pointer(&got)); errno != 0 {
		return false, Errno(errno)
	}
	for _, one := range out[:got] {
		if one.user == 1 {
			return one.error == 0, Errno(one.error)
		}
	}
	return false, 0
}

func KvGet(ns, key string, room []byte) (int, Errno) {
	var length uint32
	errno := astridKvGet(ns, key, at(room), size(room), pointer(&length))
	return int(length), Errno(errno)
}

func KvSet(ns, key string, value []byte, relaxed bool) Errno {
	return Errno(astridKvSet(ns, key, at(value), size(value), flag(relaxed)))
}

func KvDelete(ns, key string, relaxed bool) Errno {
	return Errno(astridKvDelete(ns, key, flag(relaxed)))
}

func KvHas(ns, key string) (bool, Errno) {
	var found uint32
	errno := astridKvHas(ns, key, pointer(&found))
	return found != 0, Errno(errno)
}

func KvScan(ns, prefix, after string, room []byte) (int, Errno) {
	var used uint32
	errno := astridKvScan(ns, prefix, after, at(room), size(room), pointer(&used))
	return int(used), Errno(errno)
}

func KvBatch(ns string, records []byte, relaxed bool) Errno {
	return Errno(astridKvBatch(ns, at(records), size(records), flag(relaxed)))
}

func Preopen(handle int32) (string, Errno) {
	var prestat [2]uint32
	if errno := fdPrestatGet(handle, pointer(&prestat)); errno != 0 {
		return "", Errno(errno)
	}
	name := make([]byte, prestat[1])
	errno := fdPrestatDirName(handle, at(name), size(name))
	return string(name), Errno(errno)
}

func VfsOpenDir(dir int32, path string, rights uint32) (handle int32, errno Errno) {
	errno = Errno(astridVfsOpenDir(dir, path, rights, pointer(&handle)))
	return
}

func VfsOpen(dir int32, path string, flags uint32) (handle int32, errno Errno) {
	errno = Errno(astridVfsOpen(dir, path, flags, pointer(&handle)))
	return
}

func VfsRead(handle int32, room []byte, offset int64) (int, Errno) {
	var count uint32
	errno := astridVfsRead(handle, at(room), size(room), offset, pointer(&count))
	return int(count), Errno(errno)
}

func VfsWrite(handle int32, bytes []byte, offset int64) (int, Errno) {
	var count uint32
	errno := astridVfsWrite(handle, at(bytes), size(bytes), offset, pointer(&count))
	return int(count), Errno(errno)
}

func VfsStat(dir int32, path string, stat *[64]byte) Errno {
	return Errno(astridVfsStat(dir, path, pointer(stat)))
}

func VfsList(dir int32, cookie uint64, room []byte) (int, Errno) {
	var used uint32
	errno := astridVfsList(dir, cookie, at(room), size(room), pointer(&used))
	return int(used), Errno(errno)
}

func TokenCreate(handle int32, holder, rights uint32, lifetime int64) (token [96]byte, errno Errno) {
	errno = Errno(astridTokenCreate(handle, holder, rights, lifetime, pointer(&token)))
	return
}

func TokenRedeem(token [96]byte) (handle int32, errno Errno) {
	errno = Errno(astridTokenRedeem(pointer(&token), pointer(&handle)))
	return
}

func TokenRevoke(token [96]byte) Errno { return Errno(astridTokenRevoke(pointer(&token))) }

func CapRequest(action string, deadline int64) (token [96]byte, errno Errno) {
	errno = Errno(astridCapRequest(action, deadline, pointer(&token)))
	return
}

func HttpRequest(request []byte) (handle int32, errno Errno) {
	errno = Errno(astridHttpRequest(at(request), size(request), pointer(&handle)))
	return
}

func Log(level int32, fields string) Errno { return Errno(astridLog(level, fields)) }

func Spawn(path string, args []byte, grants string) (pid uint32, errno Errno) {
	errno = Errno(astridSpawn(path, at(args), size(args), grants, pointer(&pid)))
	return
}

func Wait(pid uint32) (status int32, errno Errno) {
	errno = Errno(astridWait(pid, pointer(&status)))
	return
}

func Pid() uint32 { return astridPid() }
