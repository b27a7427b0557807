package astrid

import "bytes"

// Content is how a payload is encoded.
type Content int

// What a payload can be.
const (
	Raw         Content = iota // Bytes, or text.
	JSON                       // RFC 8259. encoding/json makes it, at the cost of a bigger program.
	CBOR                       // RFC 8949.
	MessagePack                // As msgpack.org has it.
)

var prefixes = [...][]byte{Raw: {0x55}, JSON: {0x80, 0x04}, CBOR: {0x51}, MessagePack: {0x81, 0x04}}

// Payload is a body with its content type before it, as it is sent. Up to 16 MiB.
type Payload []byte

// Encode makes a payload of a body that is encoded already.
func Encode(content Content, body []byte) Payload {
	return append(append(make(Payload, 0, len(body)+2), prefixes[content]...), body...)
}

// Text makes a payload of text, as Raw.
func Text(text string) Payload { return Encode(Raw, []byte(text)) }

// JSONText makes a payload of JSON text.
func JSONText(text string) Payload { return Encode(JSON, []byte(text)) }

func split(payload []byte) (Content, []byte, bool) {
	for content, prefix := range prefixes {
		if bytes.HasPrefix(payload, prefix) {
			return Content(content), payload[len(prefix):], true
		}
	}
	return Raw, nil, false
}

// Quote writes text as a JSON string, with its quotes.
func Quote(text string) string {
	const digits = "0123456789abcdef"
	out := []byte{'"'}
	for _, c := range text {
		switch {
		case c == '"' || c == '\\':
			out = append(out, '\\', byte(c))
		case c < ' ':
			out = append(out, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		default:
			out = append(out, string(c)...)
		}
	}
	return string(append(out, '"'))
}
