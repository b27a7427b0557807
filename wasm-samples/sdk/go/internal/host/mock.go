//go:build !wasip1

package host

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"strings"
)

type mailbox struct {
	pattern, group string
	policy         uint32
	capacity       int
	frames         [][]byte
	lost           uint32
	deadline       int64 // Of a reply; -1 for a subscription.
}

type open struct {
	mail   *mailbox
	stream *bytes.Buffer
	path   string // Of a file or directory.
	rights uint32
	offset int64
	append bool
}

// mock is the host in memory.
type mock struct {
	pid, children uint32
	now           int64
	sent          uint64
	last          int32
	handles       map[int32]*open
	lastValues    map[string][]byte
	asked         map[uint32]int32
	failures      map[string]Errno
	responses     map[string]string
	answer        Errno
	exitStatus    int32
	logged        []string
	nodes         map[string]*[]byte // By whole path; nil for a directory.
	pairs         map[string]map[string][]byte
	tokens        []*token
}

var m *mock

func init() { Reset() }

// Reset forgets everything.
func Reset() {
	m = &mock{
		pid: 1, last: 15, handles: map[int32]*open{}, lastValues: map[string][]byte{}, asked: map[uint32]int32{}, failures: map[string]Errno{},
		responses: map[string]string{}, answer: EACCES, nodes: map[string]*[]byte{"/home": nil}, pairs: map[string]map[string][]byte{},
	}
	m.handles[3] = &open{path: "/home", rights: 15}
}

func ActAs(pid uint32)              { m.pid = pid }
func FailNext(call string, e Errno) { m.failures[call] = e }
func Respond(url, response string)  { m.responses[url] = response }
func Answer(errno Errno)            { m.answer = errno }
func ExitStatus(status int32)       { m.exitStatus = status }
func Logged() []string              { return m.logged }
func Pid() uint32                   { return m.pid }
func (m *mock) fails(call string) Errno {
	errno := m.failures[call]
	delete(m.failures, call)
	return errno
}

func (m *mock) add(one *open) int32 {
	m.last++
	m.handles[m.last] = one
	return m.last
}

func first(errnos ...Errno) Errno {
	for _, errno := range errnos {
		if errno != 0 {
			return errno
		}
	}
	return 0
}

func valid(subject string, pattern bool) Errno {
	parts := strings.Split(subject, ".")
	for i, part := range parts {
		wild := part == "*" || part == ">"
		odd := strings.ContainsFunc(part, func(r rune) bool { return r <= ' ' || r == 127 })
		if part == "" || odd || wild && !pattern || part == ">" && i+1 < len(parts) {
			return EINVAL
		}
	}
	if len(subject) > 256 {
		return EINVAL
	}
	return 0
}

func matches(pattern, subject string) bool {
	parts := strings.Split(subject, ".")
	for i, one := range strings.Split(pattern, ".") {
		if i >= len(parts) || one != ">" && one != "*" && one != parts[i] {
			return false
		}
		if one == ">" {
			return true
		}
		if i+1 == len(strings.Split(pattern, ".")) {
			return i+1 == len(parts)
		}
	}
	return false
}

func checkPayload(payload []byte) Errno {
	if len(payload) > 16<<20 {
		return EMSGSIZE
	}
	for _, prefix := range []string{"\x55", "\x51", "\x80\x04", "\x81\x04"} {
		if strings.HasPrefix(string(payload[:min(2, len(payload))]), prefix) {
			return 0
		}
	}
	return EINVAL
}

func (m *mock) frame(subject, kind string, payload []byte, flags byte, which uint32) []byte {
	m.sent++
	le := binary.LittleEndian
	frame := make([]byte, 48, 48+len(subject)+len(kind)+len(payload))
	le.PutUint32(frame, uint32(cap(frame)))
	frame[4], frame[5] = 1, flags
	le.PutUint16(frame[6:], uint16(len(subject)))
	le.PutUint32(frame[8:], m.pid)
	le.PutUint16(frame[12:], uint16(len(kind)))
	le.PutUint64(frame[16:], m.sent)
	le.PutUint64(frame[24:], uint64(m.now))
	le.PutUint32(frame[36:], which)
	le.PutUint32(frame[40:], uint32(len(payload)))
	return append(append(append(frame, subject...), kind...), payload...)
}

func (mail *mailbox) fits(size int) bool {
	held := 0
	for _, frame := range mail.frames {
		held += len(frame)
	}
	return held+size <= mail.capacity
}

func (mail *mailbox) deliver(frame []byte) {
	for ; len(mail.frames) > 0 && !mail.fits(len(frame)); mail.lost++ {
		mail.frames = mail.frames[1:]
	}
	if !mail.fits(len(frame)) {
		mail.lost++
		return
	}
	mail.frames = append(mail.frames, slices.Clone(frame))
}

// receivers are those that get a message: all that match, of each group one, in turn.
func (m *mock) receivers(subject string) []*mailbox {
	var found []*mailbox
	groups := map[string][]*mailbox{}
	for handle := int32(16); handle <= m.last; handle++ {
		one := m.handles[handle]
		if one == nil || one.mail == nil || one.mail.deadline >= 0 || !matches(one.mail.pattern, subject) {
			continue
		}
		if one.mail.group == "" {
			found = append(found, one.mail)
		} else {
			groups[one.mail.group] = append(groups[one.mail.group], one.mail)
		}
	}
	for _, members := range groups {
		found = append(found, members[m.sent%uint64(len(members))])
	}
	return found
}

func (m *mock) send(frame []byte, subject string) (int, Errno) {
	to := m.receivers(subject)
	for _, mail := range to {
		if mail.policy != 0 && !mail.fits(len(frame)) {
			if mail.policy == 2 {
				return 0, EAGAIN
			}
			return 0, EDEADLK
		}
	}
	for _, mail := range to {
		mail.deliver(frame)
	}
	return len(to), 0
}

func Publish(one Publication) Errno {
	if errno := first(m.fails("publish"), valid(one.Subject, false), checkPayload(one.Payload)); errno != 0 {
		return errno
	}
	frame := m.frame(one.Subject, one.Type, one.Payload, 0, 0)
	_, errno := m.send(frame, one.Subject)
	if errno == 0 && one.Retain {
		frame[5] |= 1
		m.lastValues[one.Subject] = frame
	}
	return errno
}

func Subscribe(one Subscription) (int32, Errno) {
	errno := first(m.fails("subscribe"), valid(one.Pattern, true))
	if one.Capacity&(one.Capacity-1) != 0 || one.Capacity > 16<<20 || one.Capacity > 0 && one.Capacity < 4096 || one.Policy > 2 {
		errno = first(errno, EINVAL)
	}
	if errno != 0 {
		return 0, errno
	}
	mail := &mailbox{pattern: one.Pattern, group: one.Group, policy: one.Policy, capacity: int(one.Capacity), deadline: -1}
	if mail.capacity == 0 {
		mail.capacity = 65536
	}
	for subject, frame := range m.lastValues {
		if one.LastValues && matches(one.Pattern, subject) {
			mail.deliver(frame)
		}
	}
	return m.add(&open{mail: mail}), 0
}

func Request(subject string, payload []byte, deadline int64) (int32, Errno) {
	if errno := first(m.fails("request"), valid(subject, false), checkPayload(payload)); errno != 0 {
		return 0, errno
	}
	which := uint32(m.sent + 1)
	listeners, errno := m.send(m.frame(subject, "", payload, 2, which), subject)
	if errno != 0 {
		return 0, errno
	}
	if listeners == 0 {
		return 0, EHOSTUNREACH
	}
	handle := m.add(&open{mail: &mailbox{capacity: 17 << 20, deadline: m.now + deadline}})
	m.asked[which] = handle
	return handle, 0
}

func Reply(frame, payload []byte) Errno {
	if frame[5]&2 == 0 {
		return EINVAL
	}
	if errno := first(m.fails("reply"), checkPayload(payload)); errno != 0 {
		return errno
	}
	le := binary.LittleEndian
	which := le.Uint32(frame[36:])
	to := m.handles[m.asked[which]]
	delete(m.asked, which)
	if to == nil {
		return ENOENT
	}
	subject := string(frame[48 : 48+le.Uint16(frame[6:])])
	to.mail.deliver(m.frame(subject, "", payload, 0, which))
	return 0
}

func Read(handle int32, room []byte) (int, Errno) {
	one := m.handles[handle]
	switch {
	case one == nil || one.mail == nil && one.stream == nil:
		return 0, EBADF
	case one.stream != nil:
		count, _ := one.stream.Read(room)
		return count, 0
	case len(one.mail.frames) == 0 && one.mail.deadline < 0:
		return 0, EDEADLK
	case len(one.mail.frames) == 0:
		m.now = max(m.now, one.mail.deadline)
		return 0, ETIMEDOUT
	case len(one.mail.frames[0]) > len(room):
		return 0, EMSGSIZE
	}
	count := copy(room, one.mail.frames[0])
	binary.LittleEndian.PutUint32(room[44:], one.mail.lost)
	one.mail.frames, one.mail.lost = one.mail.frames[1:], 0
	return count, 0
}

func Close(handle int32) Errno {
	if m.handles[handle] == nil {
		return EBADF
	}
	delete(m.handles, handle)
	return 0
}

func Size(handle int32) (int, Errno) {
	one := m.handles[handle]
	if one == nil || one.mail == nil {
		return 0, EBADF
	}
	if len(one.mail.frames) == 0 {
		return 0, 0
	}
	return len(one.mail.frames[0]), 0
}

func Ready(handle int32, timeout int64) (bool, Errno) {
	one := m.handles[handle]
	if one == nil || one.mail == nil {
		return false, EBADF
	}
	until := m.now + max(timeout, 0)
	ready := len(one.mail.frames) > 0 || one.mail.deadline >= 0 && one.mail.deadline <= until
	if !ready {
		m.now = until
	}
	return ready, 0
}

func CapRequest(action string, _ int64) ([96]byte, Errno) {
	errno := first(m.fails("cap_request"), m.answer)
	if !strings.HasPrefix(action, "{") {
		errno = EINVAL
	}
	if errno != 0 {
		return [96]byte{}, errno
	}
	return TokenCreate(3, m.pid, 15, math.MaxInt64/2)
}

func HttpRequest(request []byte) (int32, Errno) {
	parts := strings.SplitN(string(request), " ", 3)
	if errno := m.fails("http_request"); errno != 0 || len(parts) < 3 {
		return 0, first(errno, EINVAL)
	}
	response, ok := m.responses[parts[1]]
	if !ok {
		return 0, ENOTCAPABLE
	}
	return m.add(&open{stream: bytes.NewBufferString(response)}), 0
}

func Log(_ int32, fields string) Errno {
	if len(fields) > 16384 {
		return EMSGSIZE
	}
	m.logged = append(m.logged, fields)
	return 0
}

func Spawn(path string, _ []byte, _ string) (uint32, Errno) {
	if errno := m.fails("spawn"); errno != 0 || path == "" {
		return 0, first(errno, ENOENT)
	}
	m.children++
	return 99 + m.children, 0
}

func Wait(pid uint32) (int32, Errno) {
	if pid < 100 || pid >= 100+m.children {
		return 0, ECHILD
	}
	return m.exitStatus, 0
}
