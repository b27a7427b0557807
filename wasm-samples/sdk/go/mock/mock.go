//go:build !wasip1

// Package mock steers the host in memory that package astrid calls in unit tests.
//
// One program, or several that take turns: what is called counts as called by the process that ActAs named last. Nothing ever waits: what
// would wait for ever is EDEADLK; what has a deadline moves the mock's clock there. There is one preopened directory, /home, which is
// empty. The mock is one for all: tests that use it do not run in parallel.
package mock

import (
	"astrid"
	"astrid/internal/host"
)

// Reset forgets everything.
func Reset() { host.Reset() }

// ActAs makes the calls from here on those of process pid. At the start: 1.
func ActAs(pid uint32) { host.ActAs(pid) }

// FailNext makes the next call of the host's function of this name ("publish", "kv_set") fail.
func FailNext(call string, errno astrid.Errno) { host.FailNext(call, errno) }

// Respond sets what a request for url gets: the response as it goes over the wire.
func Respond(url, response string) { host.Respond(url, response) }

// Answer sets what asking for a capability gets; 0 is a token for /home. At the start: EACCES.
func Answer(errno astrid.Errno) { host.Answer(errno) }

// ExitStatus sets what programs that are started exit with. At the start: 0.
func ExitStatus(status int32) { host.ExitStatus(status) }

// Logged is what was logged.
func Logged() []string { return host.Logged() }
