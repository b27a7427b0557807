// Package check goes through every part of the SDK once: against the mock in tests, and as a guest against the real host.
package check

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"time"

	"astrid"
)

const (
	soon = time.Millisecond
	long = time.Minute
)

// Part is one of them; it returns what was wrong.
type Part struct {
	Name string
	Run  func() error
}

// Parts are all of them.
var Parts = []Part{{"messages", messages}, {"mailboxes", mailboxes}, {"requests", requests}, {"keys", keys}, {"files", files}, {"tokens", tokens}}

// checks collects what is not as it should be.
type checks []string

func (list *checks) that(good bool, what string) {
	if !good {
		*list = append(*list, what)
	}
}

func (list *checks) error(got, expected error, what string) {
	if !errors.Is(got, expected) {
		text := "success"
		if got != nil {
			text = got.Error()
		}
		*list = append(*list, what+": "+text)
	}
}

func (list checks) result() error {
	if len(list) == 0 {
		return nil
	}
	return errors.New(strings.Join(list, "; "))
}

func messages() error {
	var list checks
	inbox, err := astrid.Subscribe("check.*.b")
	if err != nil {
		return err
	}
	defer inbox.Close()
	large := strings.Repeat("x", 20_000)
	list.error(astrid.Publish("check.a.b", astrid.JSONText(`{"text":`+astrid.Quote("a\"\\\nü")+`}`), astrid.Type("Check.v1")), nil, "publish")
	list.error(astrid.Publish("check.a", astrid.Text("not for this one")), nil, "publish elsewhere")
	list.error(astrid.Publish("check.c.b", astrid.Text(large)), nil, "publish a large one")
	one, err := inbox.Receive()
	if err != nil {
		return err
	}
	list.that(one.Subject == "check.a.b" && one.Type == "Check.v1" && one.Source == astrid.Pid() && one.Lost == 0, "attributes")
	list.that(one.Content == astrid.JSON && one.Text() == `{"text":"a\"\\\u000aü"}` && !one.Request && !one.Retained, "body "+one.Text())
	two, err := inbox.ReceiveTimeout(long)
	if err != nil {
		return err
	}
	list.that(two.Content == astrid.Raw && two.Text() == large && two.ID > one.ID, "large body")
	list.error(two.Reply(astrid.Text("nobody asked")), astrid.EINVAL, "reply to no request")
	_, err = inbox.ReceiveTimeout(0)
	list.error(err, astrid.EAGAIN, "receive none")
	_, err = inbox.ReceiveTimeout(soon)
	list.error(err, astrid.ETIMEDOUT, "receive in time")
	for _, subject := range []string{"", "check.*", "check.>", ".a", "a.", "a..b", "a b", "a\nb", strings.Repeat("a", 257)} {
		list.error(astrid.Publish(subject, astrid.Text("x")), astrid.EINVAL, "subject "+subject)
	}
	return list.result()
}

func mailboxes() error {
	var list checks
	all, err := astrid.Subscribe("check.>", astrid.Capacity(4096))
	if err != nil {
		return err
	}
	defer all.Close()
	var workers [2]*astrid.Subscription
	for i := range workers {
		workers[i], err = astrid.Subscribe("check.work", astrid.Group("workers"))
		list.error(err, nil, "subscribe")
	}
	for range 100 {
		list.error(astrid.Publish("check.work", astrid.Text("0123456789012345678901234567890123456789")), nil, "publish")
	}
	one, err := all.Receive()
	list.that(err == nil && one.Lost > 50, "lost messages are counted")
	taken := 0
	for _, worker := range workers {
		for _, err := worker.ReceiveTimeout(0); err == nil; _, err = worker.ReceiveTimeout(0) {
			taken++
		}
		worker.Close()
	}
	list.that(taken == 100, "each message has one worker")
	for _, text := range []string{"old", "new"} {
		list.error(astrid.Publish("check.last", astrid.Text(text), astrid.Retain()), nil, "retain")
	}
	late, err := astrid.Subscribe("check.last", astrid.LastValues(), astrid.WhenFull(astrid.Refuse), astrid.Capacity(4096))
	if err != nil {
		return err
	}
	defer late.Close()
	for message, err := range late.All() {
		list.that(err == nil && message.Retained && message.Text() == "new", "last value")
		break
	}
	sent := 0
	for err = nil; err == nil && sent < 1000; sent++ {
		err = astrid.Publish("check.last", astrid.Text("x"))
	}
	list.error(err, astrid.EAGAIN, "a full mailbox refuses")
	_, err = astrid.Subscribe("check.a", astrid.Capacity(5000))
	list.error(err, astrid.EINVAL, "capacity")
	return list.result()
}

func requests() error {
	var list checks
	_, err := astrid.Request("check.nobody", astrid.Text("?"), soon)
	list.error(err, astrid.EHOSTUNREACH, "nobody listens")
	server, err := astrid.Subscribe("check.ask")
	if err != nil {
		return err
	}
	defer server.Close()
	pending, err := astrid.Ask("check.ask", astrid.Text("how much?"), long)
	if err != nil {
		return err
	}
	question, err := server.Receive()
	if err != nil {
		return err
	}
	list.that(question.Request, "it is a request")
	list.error(question.Reply(astrid.Text("7")), nil, "reply")
	list.error(question.Reply(astrid.Text("8")), astrid.ENOENT, "reply twice")
	answer, err := pending.Receive()
	list.that(err == nil && answer.Text() == "7", "answer")
	_, err = astrid.Request("check.ask", astrid.Text("?"), soon)
	list.error(err, astrid.ETIMEDOUT, "nobody answers")
	return list.result()
}

func keys() error {
	var list checks
	store := astrid.Store{Relaxed: true}
	_, err := store.Get("check/none")
	list.error(err, astrid.ENOENT, "get none")
	large := bytes.Repeat([]byte{7}, 100_000)
	list.error(store.Set("check/a", large), nil, "set")
	value, err := store.Get("check/a")
	list.that(err == nil && bytes.Equal(value, large), "get")
	var batch astrid.Batch
	name := func(i int) string { return "check/k" + string(rune('a'+i)) }
	for i := range 20 {
		batch.Set(name(i), []byte{byte(i)})
	}
	batch.Delete("check/a")
	list.error(store.Commit(&batch), nil, "commit")
	found, err := store.Has("check/a")
	list.that(err == nil && !found, "has not")
	found, err = store.Has(name(3))
	list.that(err == nil && found, "has")
	seen := 0
	for entry, err := range store.Scan("check/k") {
		list.that(err == nil && entry.Key == name(seen) && bytes.Equal(entry.Value, []byte{byte(seen)}), "scan")
		seen++
	}
	list.that(seen == 20, "scan all")
	for i := range 20 {
		list.error(store.Delete(name(i)), nil, "delete")
	}
	list.error(store.Delete(name(0)), astrid.ENOENT, "delete twice")
	list.error(store.Set("", nil), astrid.EINVAL, "empty key")
	list.error(store.Set(strings.Repeat("k", 1025), nil), astrid.ENAMETOOLONG, "long key")
	return list.result()
}

func files() error {
	var list checks
	_, err := astrid.Preopen("/no/such")
	list.error(err, astrid.ENOENT, "preopen")
	home, err := astrid.Preopen("/home")
	if err != nil {
		return err
	}
	list.error(home.WriteFile("check-go.txt", []byte("hello files")), nil, "write")
	file, err := home.Open("check-go.txt", astrid.Read|astrid.Write)
	if err != nil {
		return err
	}
	_, err = file.Write([]byte("H"))
	list.error(err, nil, "write on")
	_, err = file.WriteAt([]byte("F"), 6)
	list.error(err, nil, "write at")
	rest, err := io.ReadAll(file)
	list.that(err == nil && string(rest) == "ello Files", "read on")
	stat, err := file.Stat()
	list.that(err == nil && stat.Kind == astrid.IsFile && stat.Size == 11, "stat")
	list.error(file.Close(), nil, "close")
	const fresh = astrid.Write | astrid.Create | astrid.New
	for path, expected := range map[string]error{"check-go.txt": astrid.EEXIST, "../etc/passwd": astrid.EPERM} {
		_, err = home.Open(path, fresh)
		list.error(err, expected, path)
	}
	_, err = home.ReadFile("none.txt")
	list.error(err, astrid.ENOENT, "none.txt")
	narrow, err := home.OpenDir(".", astrid.CanRead)
	if err != nil {
		return err
	}
	defer narrow.Close()
	text, err := narrow.ReadFile("check-go.txt")
	list.that(err == nil && string(text) == "Hello Files", "read")
	list.that(narrow.WriteFile("check-go.txt", nil) != nil && narrow.WriteFile("new.txt", nil) != nil, "only reading")
	names, err := narrow.List()
	list.error(err, nil, "list")
	listed := false
	for _, one := range names {
		listed = listed || one.Name == "check-go.txt" && one.Kind == astrid.IsFile
	}
	list.that(listed, "listed")
	return list.result()
}

func tokens() error {
	var list checks
	home, err := astrid.Preopen("/home")
	if err != nil {
		return err
	}
	narrow, err := home.OpenDir(".", astrid.CanRead)
	if err != nil {
		return err
	}
	defer narrow.Close()
	token, err := narrow.Token(astrid.Pid(), astrid.CanRead, long)
	list.error(err, nil, "token")
	_, err = narrow.Token(astrid.Pid(), astrid.CanRead|astrid.CanWrite, long)
	list.that(err != nil, "no more than its own rights")
	forged := token
	for i := range forged {
		forged[i] ^= 1
	}
	_, err = forged.RedeemDir()
	list.error(err, astrid.EBADMSG, "forged")
	again, err := token.RedeemDir()
	list.error(err, nil, "redeem")
	_, err = again.Stat("check-go.txt")
	list.error(err, nil, "stat")
	_, err = token.RedeemDir()
	list.error(err, astrid.EALREADY, "twice")
	token, _ = narrow.Token(astrid.Pid(), astrid.CanRead, long)
	list.error(token.Revoke(), nil, "revoke")
	_, err = token.RedeemDir()
	list.error(err, astrid.ENOTCAPABLE, "revoked")
	list.error(astrid.Log(astrid.Info, "checked"), nil, "log")
	return list.result()
}
