// chat-echo-go says hello in the room, and once more whatever others say.
package main

import (
	"astrid"
	"os"
)

func main() {
	chat, err := astrid.Subscribe("chat.room")
	if err == nil {
		err = astrid.Publish("chat.room", astrid.Text("hello from go"), astrid.Type("ChatSaid.v1"))
	}
	for err == nil {
		var message *astrid.Message
		if message, err = chat.Receive(); err == nil && message.Source != astrid.Pid() {
			text := "go heard: " + message.Text()
			os.Stdout.WriteString(text + "\n")
			if message.Type != "ChatEcho.v1" {
				err = astrid.Publish("chat.room", astrid.Text(text), astrid.Type("ChatEcho.v1"))
			}
		}
	}
	os.Stderr.WriteString("chat-echo-go: " + err.Error() + "\n")
	os.Exit(1)
}
