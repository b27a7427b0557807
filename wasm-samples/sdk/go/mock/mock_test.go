package mock_test

import (
	"errors"
	"io"
	"testing"
	"time"

	"astrid"
	"astrid/internal/check"
	"astrid/mock"
)

func TestParts(t *testing.T) {
	mock.Reset()
	for _, part := range check.Parts {
		t.Run(part.Name, func(t *testing.T) {
			if err := part.Run(); err != nil {
				t.Error(err)
			}
		})
	}
}

func expect(t *testing.T, got error, expected error) {
	t.Helper()
	if !errors.Is(got, expected) {
		t.Errorf("%v, not %v", got, expected)
	}
}

func TestProcessesTakeTurns(t *testing.T) {
	mock.Reset()
	inbox, _ := astrid.Subscribe("room.>")
	home, _ := astrid.Preopen("/home")
	mock.ActAs(2)
	expect(t, astrid.Publish("room.a", astrid.Text("from two")), nil)
	mock.ActAs(1)
	message, err := inbox.Receive()
	if err != nil || message.Source != 2 {
		t.Error(message, err)
	}
	_, err = inbox.Receive()
	expect(t, err, astrid.EDEADLK)
	token, _ := home.Token(2, astrid.CanRead, time.Microsecond)
	_, err = token.RedeemDir()
	expect(t, err, astrid.EACCES)
	mock.ActAs(2)
	expect(t, token.Revoke(), astrid.EACCES)
	_, err = token.RedeemDir()
	expect(t, err, nil)
	late, _ := home.Token(2, astrid.CanRead, time.Microsecond)
	_, err = inbox.ReceiveTimeout(2 * time.Microsecond)
	expect(t, err, astrid.ETIMEDOUT)
	_, err = late.RedeemDir()
	expect(t, err, astrid.ETIMEDOUT)
}

func TestFailuresComeOnOrder(t *testing.T) {
	mock.Reset()
	mock.FailNext("publish", astrid.ENOTCAPABLE)
	err := astrid.Publish("a.b", astrid.Text("x"))
	expect(t, err, astrid.ENOTCAPABLE)
	if err.Error() != "ENOTCAPABLE" {
		t.Error(err)
	}
	expect(t, astrid.Publish("a.b", astrid.Text("x")), nil)
	action := `{"kind":"file","path":"/home/a/**","rights":["read"]}`
	_, err = astrid.RequestCapability(action, time.Second)
	expect(t, err, astrid.EACCES)
	mock.Answer(astrid.ETIMEDOUT)
	_, err = astrid.RequestCapability(action, time.Second)
	expect(t, err, astrid.ETIMEDOUT)
	mock.Answer(0)
	token, err := astrid.RequestCapability(action, time.Second)
	expect(t, err, nil)
	_, err = token.RedeemDir()
	expect(t, err, nil)
}

func TestResponsesStream(t *testing.T) {
	mock.Reset()
	mock.Respond("https://example.org/a", "HTTP/1.1 200 OK\r\nContent-Type:  text/plain \r\n\r\nthe body")
	_, err := astrid.Fetch("GET", "https://example.org/b", nil, nil)
	expect(t, err, astrid.ENOTCAPABLE)
	response, err := astrid.Fetch("POST", "https://example.org/a", []astrid.Field{{Name: "accept", Value: "*/*"}}, []byte("x"))
	if err != nil || response.Status != 200 || response.Header("content-type") != "text/plain" {
		t.Fatal(response, err)
	}
	body, err := io.ReadAll(response)
	if err != nil || string(body) != "the body" {
		t.Error(string(body), err)
	}
	for _, broken := range []string{"HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 2x0 OK\r\n\r\n"} {
		mock.Respond("https://example.org/a", broken)
		_, err = astrid.Fetch("GET", "https://example.org/a", nil, nil)
		expect(t, err, astrid.EPROTO)
	}
}

func TestProgramsAreStarted(t *testing.T) {
	mock.Reset()
	mock.ExitStatus(3)
	child, err := astrid.Spawn("/bin/x", []string{"a", "b"}, "")
	expect(t, err, nil)
	status, err := child.Wait()
	if err != nil || status != 3 {
		t.Error(status, err)
	}
	_, err = astrid.Spawn("/bin/x", []string{"a\x00b"}, "")
	expect(t, err, astrid.EINVAL)
	astrid.Log(astrid.Warn, "seen")
	if logged := mock.Logged(); len(logged) != 1 || logged[0] != "seen" {
		t.Error(logged)
	}
}
