// Package astrid gives programs in the sandbox messages, key-value pairs, files by handle, capabilities, HTTP and processes.
//
// For GOOS=wasip1 GOARCH=wasm it calls the host (module astrid, specified in ABI.md). Built for anything else it calls a host in memory,
// package astrid/mock, so that go test tests a program's logic on the machine itself.
//
// Every call that leaves the sandbox may wait for the user, and be refused: ENOTCAPABLE (nobody granted it), EACCES (the policy or the user
// said no), ETIMEDOUT (nobody answered), EDQUOT (a budget is used up). A call that waits stops the whole program, all its goroutines.
package astrid

import "astrid/internal/host"

// Errno is an errno of preview 1, never 0. Compare with errors.Is or ==.
type Errno = host.Errno

// What this package returns; others may come from below it.
const (
	E2BIG        = host.E2BIG        // Too much at once.
	EACCES       = host.EACCES       // Refused by the policy or the user.
	EAGAIN       = host.EAGAIN       // Not now: it would have to wait, or a mailbox is full.
	EALREADY     = host.EALREADY     // The token was used before.
	EBADF        = host.EBADF        // No such handle, or not for this.
	EBADMSG      = host.EBADMSG      // The token is forged or was changed.
	ECHILD       = host.ECHILD       // No such child.
	EDEADLK      = host.EDEADLK      // It would wait for ever; only the mock says so.
	EDQUOT       = host.EDQUOT       // A budget or quota is used up.
	EEXIST       = host.EEXIST       // It is there already.
	EFBIG        = host.EFBIG        // The value is too large.
	EHOSTUNREACH = host.EHOSTUNREACH // Nobody listens, or no connection.
	EILSEQ       = host.EILSEQ       // No UTF-8.
	EINVAL       = host.EINVAL       // Not valid.
	EISDIR       = host.EISDIR       // A directory.
	EMSGSIZE     = host.EMSGSIZE     // Too large.
	ENAMETOOLONG = host.ENAMETOOLONG // The key is too long.
	ENOENT       = host.ENOENT       // No such thing.
	ENOSPC       = host.ENOSPC       // No room on the disk.
	ENOSYS       = host.ENOSYS       // This host does not know the call.
	ENOTDIR      = host.ENOTDIR      // No directory.
	ENOTSUP      = host.ENOTSUP      // Not for this program.
	EPERM        = host.EPERM        // The path leads out of its directory, or only the kernel may.
	EPROTO       = host.EPROTO       // What came is not what the protocol says.
	ERANGE       = host.ERANGE       // The buffer is too small.
	ETIMEDOUT    = host.ETIMEDOUT    // Nobody answered in time.
	ENOTCAPABLE  = host.ENOTCAPABLE  // Not granted, or revoked.
)

// Level says how much a line of the log matters.
type Level int32

// From the least to the most.
const (
	Trace Level = iota
	Debug
	Info
	Warn
	Error
)

// Log writes a line for whoever reads the logs (log.<pid>): plain text, or a JSON object, up to 16 KiB.
func Log(level Level, text string) error { return host.Log(int32(level), text).Err() }

// Pid is the process's own number.
func Pid() uint32 { return host.Pid() }

// Child is a program that was started.
type Child struct{ Pid uint32 }

// Spawn starts the program at path with arguments (without its name) and grants, a JSON object with the members of [grants] in a manifest:
// never more than one's own; "" for none. EINVAL: an argument has a NUL in it.
func Spawn(path string, args []string, grants string) (Child, error) {
	var joined []byte
	for _, arg := range args {
		for i := 0; i < len(arg); i++ {
			if arg[i] == 0 {
				return Child{}, EINVAL
			}
		}
		joined = append(append(joined, arg...), 0)
	}
	pid, errno := host.Spawn(path, joined, grants)
	return Child{pid}, errno.Err()
}

// Wait waits for its end; gives its exit code.
func (child Child) Wait() (int32, error) {
	status, errno := host.Wait(child.Pid)
	return status, errno.Err()
}
