package astrid

import (
	"encoding/binary"
	"io"
	"time"

	"astrid/internal/host"
)

// Rights are what may be done below a directory.
type Rights uint32

// The rights.
const (
	CanRead   Rights = 1 << iota // Contents, names and records.
	CanWrite                     // Contents and times of what is there.
	CanCreate                    // New names.
	CanDelete                    // Names go.
)

// Flags say how a file is opened.
type Flags uint32

// The flags.
const (
	Read     Flags = 1 << iota // To read.
	Write                      // To write.
	Create                     // Make it if it is not there.
	New                        // EEXIST if it is there.
	Truncate                   // Cut it to nothing.
	Append                     // Each write goes to the end.
)

// Kind is what a name stands for: a filetype of preview 1.
type Kind uint8

// The kinds that one meets.
const (
	IsDevice    Kind = 2
	IsDirectory Kind = 3
	IsFile      Kind = 4
	IsSymlink   Kind = 7
)

// Stat is what is known of a file.
type Stat struct {
	Kind                        Kind
	Inode, Links, Size          uint64
	Accessed, Modified, Changed time.Time
}

func stat(handle int32, path string) (Stat, error) {
	var raw [64]byte
	if errno := host.VfsStat(handle, path, &raw); errno != 0 {
		return Stat{}, errno
	}
	number := func(at int) uint64 { return binary.LittleEndian.Uint64(raw[at:]) }
	moment := func(at int) time.Time { return time.Unix(0, int64(number(at))) }
	return Stat{Kind(raw[16]), number(8), number(24), number(32), moment(40), moment(48), moment(56)}, nil
}

// Dir is a directory handle. Paths are relative to it and never lead out of it (EPERM).
type Dir struct{ handle int32 }

// Preopen gives the directory that was given at the start under this name, such as "/home". ENOENT: it was not.
func Preopen(name string) (Dir, error) {
	for handle := int32(3); ; handle++ {
		found, errno := host.Preopen(handle)
		switch {
		case errno == EBADF:
			return Dir{}, ENOENT
		case errno != 0:
			return Dir{}, errno
		case found == name:
			return Dir{handle}, nil
		}
	}
}

// OpenDir opens a directory below, with at most these of the rights of this one.
func (dir Dir) OpenDir(path string, rights Rights) (Dir, error) {
	handle, errno := host.VfsOpenDir(dir.handle, path, uint32(rights))
	return Dir{handle}, errno.Err()
}

// Open opens a file below.
func (dir Dir) Open(path string, flags Flags) (*File, error) {
	handle, errno := host.VfsOpen(dir.handle, path, uint32(flags))
	if errno != 0 {
		return nil, errno
	}
	return &File{handle}, nil
}

// ReadFile gives the whole of a file.
func (dir Dir) ReadFile(path string) ([]byte, error) {
	file, err := dir.Open(path, Read)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(file)
}

// WriteFile makes or replaces a file.
func (dir Dir) WriteFile(path string, bytes []byte) error {
	file, err := dir.Open(path, Write|Create|Truncate)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = file.Write(bytes)
	return err
}

// Stat says what is known of a path below; "" is the directory itself.
func (dir Dir) Stat(path string) (Stat, error) { return stat(dir.handle, path) }

// Name is a name in a directory.
type Name struct {
	Name  string
	Kind  Kind
	Inode uint64
}

// List gives its names, without "." and "..", in no order.
func (dir Dir) List() ([]Name, error) {
	var names []Name
	var cookie uint64
	room := make([]byte, 16384)
	for {
		used, errno := host.VfsList(dir.handle, cookie, room)
		if errno != 0 {
			return nil, errno
		}
		before := cookie
		for rest := room[:used]; len(rest) >= 24; {
			length := uint64(binary.LittleEndian.Uint32(rest[16:]))
			if 24+length > uint64(len(rest)) {
				break
			}
			name := string(rest[24 : 24+length])
			if name != "." && name != ".." {
				names = append(names, Name{name, Kind(rest[20]), binary.LittleEndian.Uint64(rest[8:])})
			}
			cookie, rest = binary.LittleEndian.Uint64(rest), rest[24+length:]
		}
		if used < len(room) || cookie == before {
			return names, nil
		}
	}
}

// Token makes one for another process: only holder can redeem it. At most the rights of this handle.
func (dir Dir) Token(holder uint32, rights Rights, lifetime time.Duration) (Token, error) {
	token, errno := host.TokenCreate(dir.handle, holder, uint32(rights), int64(lifetime))
	return token, errno.Err()
}

// Close closes it.
func (dir Dir) Close() error { return host.Close(dir.handle).Err() }

// File is an open file. Read and Write go on from where it stands.
type File struct{ handle int32 }

func (file *File) read(room []byte, offset int64) (int, error) {
	if len(room) == 0 {
		return 0, nil
	}
	count, errno := host.VfsRead(file.handle, room, offset)
	if errno == 0 && count == 0 {
		return 0, io.EOF
	}
	return count, errno.Err()
}

func (file *File) write(bytes []byte, offset int64) (int, error) {
	done := 0
	for done < len(bytes) {
		at := offset
		if at >= 0 {
			at += int64(done)
		}
		count, errno := host.VfsWrite(file.handle, bytes[done:], at)
		if errno != 0 {
			return done, errno
		}
		done += count
	}
	return done, nil
}

// Read is io.Reader.
func (file *File) Read(room []byte) (int, error) { return file.read(room, -1) }

// Write is io.Writer.
func (file *File) Write(bytes []byte) (int, error) { return file.write(bytes, -1) }

// ReadAt is io.ReaderAt.
func (file *File) ReadAt(room []byte, offset int64) (int, error) {
	done := 0
	for done < len(room) {
		count, err := file.read(room[done:], offset+int64(done))
		done += count
		if err != nil {
			return done, err
		}
	}
	return done, nil
}

// WriteAt is io.WriterAt.
func (file *File) WriteAt(bytes []byte, offset int64) (int, error) { return file.write(bytes, offset) }

// Stat says what is known of it.
func (file *File) Stat() (Stat, error) { return stat(file.handle, "") }

// Close closes it.
func (file *File) Close() error { return host.Close(file.handle).Err() }

// Token is a right as bytes that the kernel signed: of use to its holder only, once, until its time is over or its maker revokes it. It can
// be sent in any message.
type Token [96]byte

// RedeemDir opens the directory. EACCES: the token is another's; EBADMSG: forged or changed; ETIMEDOUT: its time is over; ENOTCAPABLE: revoked;
// EALREADY: used.
func (token Token) RedeemDir() (Dir, error) {
	handle, errno := host.TokenRedeem(token)
	return Dir{handle}, errno.Err()
}

// RedeemFile does the same for a token of a file.
func (token Token) RedeemFile() (*File, error) {
	handle, errno := host.TokenRedeem(token)
	if errno != 0 {
		return nil, errno
	}
	return &File{handle}, nil
}

// Revoke is for who made it: what was opened with it fails from now on.
func (token Token) Revoke() error { return host.TokenRevoke(token).Err() }

// RequestCapability asks for a right that the program has not, with the reason that the user is shown. action is JSON as grants are:
// {"kind":"file","path":"/home/a/**","rights":["read"],"reason":"…"}. For files the token is to be redeemed. EACCES: refused; ETIMEDOUT: nobody
// answered, which is not a no.
func RequestCapability(action string, deadline time.Duration) (Token, error) {
	token, errno := host.CapRequest(action, int64(deadline))
	return token, errno.Err()
}
