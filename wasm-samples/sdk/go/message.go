package astrid

import (
	"encoding/binary"
	"iter"
	"math"
	"time"

	"astrid/internal/host"
)

// PublishOption is given to Publish.
type PublishOption func(*host.Publication)

// Type sets the message's type, such as "UserInput.v1". Without one: that of the subject, if it is registered.
func Type(name string) PublishOption { return func(one *host.Publication) { one.Type = name } }

// Retain keeps the message as the subject's last value, for those who subscribe later.
func Retain() PublishOption { return func(one *host.Publication) { one.Retain = true } }

// Publish sends a message to everyone who listens. EINVAL: the subject has wildcards, blanks or empty parts, or the message has not the shape
// of its subject's registered type; EAGAIN: a mailbox that refuses is full; EMSGSIZE: more than 16 MiB.
func Publish(subject string, payload Payload, options ...PublishOption) error {
	one := host.Publication{Subject: subject, Payload: payload}
	for _, set := range options {
		set(&one)
	}
	return host.Publish(one).Err()
}

// Policy says what happens when a mailbox is full.
type Policy uint32

// The policies.
const (
	DropOldest Policy = iota // The oldest message goes, and is counted: Message.Lost.
	Block                    // Publishers wait.
	Refuse                   // Publishers get EAGAIN.
)

// SubscribeOption is given to Subscribe.
type SubscribeOption func(*host.Subscription)

// LastValues gives first the last values of the subjects that match.
func LastValues() SubscribeOption { return func(one *host.Subscription) { one.LastValues = true } }

// WhenFull sets what happens then; DropOldest by default.
func WhenFull(policy Policy) SubscribeOption {
	return func(one *host.Subscription) { one.Policy = uint32(policy) }
}

// Capacity sets the size of the mailbox in bytes: a power of two from 4 KiB to 16 MiB, 64 KiB by default.
func Capacity(bytes uint32) SubscribeOption {
	return func(one *host.Subscription) { one.Capacity = bytes }
}

// Group joins a queue group: one of its members gets each message.
func Group(name string) SubscribeOption { return func(one *host.Subscription) { one.Group = name } }

// Subscription is a mailbox. Close it to end the subscription.
type Subscription struct{ handle int32 }

// Subscribe listens to all subjects that match: * stands for one part, > for the rest.
func Subscribe(pattern string, options ...SubscribeOption) (*Subscription, error) {
	one := host.Subscription{Pattern: pattern}
	for _, set := range options {
		set(&one)
	}
	handle, errno := host.Subscribe(one)
	if errno != 0 {
		return nil, errno
	}
	return &Subscription{handle}, nil
}

// Receive takes the next message; waits for it.
func (subscription *Subscription) Receive() (*Message, error) {
	return read(subscription.handle)
}

// ReceiveTimeout waits at most so long: ETIMEDOUT. With 0 it does not wait: EAGAIN.
func (subscription *Subscription) ReceiveTimeout(timeout time.Duration) (*Message, error) {
	ready, errno := host.Ready(subscription.handle, int64(timeout))
	switch {
	case errno != 0:
		return nil, errno
	case ready:
		return subscription.Receive()
	case timeout <= 0:
		return nil, EAGAIN
	}
	return nil, ETIMEDOUT
}

// All gives each message as it comes. It ends after an error, which it gives.
func (subscription *Subscription) All() iter.Seq2[*Message, error] {
	return func(yield func(*Message, error) bool) {
		for {
			message, err := subscription.Receive()
			if !yield(message, err) || err != nil {
				return
			}
		}
	}
}

// Descriptor is for poll_oneoff. It stays this subscription's.
func (subscription *Subscription) Descriptor() int32 { return subscription.handle }

// Close ends the subscription.
func (subscription *Subscription) Close() error { return host.Close(subscription.handle).Err() }

// Pending is a question that waits for its reply.
type Pending struct{ handle int32 }

// Ask sends a question. EHOSTUNREACH: nobody listens.
func Ask(subject string, payload Payload, deadline time.Duration) (*Pending, error) {
	handle, errno := host.Request(subject, payload, int64(deadline))
	if errno != 0 {
		return nil, errno
	}
	return &Pending{handle}, nil
}

// Receive waits for the one reply, at most to the deadline: ETIMEDOUT. It ends the request.
func (pending *Pending) Receive() (*Message, error) {
	defer host.Close(pending.handle)
	return read(pending.handle)
}

// Request asks, and waits for the one reply.
func Request(subject string, payload Payload, deadline time.Duration) (*Message, error) {
	pending, err := Ask(subject, payload, deadline)
	if err != nil {
		return nil, err
	}
	return pending.Receive()
}

// read makes room for a message that is larger than it: such a one stays, and its size is told.
func read(handle int32) (*Message, error) {
	frame := make([]byte, 4096)
	for {
		count, errno := host.Read(handle, frame)
		if errno == EMSGSIZE {
			size, errno := host.Size(handle)
			if errno != 0 {
				return nil, errno
			}
			frame = make([]byte, max(size, len(frame)))
			continue
		}
		if errno != 0 {
			return nil, errno
		}
		return parse(frame[:count])
	}
}

// Message is what was received, with the attributes of CloudEvents.
type Message struct {
	Subject string
	Type    string // Such as "UserInput.v1"; empty for none.
	Content Content
	Body    []byte // Without the content type.
	Source  uint32 // Pid of the sender; 0 the kernel or the page.
	ID      uint64 // The sender's count; unique together with the source.
	Time    time.Time
	Lost    uint32 // Messages that the mailbox dropped just before this one.

	Retained bool // A last value, from before the subscription.
	Request  bool // It can be answered.

	frame []byte
}

const header = 48

func parse(frame []byte) (*Message, error) {
	if len(frame) < header || frame[4] != 1 {
		return nil, EPROTO
	}
	le := binary.LittleEndian
	subject := header + int(le.Uint16(frame[6:]))
	kind := subject + int(le.Uint16(frame[12:]))
	if uint64(kind)+uint64(le.Uint32(frame[40:])) != uint64(len(frame)) {
		return nil, EPROTO
	}
	content, body, ok := split(frame[kind:])
	if !ok {
		return nil, EPROTO
	}
	return &Message{
		Subject: string(frame[header:subject]), Type: string(frame[subject:kind]), Content: content, Body: body,
		Source: le.Uint32(frame[8:]), ID: le.Uint64(frame[16:]), Time: time.Unix(0, int64(le.Uint64(frame[24:])&math.MaxInt64)),
		Lost: le.Uint32(frame[44:]), Retained: frame[5]&1 != 0, Request: frame[5]&2 != 0, frame: frame,
	}, nil
}

// Text is the body as text.
func (message *Message) Text() string { return string(message.Body) }

// Reply answers a request; that needs no grant. EINVAL: it was none; ENOENT: it was answered, or nobody waits any more.
func (message *Message) Reply(payload Payload) error { return host.Reply(message.frame, payload).Err() }
