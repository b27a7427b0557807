package astrid

import (
	"bytes"
	"io"
	"strconv"
	"strings"

	"astrid/internal/host"
)

const headMax = 1 << 20

// Field is a header field.
type Field struct{ Name, Value string }

// Response is a response; its body streams in through Read. Close cancels what is not yet read.
type Response struct {
	Status  int
	Headers []Field // Names in lower case, in their order.
	handle  int32
	rest    []byte
}

// Fetch sends a request to an absolute url and waits for the head of the response. EHOSTUNREACH: no connection, or the server does not allow
// it (CORS). Package net/http does not come with it: that would be 5 MB.
func Fetch(method, url string, headers []Field, body []byte) (*Response, error) {
	var request bytes.Buffer
	request.WriteString(method + " " + url + " HTTP/1.1\r\n")
	for _, field := range headers {
		request.WriteString(field.Name + ": " + field.Value + "\r\n")
	}
	if len(body) > 0 {
		request.WriteString("content-length: " + strconv.Itoa(len(body)) + "\r\n")
	}
	request.WriteString("\r\n")
	request.Write(body)
	handle, errno := host.HttpRequest(request.Bytes())
	if errno != 0 {
		return nil, errno
	}
	response := &Response{handle: handle}
	if err := response.readHead(); err != nil {
		response.Close()
		return nil, err
	}
	return response, nil
}

func (response *Response) readHead() error {
	var head []byte
	part := make([]byte, 4096)
	for {
		count, errno := host.Read(response.handle, part)
		if errno != 0 {
			return errno
		}
		head = append(head, part[:count]...)
		if at := bytes.Index(head, []byte("\r\n\r\n")); at >= 0 {
			response.rest = head[at+4:]
			return response.parse(string(head[:at]))
		}
		if count == 0 {
			return EPROTO
		}
		if len(head) > headMax {
			return EMSGSIZE
		}
	}
}

func (response *Response) parse(head string) error {
	lines := strings.Split(head, "\r\n")
	if len(lines[0]) < 12 || !strings.HasPrefix(lines[0], "HTTP/1.") || lines[0][8] != ' ' {
		return EPROTO
	}
	status, err := strconv.ParseUint(lines[0][9:12], 10, 16)
	if err != nil {
		return EPROTO
	}
	response.Status = int(status)
	for _, line := range lines[1:] {
		if name, value, ok := strings.Cut(line, ":"); ok {
			response.Headers = append(response.Headers, Field{strings.ToLower(name), strings.TrimSpace(value)})
		}
	}
	return nil
}

// Header gives the first field of this name, in any case; "" for none.
func (response *Response) Header(name string) string {
	for _, field := range response.Headers {
		if strings.EqualFold(field.Name, name) {
			return field.Value
		}
	}
	return ""
}

// Read is io.Reader.
func (response *Response) Read(room []byte) (int, error) {
	if len(response.rest) > 0 {
		count := copy(room, response.rest)
		response.rest = response.rest[count:]
		return count, nil
	}
	count, errno := host.Read(response.handle, room)
	if errno == 0 && count == 0 && len(room) > 0 {
		return 0, io.EOF
	}
	return count, errno.Err()
}

// Close cancels what is not yet read.
func (response *Response) Close() error { return host.Close(response.handle).Err() }
