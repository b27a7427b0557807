// Package host is what the SDK calls: the real host for wasip1, the mock elsewhere. Both have the same functions.
package host

// Errno is an errno of preview 1; 0 for success.
type Errno uint16

// The numbers of preview 1.
const (
	E2BIG        Errno = 1
	EACCES       Errno = 2
	EAGAIN       Errno = 6
	EALREADY     Errno = 7
	EBADF        Errno = 8
	EBADMSG      Errno = 9
	ECHILD       Errno = 12
	EDEADLK      Errno = 16
	EDQUOT       Errno = 19
	EEXIST       Errno = 20
	EFBIG        Errno = 22
	EHOSTUNREACH Errno = 23
	EILSEQ       Errno = 25
	EINVAL       Errno = 28
	EISDIR       Errno = 31
	EMSGSIZE     Errno = 35
	ENAMETOOLONG Errno = 37
	ENOENT       Errno = 44
	ENOSPC       Errno = 51
	ENOSYS       Errno = 52
	ENOTDIR      Errno = 54
	ENOTSUP      Errno = 58
	EPERM        Errno = 63
	EPROTO       Errno = 65
	ERANGE       Errno = 68
	ETIMEDOUT    Errno = 73
	ENOTCAPABLE  Errno = 76
)

var names = map[Errno]string{
	EACCES: "EACCES", EAGAIN: "EAGAIN", EALREADY: "EALREADY", EBADF: "EBADF", EBADMSG: "EBADMSG", ECHILD: "ECHILD", EDEADLK: "EDEADLK",
	EDQUOT: "EDQUOT", EEXIST: "EEXIST", EHOSTUNREACH: "EHOSTUNREACH", EINVAL: "EINVAL", EISDIR: "EISDIR", EMSGSIZE: "EMSGSIZE", ENOENT: "ENOENT",
	ENOSPC: "ENOSPC", ENOSYS: "ENOSYS", ENOTDIR: "ENOTDIR", EPERM: "EPERM", EPROTO: "EPROTO", ERANGE: "ERANGE", ETIMEDOUT: "ETIMEDOUT",
	ENOTCAPABLE: "ENOTCAPABLE", E2BIG: "E2BIG", EFBIG: "EFBIG", EILSEQ: "EILSEQ", ENAMETOOLONG: "ENAMETOOLONG", ENOTSUP: "ENOTSUP",
}

// Error is its name, such as "ENOENT".
func (errno Errno) Error() string {
	if name, ok := names[errno]; ok {
		return name
	}
	return "errno"
}

// Err is nil for success.
func (errno Errno) Err() error {
	if errno == 0 {
		return nil
	}
	return errno
}

// Publication is a message before it is sent.
type Publication struct {
	Subject, Type string
	Payload       []byte
	Retain        bool
}

// Subscription is one before it is opened.
type Subscription struct {
	Pattern, Group   string
	Policy, Capacity uint32
	LastValues       bool
}
